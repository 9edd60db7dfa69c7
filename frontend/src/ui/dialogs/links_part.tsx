import "../style/links.css";
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { type PadLink, PadRights } from "../../sharing";
import type { LinksText } from "../../strings";
import { shortDate } from "../base/dates";
import { Icon } from "../base/icon";
import { Question } from "../base/question";
import { Words } from "../base/words";
import type { Pad } from "../pad/pad";
import { sentence } from "./failure";
import { LinkForm } from "./link_form";
import { LinkShown } from "./link_shown";

interface Props {
  pad: Pad;
  words: LinksText;
}

/** The links of the pad besides its address: makes them, lists them, shows those again that were made in this browser, and
 * withdraws them. A chunk of its own, with its words. */
export function LinksPart({ pad, words }: Props) {
  const { session } = pad;
  const rights = useMemo(() => new PadRights(session, document.baseURI), [session]);
  const links = useSignal<readonly PadLink[] | null>(null);
  /** Why they could not be had; null: they could, or are on their way. */
  const trouble = useSignal<string | null>(null);
  const isMaking = useSignal(false);
  /** The link that is shown with its address. */
  const shown = useSignal<{ name: string; token: string; isNew: boolean } | null>(null);
  const makeButton = useRef<HTMLButtonElement>(null);
  const isUp = session.link.value.kind === "up";
  const isOwnersAlone = session.access.rights.value.manage === "owner" && session.access.role.value !== "own";
  const mayChange = isUp && !isOwnersAlone;
  const look = async () => {
    trouble.value = null;
    try {
      links.value = await rights.links();
    } catch (error) {
      trouble.value = sentence(error, words);
    }
  };
  useEffect(() => {
    if (isUp) void look();
  }, [isUp]);
  const made = (link: PadLink & { token: string }) => {
    isMaking.value = false;
    shown.value = { name: nameOf(link, words), token: link.token, isNew: true };
    links.value = [link, ...(links.value ?? [])];
  };
  const close = () => {
    shown.value = null;
    isMaking.value = false;
    requestAnimationFrame(() => makeButton.current?.focus());
  };
  return (
    <section aria-labelledby="links-heading" class="links-part">
      <div class="links-head">
        <h3 id="links-heading" tabIndex={-1}>
          {words.heading}
        </h3>
        {mayChange && !isMaking.value && !shown.value && (
          <button ref={makeButton} type="button" onClick={() => (isMaking.value = true)}>
            {words.make}
          </button>
        )}
      </div>
      {!isUp && <p class="hint">{words.offline}</p>}
      {isUp && isOwnersAlone && <p class="hint">{words.ownerOnly}</p>}
      {isMaking.value && <LinkForm rights={rights} words={words} made={made} failed={(error) => pad.notify(sentence(error, words))} close={close} />}
      {shown.value && <LinkShown {...shown.value} words={words} close={close} />}
      {trouble.value && (
        <p class="error" role="alert">
          <Words text={trouble.value} />{" "}
          <button type="button" onClick={look}>
            {words.again}
          </button>
        </p>
      )}
      {isUp && !links.value && !trouble.value && <p class="hint">{words.loading}</p>}
      {links.value?.length === 0 && mayChange && !isMaking.value && <p class="hint">{words.empty}</p>}
      <List pad={pad} words={words} rights={rights} links={links} show={(link) => (shown.value = link)} mayChange={mayChange} />
    </section>
  );
}

interface ListProps extends Props {
  rights: PadRights;
  links: Signal<readonly PadLink[] | null>;
  show: (link: { name: string; token: string; isNew: boolean }) => void;
  mayChange: boolean;
}

function List({ pad, words, rights, links, show, mayChange }: ListProps) {
  if (!links.value || links.value.length === 0) return null;
  const withdraw = async (link: PadLink) => {
    try {
      await rights.withdraw(link.id);
      links.value = links.value!.filter(({ id }) => id !== link.id);
      pad.notify(words.withdrawn(nameOf(link, words)));
      document.getElementById("links-heading")?.focus(); // the button went with its row
    } catch (error) {
      pad.notify(sentence(error, words));
    }
  };
  return (
    <ul class="links" aria-label={words.list}>
      {links.value.map((link) => {
        const name = nameOf(link, words);
        const token = rights.tokenOf(link.id);
        return (
          <li key={link.id}>
            <Icon name={link.role === "view" ? "read" : "edit"} />
            <div class="link-words">
              <span class="name" translate={false} title={name}>
                {name}
              </span>
              <span class="hint">{about(link, words)}</span>
            </div>
            <div class="link-deeds">
              {token !== null && (
                <button type="button" class="quiet" aria-label={words.showOf(name)} onClick={() => show({ name, token, isNew: false })}>
                  {words.show}
                </button>
              )}
              {mayChange && (
                <Question
                  label={words.withdraw}
                  longLabel={words.withdrawOf(name)}
                  quiet
                  question={words.sure(name)}
                  yes={words.withdraw}
                  no={words.keep}
                  isIdle={false}
                  act={() => void withdraw(link)}
                />
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

function nameOf({ id, name }: PadLink, words: LinksText): string {
  return name || words.nameless(id);
}

/** What it gives, since when, and for how long. */
function about({ role, created_at: made, last_used_at: used, expires_at: ends }: PadLink, words: LinksText): string {
  const day = (seconds: number) => shortDate(seconds * 1000);
  const end = ends === null ? null : ends * 1000 < Date.now() ? words.ended(day(ends)) : words.endsOn(day(ends));
  const parts = [words.roles[role], words.madeOn(day(made)), used === null ? words.unused : words.usedOn(day(used)), end];
  return parts.filter(Boolean).join(" · ");
}
