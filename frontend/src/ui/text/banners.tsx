import type { Pad } from "../pad/pad";
import { putBack, RefusalBanner, RemovalBanner, UnmergedTextBanner } from "./text_banners";

/** All trouble with the text. */
export function Banners({ pad }: { pad: Pad }) {
  const { session } = pad;
  return (
    <>
      <RefusalBanner session={session} />
      <UnmergedTextBanner session={session} restore={(text) => putBack(pad, text)} />
      <RemovalBanner pad={pad} />
    </>
  );
}
