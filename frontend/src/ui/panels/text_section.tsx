import { useRef } from "preact/hooks";
import { t } from "../../strings";
import { CopyButton } from "../base/copy_button";
import { download } from "../pad/download";
import { openFiles } from "../text/file_opener";
import { whenNoDialog } from "../base/open_dialogs";
import type { Pad } from "../pad/pad";

/** The text as a whole: from disk, to disk, to the clipboard. */
export function TextSection({ pad }: { pad: Pad }) {
  const { session } = pad;
  const picker = useRef<HTMLInputElement>(null);
  return (
    <section aria-labelledby="text-heading">
      <h2 id="text-heading">{t.text.heading}</h2>
      <div class="text-actions">
        <button type="button" disabled={session.isReadOnly.value} onClick={() => picker.current?.click()}>
          {t.text.open}
        </button>
        <button type="button" onClick={() => download(pad)}>
          {t.text.download}
        </button>
        <CopyButton text={() => session.localText()} label={t.text.copyAll} />
        {ACTIONS.map((action) => (
          <button key={action} type="button" onClick={() => perform(pad, action)}>
            {t.text[action]}
          </button>
        ))}
      </div>
      <input
        ref={picker}
        type="file"
        class="visually-hidden"
        aria-label={t.text.open}
        tabIndex={-1}
        onChange={(event) => {
          const files = Array.from(event.currentTarget.files ?? []);
          event.currentTarget.value = "";
          void openFiles(pad, files);
        }}
      />
    </section>
  );
}

/** Actions for which a keyboard has keys and a phone has none. */
const ACTIONS = ["find", "goToLine", "undo", "redo"] as const;

/** Performs one of them. The drawer would lie over what they show, so it is closed first. */
function perform(pad: Pad, action: (typeof ACTIONS)[number]): void {
  pad.closeMenu();
  whenNoDialog(() => void pad.editor.value?.perform(action));
}
