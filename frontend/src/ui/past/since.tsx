import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Words } from "../base/words";
import { historyWords } from "../pad/history_words";
import type { Pad } from "../pad/pad";

/** How much others have typed since a text of before stands over the present one. */
export function Since({ pad: { session } }: { pad: Pad }) {
  const count = useSignal(0);
  useEffect(() => {
    const witness = { entry: () => void count.value++, snapshot: () => void count.value++ };
    session.kept.watch(witness);
    return () => session.kept.unwatch(witness);
  }, [session]);
  if (count.value === 0) return null;
  return (
    <span class="hint past-since">
      <Words text={historyWords.now.since(count.value)} />
    </span>
  );
}
