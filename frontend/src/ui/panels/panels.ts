/** The panels that there are, in the order of the rail. One without code yet has its place, and is not there. */

import type { ComponentType } from "preact";
import type { PanelId } from "../../browser";
import { hasOutline } from "../pad/has_outline";
import { seesComments } from "../pad/open_comments";
import type { Pad } from "../pad/pad";
import { peopleWords } from "../pad/people_words";

export interface Panel {
  id: PanelId;
  /** What is drawn on its button in the rail (see Icon); null: it has none, since something else in sight opens it. */
  icon: string | null;
  /** False: it has nothing to show for that pad, now. Not there: it always may have. */
  isOffered?(pad: Pad): boolean;
  /** True: it is not for this tab, and is not shown even where it was open before. */
  isBarred?(pad: Pad): boolean;
  /** Loads what is in it, below its heading; null: it is not there yet. */
  load: (() => Promise<ComponentType<{ pad: Pad }>>) | null;
}

export const PANELS: readonly Panel[] = [
  {
    id: "outline",
    icon: "M4 6h16M8 12h12M8 18h12M4 12h.01M4 18h.01",
    isOffered: ({ session }) => hasOutline(session),
    load: async () => (await import("./outline_panel")).loadOutlinePanel(),
  },
  {
    id: "people",
    icon: null, // the faces in the header
    load: async () => {
      const [chunk] = await Promise.all([import("./people_panel"), peopleWords.load()]);
      return chunk.People;
    },
  },
  {
    id: "history",
    icon: "M4 12a8 8 0 1 0 2.5-5.8M4 4v4h4M12 8v4l3 2",
    load: async () => (await import("./history_panel")).loadHistoryPanel(),
  },
  {
    id: "comments",
    icon: "M5 5h14v11h-8l-4 4v-4H5z",
    isBarred: ({ session }) => !seesComments(session),
    load: async () => (await import("../comments/comments_panel")).loadCommentsPanel(),
  },
  {
    id: "settings",
    icon: "M4 7h9M17 7h3M15 5v4M4 17h3M11 17h9M9 15v4M4 12h5M13 12h7M11 10v4",
    load: async () => {
      const { SettingsPanel, settingsWords } = await import("./settings_panel");
      await settingsWords.load();
      return SettingsPanel;
    },
  },
];

/** Those that are there. */
export const presentPanels = PANELS.filter(({ load }) => load !== null);

/** Those of them that this tab may see. */
export function panelsFor(pad: Pad): readonly Panel[] {
  return presentPanels.filter(({ isBarred }) => !isBarred?.(pad));
}
