import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { PastTexts } from "../../past";
import { PadRequests, RightsError } from "../../sharing";
import { Question } from "../base/question";
import { Words } from "../base/words";
import { historyWords } from "../pad/history_words";
import type { Pad } from "../pad/pad";

/** What is kept of the pad and for how long, and an end to that, for those who may. */
export function Keeping({ pad, past }: { pad: Pad; past: PastTexts }) {
  const words = historyWords.now.keeping;
  const days = useDays();
  const isOpen = useSignal(false);
  const isKept = past.problem.value !== "off" && days !== null;
  // Those whom the list is refused learn nothing of it here.
  if (past.sittings.value === null && past.problem.value !== "off") return null;
  return (
    <details class="keeping" open={isOpen.value || !isKept} onToggle={(event) => (isOpen.value = event.currentTarget.open)}>
      <summary>
        <Words text={words.heading(days ?? null, isKept)} />
      </summary>
      <div>
        {isKept && <p class="hint">{words.what}</p>}
        {days !== null && mayEnd(pad) && <Changes pad={pad} past={past} isKept={isKept} />}
      </div>
    </details>
  );
}

/** Its owner, or who may write where there is none. */
function mayEnd({ session: { access } }: Pad): boolean {
  return access.role.value === "own" || (!access.rights.value.owner && !access.isReader.value);
}

/** For how many days history is kept on this server; 0: as long as its pad; null: none is; undefined: it is not known. */
function useDays(): number | null | undefined {
  const days = useSignal<number | null | undefined>(undefined);
  useEffect(() => {
    void fetch(new URL("api/config", document.baseURI))
      .then((answer) => answer.json() as Promise<{ history_days?: number | null }>)
      .then(({ history_days: told }) => void (days.value = told))
      .catch(() => undefined); // nothing is said of it then
  }, []);
  return days.value;
}

function Changes({ pad, past, isKept }: { pad: Pad; past: PastTexts; isKept: boolean }) {
  const words = historyWords.now.keeping;
  const isBusy = useSignal(false);
  const isIdle = isBusy.value || pad.session.link.value.kind !== "up";
  const change = async (method: "DELETE" | "PUT", keep: { keep?: boolean }, done: string) => {
    if (isBusy.peek()) return;
    isBusy.value = true;
    try {
      const { user_id, client } = pad.session.asker();
      await new PadRequests(pad.session, document.baseURI).request(method, "/history", { ...keep, user_id, client });
      past.close();
      pad.notify(done);
      await past.renew();
    } catch (error) {
      pad.notify((error instanceof RightsError && words.failures[error.code]) || words.otherFailure);
    }
    isBusy.value = false;
  };
  const title = pad.title.value;
  if (!isKept) {
    return (
      <button type="button" aria-disabled={isIdle} onClick={() => isIdle || void change("PUT", { keep: true }, words.isOn)}>
        <Words text={words.on} />
      </button>
    );
  }
  const rest = { no: words.no, isIdle };
  return (
    <>
      <Question {...rest} label={words.purge} question={words.purgeSure(title)} yes={words.purgeYes} act={() => void change("DELETE", {}, words.purged)} />
      <Question {...rest} label={words.off} question={words.offSure(title)} yes={words.offYes} act={() => void change("PUT", { keep: false }, words.isOff)} />
    </>
  );
}
