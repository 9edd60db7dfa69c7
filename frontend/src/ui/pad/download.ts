/** The pad's text to disk: by a button, and by the key that saves elsewhere. */

import { type FileForm, rememberedFile } from "../../browser";
import { extensionOf } from "../../editor";
import type { Session } from "../../session";
import { downloadText } from "../base/copy";
import { contentOf, fileName } from "./files";
import { isCommandKey } from "../base/keys";
import type { Pad } from "./pad";
import { titleOf } from "./title";

/** Has the browser save the text. */
export function download({ session }: Pad): void {
  downloadFrom(session, session.localText());
}

/** Has the browser save a text of the pad: as the file that was opened into the pad here, or as what its language
 * and its title say. */
export function downloadFrom(session: Session, text: string): void {
  const form = rememberedFile(session.padId) ?? usualForm(session, text);
  downloadText(contentOf(text, form), form.name);
}

/** The interpreter of batch files stumbles over the line ends of a pad. */
const WITH_CRLF = new Set(["bat"]);

function usualForm(session: Session, text: string): FileForm {
  const language = session.language.peek();
  return {
    name: fileName(titleOf(text, session.padId), extensionOf(language)),
    lineEnd: WITH_CRLF.has(language ?? "") ? "\r\n" : "\n",
    bom: false,
  };
}

/** Makes Ctrl+S download the text; the function that it returns ends that. */
export function downloadByKey(pad: Pad): () => void {
  const save = (event: KeyboardEvent) => {
    if (!isCommandKey(event, "s")) return;
    event.preventDefault();
    download(pad);
  };
  addEventListener("keydown", save);
  return () => removeEventListener("keydown", save);
}
