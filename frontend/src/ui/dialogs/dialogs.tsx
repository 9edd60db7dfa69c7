/** The dialogs that several places open: a table of their code, which is loaded when they are. */

import type { ComponentType } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { urlOptions } from "../../browser";
import { t } from "../../strings";
import { lazy } from "../base/lazy";
import type { DialogId, Pad } from "../pad/pad";
import { paletteByKey } from "../pad/palette_by_key";

interface Props {
  pad: Pad;
  onClose: () => void;
}

const palette = lazy("palette", async () => {
  const [{ Palette }, text] = await Promise.all([import("../palette/palette"), t.actions()]);
  return ({ pad, onClose }: Props) => <Palette pad={pad} text={text} onClose={onClose} />;
});

const DIALOGS: Record<DialogId, ComponentType<Props>> = {
  share: lazy("share", async () => {
    const [{ ShareDialog }, words] = await Promise.all([import("./share_dialog"), t.share.more()]);
    return (props: Props) => <ShareDialog {...props} words={words} />;
  }),
  owner: lazy("owner", async () => {
    const [{ OwnerDialog }, words] = await Promise.all([import("./owner_dialog"), t.share.owner()]);
    return (props: Props) => <OwnerDialog {...props} words={words} />;
  }),
  recent: lazy("recent", async () => {
    const [{ RecentDialog }, { noRecent }] = await Promise.all([import("./recent_dialog"), t.actions()]);
    return (props: Props) => <RecentDialog {...props} nothing={noRecent} />;
  }),
  palette,
  about: lazy("about", async () => {
    const [{ AboutDialog }, about, text] = await Promise.all([import("./about_dialog"), t.about.more(), t.actions()]);
    return ({ pad, onClose }: Props) => <AboutDialog session={pad.session} about={about} text={text} onClose={onClose} />;
  }),
};

/** The one that was asked for. */
export function Dialogs({ pad }: { pad: Pad }) {
  useLayoutEffect(() => openPaletteByKey(pad), [pad]);
  const id = pad.dialog.value;
  if (id === null) return null;
  const Asked = DIALOGS[id];
  return <Asked pad={pad} onClose={() => (pad.dialog.value = null)} />;
}

/** Not in a frame: the page around it may have another use for these keys. The code comes before it is wanted: what is
 * typed right behind the key must not go into the text. */
function openPaletteByKey(pad: Pad): (() => void) | void {
  if (urlOptions.embed) return;
  void palette.prepare();
  return paletteByKey(pad);
}
