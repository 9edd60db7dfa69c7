import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { t } from "../../strings";
import { Dialog } from "../base/dialog";
import { frameWords } from "../base/frame_words";
import type { Pad } from "../pad/pad";

/** Asks for the password, when the server has said that it is the password. */
export function PasswordDialog({ pad: { session } }: { pad: Pad }) {
  const link = session.link.value;
  const draft = useSignal("");
  // The draft is kept while it may want correcting, and no longer.
  useEffect(() => {
    if (link.kind === "up") draft.value = "";
  }, [link.kind]);
  if (link.kind !== "stopped" || link.reason !== "password") return null;
  const open = (event: Event) => {
    event.preventDefault();
    if (draft.value.trim() !== "") session.usePassword(draft.value.trim());
  };
  return (
    <Dialog label={frameWords.now.trouble.password.heading}>
      <form onSubmit={open}>
        <h2>{frameWords.now.trouble.password.heading}</h2>
        <p>{frameWords.now.trouble.password.explain}</p>
        {session.otp.value !== null && (
          <p class="error" role="alert">
            {frameWords.now.trouble.password.wrong}
          </p>
        )}
        <label>
          {frameWords.now.trouble.password.label}
          <input
            type="password"
            autocomplete="off"
            value={draft.value}
            onInput={(event) => (draft.value = event.currentTarget.value)}
          />
        </label>
        <div class="actions">
          <button type="submit">{frameWords.now.trouble.password.open}</button>
          <a class="button" href="./">
            {t.about.newPad}
          </a>
        </div>
      </form>
    </Dialog>
  );
}
