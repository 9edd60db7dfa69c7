import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { loadChunk } from "../browser";

/** A component from a chunk of its own, loaded when it is first shown; nothing stands
 * in its place until then. `what` names the chunk in the log. */
export function lazy<P extends object>(what: string, load: () => Promise<ComponentType<P>>): ComponentType<P> {
  const loaded = signal<ComponentType<P> | null>(null);
  return function Lazy(props: P) {
    useEffect(() => {
      if (!loaded.value) void loadChunk(what, load).then((component) => (loaded.value = component));
    }, []);
    const Component = loaded.value;
    return Component && <Component {...props} />;
  };
}
