import type { Session } from "../../session";
import { t } from "../../strings";
import { StatusSign } from "./status_sign";

/** The only thing around an embedded text: it says whether the text is safe, and leads
 * to the whole page. */
export function EmbedBar({ session }: { session: Session }) {
  return (
    <footer class="embed-bar">
      <StatusSign session={session} />
      <a href={session.shareLink()} target="_blank" rel="noopener">
        {t.embed.open}
      </a>
    </footer>
  );
}
