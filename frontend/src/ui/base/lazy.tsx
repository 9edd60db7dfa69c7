import { signal } from "@preact/signals";
import type { ComponentChild, ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { loadChunk } from "../../browser";
import { t } from "../../strings";

/** A component whose code comes later. */
export type LazyComponent<P> = ComponentType<P> & {
  /** Loads the code before it is shown; does nothing when it is there. Resolves when it has come, or could not
   * be loaded: then that is tried again the next time. */
  prepare(): Promise<void>;
};

/** A component from a chunk of its own, loaded when it is first shown; until then `meanwhile` stands in its place,
 * and where it could not be loaded a sentence, or nothing: for what nobody asked for. `what` names the chunk in the log. */
export function lazy<P extends object>(
  what: string,
  load: () => Promise<ComponentType<P>>,
  inItsPlace: "a_sentence" | "nothing" = "a_sentence",
  meanwhile: ComponentChild = null,
): LazyComponent<P> {
  const loaded = signal<ComponentType<P> | "missing" | null>(null);
  const prepare = async () => {
    if (isThere(loaded.peek())) return;
    loaded.value = (await loadChunk(what, load)) ?? "missing";
  };
  function Lazy(props: P) {
    useEffect(() => void prepare(), []);
    const Component = loaded.value;
    if (Component === "missing" && inItsPlace === "nothing") return null;
    if (Component === "missing") return <p class="hint">{t.notice.chunkMissing}</p>;
    return Component ? <Component {...props} /> : meanwhile;
  }
  return Object.assign(Lazy, { prepare });
}

function isThere<P>(loaded: ComponentType<P> | "missing" | null): boolean {
  return loaded !== null && loaded !== "missing";
}
