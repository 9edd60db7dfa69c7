import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Words } from "../base/words";
import type { Pad } from "../pad/pad";
import { useStatus } from "./status_sign";

/** A state that passes within this is not worth interrupting anybody for. */
const LASTING_MS = 1_500;

/** Tells those who listen to the page that the connection has become another:
 * not how many seconds or changes there are, and not that all is well from the
 * start. */
export function StatusVoice({ pad: { session } }: { pad: Pick<Pad, "session"> }) {
  const { mood, spoken } = useStatus(session);
  const said = useSignal("");
  const known = useRef<string | null>(null);
  const latest = useRef<string | null>(null);
  latest.current = spoken ?? latest.current;
  useEffect(() => {
    const now = latest.current;
    if (known.current === null && mood === "good") known.current = now;
    if (now === null || now === known.current) return;
    const timer = setTimeout(() => (said.value = known.current = now), LASTING_MS);
    return () => clearTimeout(timer);
  }, [latest.current]);
  return (
    <div class="visually-hidden" aria-live="polite">
      <Words text={said.value} />
    </div>
  );
}
