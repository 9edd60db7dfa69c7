import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";

/** Where an element goes that has the keyboard, within it or itself, `heirOf` has it then: else nothing would. Asked while the
 * element is still in the page; null: there is none. */
export function useHeir(ref: RefObject<HTMLElement | null>, heirOf: (going: HTMLElement) => HTMLElement | null | undefined): void {
  useLayoutEffect(() => {
    const element = ref.current!;
    return () => {
      if (element.contains(document.activeElement)) heirOf(element)?.focus();
    };
  }, []);
}
