/**
 * Completion of words, on request.
 *
 * CodeMirror's extension asks the language for its words at each change of the
 * text, also of what others type, in case somebody should ask: a quarter of what a
 * change in a Markdown pad took. So it comes into the editor when somebody asks
 * for the first time.
 */

import { autocompletion, startCompletion } from "@codemirror/autocomplete";
import { type Extension, StateEffect } from "@codemirror/state";
import { type Command, type EditorView, keymap } from "@codemirror/view";

/** The views that have it. */
const prepared = new WeakSet<EditorView>();

/** Offers words that may be meant at the caret. */
export const complete: Command = (view) => {
  if (!prepared.has(view)) {
    view.dispatch({ effects: StateEffect.appendConfig.of(autocompletion({ activateOnTyping: false })) }); // with its keys
    prepared.add(view);
  }
  return startCompletion(view);
};

/** The keys that ask for it, for the editor's configuration. */
export const completion: Extension = keymap.of([
  { key: "Ctrl-Space", run: complete },
  { mac: "Alt-`", run: complete },
  { mac: "Alt-i", run: complete },
]);
