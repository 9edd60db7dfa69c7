import "../style/dialog.css";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { openDialogs } from "./open_dialogs";
import { ToastRegion } from "./toast_region";

interface Props {
  label: string;
  class?: string;
  /** Called for Escape and the like; without it the dialog stays. */
  onClose?: () => void;
  children: ComponentChildren;
}

/** The browser's own modal dialog: focus, Escape and the rest come with it.
 * It is open for as long as it is rendered. Whatever opened it has the focus
 * again afterwards. */
export function Dialog({ label, onClose, children, class: className = "" }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  // A layout effect ends before the dialog is taken out of the page, other effects after
  // that; and only a dialog that is there gives the focus back.
  useLayoutEffect(() => {
    const dialog = ref.current!;
    dialog.showModal();
    // Browsers give it to what scrolls before what is in it, and nobody sees that.
    const body = dialog.firstElementChild!;
    if (document.activeElement === body) body.querySelector<HTMLElement>("[tabindex], button, input")?.focus();
    openDialogs.value = [...openDialogs.peek(), dialog];
    return () => {
      dialog.close();
      openDialogs.value = openDialogs.peek().filter((it) => it !== dialog);
    };
  }, []);
  const cancel = (event: Event) => {
    event.preventDefault();
    onClose?.();
  };
  // Browsers close it at the second Escape whatever we say to the first.
  const closed = () => ref.current?.isConnected && !ref.current.open && (onClose ?? (() => ref.current?.showModal()))();
  const backdrop = (event: MouseEvent) => event.target === ref.current && onClose?.();
  // The keyboard's way out is Escape, which comes as a cancel event.
  /* oxlint-disable jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions */
  return (
    <dialog ref={ref} aria-label={label} class={className} onCancel={cancel} onClose={closed} onClick={backdrop}>
      <div class="dialog-body">{children}</div>
      <ToastRegion isTopmost={openDialogs.value.at(-1) === ref.current} />
    </dialog>
  );
}
