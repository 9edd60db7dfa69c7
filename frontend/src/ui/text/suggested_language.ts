/** Suggests a language for the text to whoever writes it, where nobody has chosen one: without one it has no colours,
 * and few know that there is a choice. A chunk of its own, loaded with the first edit of such a text. */

import { effect } from "@preact/signals";
import { log } from "../../browser";
import { type Editor, languageName, loadLanguages, loadLikelyLanguage } from "../../editor";
import { t } from "../../strings";
import type { Pad } from "../pad/pad";

/** People are not interrupted: it is looked at in a pause of the typing. */
const PAUSE_MS = 1500;
/** A text that has not told after so many pauses is in none. */
const MOST_LOOKS = 20;

/** Looks at the text in its pauses until it has told, or somebody has chosen; the function that it returns ends that. */
export function suggestLanguage(pad: Pad, editor: Editor): () => void {
  const { session } = pad;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let looks = 0;
  let withdraw: (() => void) | null = null;
  const look = async () => {
    looks += 1;
    const [likely, catalogue] = await Promise.all([loadLikelyLanguage(), loadLanguages()]);
    const id = likely.likelyLanguage(editor.beginning(likely.LOOKED_AT_UNITS));
    if (id === null || catalogue === null || session.language.peek() !== null || withdraw) return;
    withdraw = suggest(pad, id);
  };
  const stop = effect(() => {
    void editor.changes.value;
    clearTimeout(timer);
    if (session.language.value !== null) return withdraw?.();
    if (withdraw === null && looks < MOST_LOOKS) timer = setTimeout(() => void look().catch(complain), PAUSE_MS);
  });
  return () => {
    stop();
    clearTimeout(timer);
    withdraw?.();
  };
}

/** Nobody asked for it, so nobody is told. */
function complain(error: unknown): void {
  log.warn("no language can be suggested:", error);
}

function suggest({ session, editor, notify }: Pad, id: string): () => void {
  const run = () => {
    session.setLanguage(id);
    editor.peek()?.focus();
  };
  const action = { label: t.language.use, run };
  return notify(t.language.looksLike(languageName(id) ?? id), { stay: "until_dismissed", about: "suggestion", action });
}
