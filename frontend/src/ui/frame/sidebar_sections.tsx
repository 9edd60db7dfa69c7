import { About } from "../panels/about";
import { LanguageSection } from "../panels/language_section";
import type { Pad } from "../pad/pad";
import { People } from "../panels/people";
import { Protection } from "../panels/protection";
import { RecentSection } from "../text/recent_section";
import { SettingsSection } from "../panels/settings_section";
import { ShareSection } from "../panels/share_section";
import { TextSection } from "../panels/text_section";

/** Everything about the pad that is not its text: a chunk that is loaded behind the editor. */
export function SidebarSections({ pad }: { pad: Pad }) {
  const { session } = pad;
  return (
    <>
      <ShareSection session={session} />
      <People pad={pad} />
      <LanguageSection session={session} />
      <TextSection pad={pad} />
      <Protection session={session} notify={pad.notify} />
      <SettingsSection pad={pad} />
      <RecentSection session={session} />
      <About pad={pad} />
    </>
  );
}
