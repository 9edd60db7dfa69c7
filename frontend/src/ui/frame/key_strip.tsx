import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type Editor, isProse } from "../../editor";
import type { ActionId } from "../../strings";
import type { Action } from "../actions/actions";
import { Icon } from "../base/icon";
import type { Pad } from "../pad/pad";
import { watchKeyboard } from "./keyboard";
import { frameWords } from "../base/frame_words";

/** What a keyboard on a screen has no keys for, or hides; a short text, or a path to draw. */
const ALWAYS: readonly [ActionId, string][] = [
  ["undo", "M9 14L4 9l5-5M4 9h9a6 6 0 0 1 0 12h-3"],
  ["redo", "M15 14l5-5-5-5M20 9h-9a6 6 0 0 0 0 12h3"],
  ["indentMore", "M4 6v12M9 12h11M15 7l5 5-5 5"],
];
const MARKDOWN: readonly [ActionId, string][] = [
  ["heading", "M10 4L8 20M16 4l-2 16M5 9h14M4 15h14"],
  ["bullet", "M10 6h10M10 12h10M10 18h10M5 6h.01M5 12h.01M5 18h.01"],
  ["task", "M5 5h14v14H5zM8 12l3 3 5-6"],
  ["bold", "M7 5h6a3.5 3.5 0 0 1 0 7H7zM7 12h7a3.5 3.5 0 0 1 0 7H7z"],
];
const LAST: readonly [ActionId, string][] = [
  ["addComment", "M5 5h14v11h-8l-4 4v-4H5zM9 10h6"],
  ["find", "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L20 20"],
  ["preview", "M2 12s4-7 10-7 10 7 10 7-4 7-10 7-10-7-10-7zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z"],
];
const SIGNS_OF_CODE = [..."(){}[]\"=;<>/"];

/** Above the keyboard on the screen while somebody types. Its buttons leave the keyboard where it is. */
export function KeyStrip({ pad, actions }: { pad: Pad; actions: readonly Action[] }) {
  const editor = pad.editor.value;
  const isTyping = useTyping(editor);
  useEffect(watchKeyboard, []);
  if (!editor || !isTyping || pad.session.isReadOnly.value) return null;
  const buttons = (items: typeof ALWAYS) =>
    items.map(([id, path]) => {
      const action = actions.find((it) => it.id === id)!;
      if (!(action.isOffered?.(pad) ?? true)) return null;
      return (
        <button key={id} type="button" class="quiet" aria-label={action.words()} onClick={() => void action.run(pad)}>
          <Icon path={path} />
        </button>
      );
    });
  return (
    <footer>
      <div class="key-strip" role="toolbar" aria-label={frameWords.now.keys} onPointerDown={(event) => event.preventDefault()}>
        {buttons(ALWAYS)}
        {buttons(MARKDOWN)}
        {!isProse(pad.session.language.value) && SIGNS_OF_CODE.map((sign) => <Sign key={sign} sign={sign} editor={editor} />)}
        {buttons(LAST)}
      </div>
    </footer>
  );
}

function Sign({ sign, editor }: { sign: string; editor: Editor }) {
  return (
    <button type="button" class="quiet" translate={false} onClick={() => editor.insertText(sign)}>
      {sign}
    </button>
  );
}

/** True while the text has the keyboard. */
function useTyping(editor: Editor | null): boolean {
  const isTyping = useSignal(editor?.view.hasFocus ?? false);
  useEffect(() => {
    if (!editor) return;
    const text = editor.view.contentDOM;
    const begin = () => void (isTyping.value = true);
    const end = () => void (isTyping.value = false);
    isTyping.value = editor.view.hasFocus;
    text.addEventListener("focus", begin);
    text.addEventListener("blur", end);
    return () => {
      text.removeEventListener("focus", begin);
      text.removeEventListener("blur", end);
    };
  }, [editor]);
  return isTyping.value;
}
