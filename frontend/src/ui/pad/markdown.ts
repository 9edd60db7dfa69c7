import { knownLanguage } from "../../editor";
import type { Session } from "../../session";

/** True for a pad that has a preview. */
export function isMarkdown(session: Session): boolean {
  return knownLanguage(session.language.value) === "markdown";
}
