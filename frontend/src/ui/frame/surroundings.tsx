import "../style/choices.css";
import "../style/surroundings.css";
import { useEffect } from "preact/hooks";
import { loadActions } from "../actions/actions";
import { lazy } from "../base/lazy";
import { hasFingers, isNarrow } from "../base/media";
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

/** What stands around the text beside the header: a chunk that is loaded behind the editor, with its words. */
export function Surroundings({ pad }: { pad: Pad }) {
  // What they open may be wanted when there is no connection.
  useEffect(() => {
    void LazyMenu.prepare();
    preparePanels();
    return partsByKey();
  }, []);
  useEffect(() => watchHidden(pad), [pad]);
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
