import { About } from "./about";
import { LanguageSection } from "./language_section";
import type { Pad } from "./pad";
import { People } from "./people";
import { Protection } from "./protection";
import { RecentSection } from "./recent_section";
import { SettingsSection } from "./settings_section";
import { ShareSection } from "./share_section";
import { TextSection } from "./text_section";

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
