import type { Session } from "../../session";
import { type ActionText, t } from "../../strings";
import { type Action, actionsIn, GROUPS } from "../actions/actions";
import { Dialog } from "../base/dialog";
import { isMac } from "../base/keys";
import { PanelHead } from "../base/panel_head";
import { Words } from "../base/words";

type Texts = Awaited<ReturnType<typeof t.about.more>>;

interface TextProps {
  session: Session;
  about: Texts;
  text: ActionText;
}

const PAGE_SHA = import.meta.env.VITE_SHA || "dev";

/** The page and its shortcuts; a chunk of its own, since few visits open it. */
export function AboutDialog({ session, about, text, onClose }: TextProps & { onClose: () => void }) {
  return (
    <Dialog label={t.about.heading} class="sheet about" onClose={onClose}>
      <PanelHead heading={t.appName} isFirst onClose={onClose} />
      <AboutText session={session} about={about} text={text} />
    </Dialog>
  );
}

function AboutText({ session, about, text }: TextProps) {
  const actions = actionsIn(text);
  const welcome = session.welcome.value;
  return (
    <>
      <p>{about.text}</p>
      <h3>{t.about.shortcuts}</h3>
      <Keys rows={about.keys.map(([keys, what, onMac]) => [isMac ? onMac : keys, what])} />
      {GROUPS.map((group) => (
        <KeysOfGroup key={group} heading={text.groups[group]} actions={actions.filter((it) => it.group === group)} />
      ))}
      <p class="hint">
        {t.about.page(PAGE_SHA)}
        <br />
        {welcome && <Words text={t.about.server(welcome.server)} />}
      </p>
    </>
  );
}

/** The keys that the actions of a group have; nothing where none has any. */
function KeysOfGroup({ heading, actions }: { heading: string; actions: readonly Action[] }) {
  const rows = actions.flatMap(({ keys, words }): [string, string][] => (keys ? [[keys, words()]] : []));
  if (rows.length === 0) return null;
  return (
    <>
      <h4>{heading}</h4>
      <Keys rows={rows} />
    </>
  );
}

function Keys({ rows }: { rows: readonly [keys: string, what: string][] }) {
  return (
    <dl class="keys">
      {rows.map(([keys, what]) => (
        <div key={what}>
          <dt>
            <kbd>{keys}</kbd>
          </dt>
          <dd>{what}</dd>
        </div>
      ))}
    </dl>
  );
}
