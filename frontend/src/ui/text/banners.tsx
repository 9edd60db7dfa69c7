import { useEffect } from "preact/hooks";
import type { Session } from "../../session";
import { t } from "../../strings";
import { lazy } from "../base/lazy";
import type { Pad } from "../pad/pad";
import { putBack, RefusalBanner, RemovalBanner, UnmergedTextBanner } from "./text_banners";

const KeptTextBanner = lazy("kept text", async () => {
  const [{ KeptTextBanner }, words] = await Promise.all([import("./kept_text_banner"), t.offline()]);
  return ({ session }: { session: Session }) => <KeptTextBanner session={session} words={words} />;
});

const Ended = lazy("end of a pad", async () => {
  const [{ Ended }, words] = await Promise.all([import("./ended"), t.ended()]);
  return ({ pad }: { pad: Pad }) => <Ended pad={pad} words={words} />;
});

/** All trouble with the text. */
export function Banners({ pad }: { pad: Pad }) {
  const { session } = pad;
  // When it is wanted there may be no connection to load it by.
  useEffect(() => void Ended.prepare(), []);
  return (
    <>
      {session.end.value !== null && <Ended pad={pad} />}
      {session.end.value === null && <RefusalBanner session={session} />}
      <UnmergedTextBanner session={session} restore={(text) => putBack(pad, text)} />
      <RemovalBanner pad={pad} />
      {session.kept.asOf.value !== null && <KeptTextBanner session={session} />}
    </>
  );
}
