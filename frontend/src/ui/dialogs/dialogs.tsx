/** The dialogs that several places open: a table of their code, which is loaded when they are. */

import type { ComponentType } from "preact";
import { t } from "../../strings";
import { lazy } from "../base/lazy";
import type { DialogId, Pad } from "../pad/pad";

interface Props {
  pad: Pad;
  onClose: () => void;
}

const DIALOGS: Record<DialogId, ComponentType<Props>> = {
  share: lazy("share", async () => {
    const [{ ShareDialog }, words] = await Promise.all([import("./share_dialog"), t.share.more()]);
    return (props: Props) => <ShareDialog {...props} words={words} />;
  }),
  recent: lazy("recent", async () => (await import("./recent_dialog")).RecentDialog),
  about: lazy("about", async () => {
    const [{ AboutDialog }, about] = await Promise.all([import("./about_dialog"), t.about.more()]);
    return ({ pad, onClose }: Props) => <AboutDialog session={pad.session} about={about} onClose={onClose} />;
  }),
};

/** The one that was asked for. */
export function Dialogs({ pad }: { pad: Pad }) {
  const id = pad.dialog.value;
  if (id === null) return null;
  const Asked = DIALOGS[id];
  return <Asked pad={pad} onClose={() => (pad.dialog.value = null)} />;
}
