import { useLayoutEffect, useRef } from "preact/hooks";
import type { PanelId } from "../../browser";
import { Dialog } from "../base/dialog";
import { isComposed } from "../base/keys";
import { lazy, type LazyComponent } from "../base/lazy";
import { isNarrow } from "../base/media";
import { PanelHead } from "../base/panel_head";
import type { Pad } from "../pad/pad";
import { panelsFor, presentPanels } from "../panels/panels";
import { frameWords } from "../base/frame_words";

const CONTENTS = new Map<PanelId, LazyComponent<{ pad: Pad }>>(
  presentPanels.map(({ id, load }) => [id, lazy(`panel ${id}`, load!)]),
);

/** Loads what is in them before anybody asks for it: it may be wanted when there is no connection. */
export function preparePanels(): void {
  for (const content of CONTENTS.values()) void content.prepare();
}

/** What is open beside the text, and on small screens over it, from below. */
export function Panel({ pad }: { pad: Pad }) {
  const id = pad.panel.id.value;
  const Content = id && CONTENTS.get(id);
  // One that was open on another pad may be none for this tab.
  if (!Content || !panelsFor(pad).some((it) => it.id === id)) return null;
  if (!isNarrow.value) return <Beside key={id} id={id} pad={pad} Content={Content} />;
  return (
    <Dialog key={id} label={frameWords.now.panels[id]} class="sheet" onClose={() => pad.panel.close()}>
      <Heading id={id} pad={pad} />
      <Content pad={pad} />
    </Dialog>
  );
}

interface Props {
  id: PanelId;
  pad: Pad;
  Content: LazyComponent<{ pad: Pad }>;
}

function Beside({ id, pad, Content }: Props) {
  const escape = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented || isComposed(event)) return;
    event.preventDefault();
    pad.panel.close();
  };
  return (
    // The way out by the keyboard, from wherever it is in there.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <aside id="panel" class="panel" aria-labelledby="panel-heading" onKeyDown={escape}>
      <Heading id={id} pad={pad} />
      <div class="panel-body">
        <Content pad={pad} />
      </div>
    </aside>
  );
}

/** Whoever opened the panel is at its top; one that was there from the start leaves the keyboard alone. */
function Heading({ id, pad }: { id: PanelId; pad: Pad }) {
  const ref = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    if (pad.panel.isAskedFor) ref.current!.focus();
  }, []);
  return <PanelHead id="panel-heading" heading={frameWords.now.panels[id]} headingRef={ref} onClose={() => pad.panel.close()} />;
}
