import "../style/people.css";
import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type Editor, hueClass } from "../../editor";
import { keepCaretInView, type Sides, watchSides } from "../../editor/behind";
import { Words } from "../base/words";
import type { Pad } from "../pad/pad";
import { peopleWords } from "../pad/people_words";
import { Followed } from "./followed";
import { Introduction } from "./introduction";

const NOBODY: Sides = { above: [], below: [], topPx: 0, bottomPx: 0 };

/** What is said over the text of the others: who types out of view, who is followed, and as whom they see the user. */
export function OthersInText({ pad }: { pad: Pad }) {
  const editor = pad.editor.value;
  // What is said in rows below the text makes it lower.
  useEffect(() => (editor ? keepCaretInView(editor.view) : undefined), [editor]);
  return (
    editor && (
      <>
        <OverText pad={pad} editor={editor} />
        <Introduction pad={pad} />
      </>
    )
  );
}

function OverText({ pad, editor }: { pad: Pad; editor: Editor }) {
  const sides = useSignal(NOBODY);
  const { activity } = pad.session.people;
  const isAnyone = useSignal(false);
  useSignalEffect(() => void (isAnyone.value = activity.typing.value.size > 0 || editor.following.value !== null));
  useEffect(() => {
    if (!isAnyone.value) return void (sides.value = NOBODY);
    const told = (now: Sides) => !isSame(now, sides.peek()) && (sides.value = now);
    const watch = watchSides(editor, () => [...activity.typing.peek()], told);
    const stopAsking = activity.typing.subscribe(() => watch.again());
    return () => {
      stopAsking();
      watch.stop();
    };
  }, [isAnyone.value, editor]);
  const { above, below, topPx, bottomPx } = sides.value;
  return (
    <div class="over-text" style={{ "--top": `${topPx}px`, "--bottom": `${bottomPx}px` }}>
      <div class="edge">
        <Followed pad={pad} editor={editor} />
        <EdgeChip pad={pad} editor={editor} ids={above} nearest={above.at(-1)} isAbove />
      </div>
      <div class="edge">
        <EdgeChip pad={pad} editor={editor} ids={below} nearest={below[0]} isAbove={false} />
      </div>
    </div>
  );
}

interface EdgeChipProps {
  pad: Pad;
  editor: Editor;
  ids: readonly number[];
  nearest: number | undefined;
  isAbove: boolean;
}

/** Says who types beyond an edge, and leads to the nearest of them. */
function EdgeChip({ pad, editor, ids, nearest, isAbove }: EdgeChipProps) {
  const words = peopleWords.now;
  const people = pad.session.people.byId.value;
  const known = ids.filter((id) => people.has(id));
  const person = people.get(nearest ?? -1) ?? people.get(known[0] ?? -1);
  if (!person) return null;
  const who = known.length === 1 ? person.name : words.typingMany(known.length);
  const said = known.length === 1 ? `${person.name} ${words.typing}` : who;
  return (
    <button
      type="button"
      class={known.length === 1 ? `edge-chip ${hueClass(person.hue)}` : "edge-chip"}
      title={said}
      aria-label={isAbove ? words.typingAbove(said) : words.typingBelow(said)}
      onClick={() => editor.showCaretOf(person.id)}
    >
      <span class="pill">
        <span aria-hidden="true">{isAbove ? "▲" : "▼"}</span>
        <span class="name" translate={known.length === 1 ? false : undefined}>
          <Words text={who} />
        </span>
      </span>
    </button>
  );
}

function isSame(a: Sides, b: Sides): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
