import "../style/choices.css";
import "../style/forced_colours.css";
import "../style/surroundings.css";
import { effect } from "@preact/signals";
import { useEffect, useLayoutEffect } from "preact/hooks";
import { loadChunk } from "../../browser";
import { loadActions } from "../actions/actions";
import { lazy } from "../base/lazy";
import { hasFingers, isNarrow } from "../base/media";
import { withComments } from "../comments/comments_by_key";
import type { Pad } from "../pad/pad";
import { watchHidden } from "./hidden_news";
import { Panel, preparePanels } from "./panel";
import { partsByKey } from "./parts_by_key";
import { Rail } from "./rail";
import { StatusBar } from "./status_bar";

const LazyMenu = lazy("menu", async () => {
  const [{ Menu }, actions] = await Promise.all([import("./menu"), loadActions()]);
  return ({ pad }: { pad: Pad }) => <Menu pad={pad} actions={actions} />;
});

const LazyKeyStrip = lazy("key strip", async () => {
  const [{ KeyStrip }, actions] = await Promise.all([import("./key_strip"), loadActions()]);
  return ({ pad }: { pad: Pad }) => <KeyStrip pad={pad} actions={actions} />;
}, "nothing");

/** Has a tab that owns its pad keep who did what to the text. */
function keepDeeds({ session, deeds }: Pad): () => void {
  return effect(() => {
    if (session.access.role.value !== "own" || !session.isLoaded.value || deeds.peek()) return;
    void loadChunk("deeds", () => import("../../sharing")).then((it) => {
      if (it) deeds.value ??= new it.Deeds(session);
    });
  });
}

/** Shows the comments in the text, once the server has told of any. */
function showComments(pad: Pad): () => void {
  return effect(() => {
    if (pad.session.comments.isNeeded.value) void withComments(pad, () => {});
  });
}

/** What stands around the text beside the header: a chunk that is loaded behind the editor, with its words. */
export function Surroundings({ pad }: { pad: Pad }) {
  useLayoutEffect(() => partsByKey(), []);
  // What they open may be wanted when there is no connection.
  useEffect(() => {
    void LazyMenu.prepare();
    preparePanels();
  }, []);
  useEffect(() => watchHidden(pad), [pad]);
  useEffect(() => keepDeeds(pad), [pad]);
  useEffect(() => showComments(pad), [pad]);
  return (
    <>
      <Panel pad={pad} />
      {!isNarrow.value && <Rail pad={pad} />}
      {!isNarrow.value && <StatusBar pad={pad} />}
      {isNarrow.value && hasFingers && <LazyKeyStrip pad={pad} />}
      {pad.menu.value && <LazyMenu pad={pad} />}
    </>
  );
}
