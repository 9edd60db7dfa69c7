/** The text in the colours of those who wrote it, switched on and off. */

import { loadPastView } from "../../editor";
import { Authorship } from "../../past";
import { PadRequests } from "../../sharing";
import { authorshipIn } from "./authorship_in";
import { whenHistoryChanges } from "./history_changes";
import { historyWords } from "./history_words";
import type { Pad } from "./pad";

/** Ends the tints of a pad that has some. */
const endings = new WeakMap<Authorship, () => void>();

/** Tints the text of the pad. */
export async function showAuthorsOf(pad: Pad): Promise<void> {
  if (authorshipIn(pad).peek()) return;
  const authorship = new Authorship(pad.session, new PadRequests(pad.session, document.baseURI));
  authorshipIn(pad).value = authorship;
  const [{ showAuthors }] = await Promise.all([loadPastView(), historyWords.load()]);
  const editor = pad.editor.peek();
  if (authorshipIn(pad).peek() !== authorship || !editor) return;
  const hide = showAuthors(editor.view, authorship, (id) => nameOfAuthor(pad, id));
  const stop = whenHistoryChanges(pad, () => void authorship.start());
  endings.set(authorship, () => (hide(), stop()));
  await authorship.start();
}

/** Shows the text as ever. */
export function hideAuthors(pad: Pad): void {
  const authorship = authorshipIn(pad).peek();
  if (!authorship) return;
  authorshipIn(pad).value = null;
  endings.get(authorship)?.();
  authorship.stop();
}

/** What an author is called. */
export function nameOfAuthor(pad: Pad, id: number | null): string {
  const words = historyWords.now;
  if (id === null) return words.authors.unknown;
  const name = authorshipIn(pad).peek()?.authorOf(id)?.name || words.somebody;
  return id === pad.session.userId.peek() ? `${name} (${words.authors.you})` : name;
}
