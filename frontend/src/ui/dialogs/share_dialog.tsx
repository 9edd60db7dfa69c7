import "../style/share.css";
import { type Signal, useSignal } from "@preact/signals";
import { useId, useRef } from "preact/hooks";
import { linkOf } from "../../session";
import type { ShareText } from "../../strings";
import { t } from "../../strings";
import { CopyButton } from "../base/copy_button";
import { Dialog } from "../base/dialog";
import { PanelHead } from "../base/panel_head";
import { Words } from "../base/words";
import type { Pad } from "../pad/pad";
import { lazy } from "../base/lazy";
import { PasswordPart } from "./password_part";
import { FullScreenCode, QrCode } from "./qr_code";

/** The ways to pass a pad on. */
const WAYS = ["link", "code", "embed"] as const;
type Way = (typeof WAYS)[number];

const LinksPart = lazy("links", async () => {
  const [{ LinksPart }, words] = await Promise.all([import("./links_part"), t.share.links()]);
  return ({ pad }: { pad: Pad }) => <LinksPart pad={pad} words={words} />;
});

interface Props {
  pad: Pad;
  words: ShareText;
  onClose: () => void;
}

/** Passes the pad on: as a link, a code to point a camera at, or a frame in another page; and with a password or
 * without. A chunk of its own, with its words. */
export function ShareDialog({ pad, words, onClose }: Props) {
  const way = useSignal<Way>("link");
  const isFull = useSignal(false);
  const id = useId();
  const address = pad.session.shareLink();
  const body = {
    link: () => <Link pad={pad} words={words} address={address} />,
    code: () => <Code words={words} address={address} isFull={isFull} />,
    embed: () => <Embed words={words} address={address} hint={pad.session.access.isReader.value ? words.embedHintReader : words.embedHint} />,
  }[way.value];
  return (
    <Dialog label={words.heading} class="sheet share" onClose={onClose}>
      <PanelHead heading={words.heading} onClose={onClose} />
      <Tabs words={words} way={way} id={id} />
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${way.value}`} class="share-way">
        {body()}
      </div>
      {maySetPassword(pad) && <PasswordPart session={pad.session} words={words.password} notify={pad.notify} />}
      {isWriter(pad) && <LinksPart pad={pad} />}
      {isWriter(pad) && <OwnerPart pad={pad} words={words.owner} />}
      {isFull.value && <FullScreenCode text={address} words={words} onClose={() => (isFull.value = false)} />}
    </Dialog>
  );
}

/** Who came by a link passes that on, and nothing else. */
function isWriter({ session }: Pad): boolean {
  return !session.access.isReader.value && linkOf(session.padId) === null;
}

function maySetPassword(pad: Pad): boolean {
  const { rights, role } = pad.session.access;
  return isWriter(pad) && (rights.value.manage === "editors" || role.value === "own");
}

/** Whose the pad is, and the way to what follows from that. */
function OwnerPart({ pad, words }: { pad: Pad; words: ShareText["owner"] }) {
  const { rights, role } = pad.session.access;
  const isMine = role.value === "own";
  const whose = isMine ? "mine" : rights.value.owner ? "other" : "nobody";
  return (
    <section aria-label={words.heading} class="row owner-part">
      <p>
        <Words text={words[whose]} />
      </p>
      <button type="button" onClick={() => (pad.dialog.value = "owner")}>
        {isMine ? words.manage : words.more}
      </button>
    </section>
  );
}

/** One of them is a stop for the Tab key; the arrow keys go from one to the next. */
function Tabs({ words, way, id }: { words: ShareText; way: Signal<Way>; id: string }) {
  const list = useRef<HTMLDivElement>(null);
  const go = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const forward = document.documentElement.dir === "rtl" ? -step : step;
    way.value = WAYS[(WAYS.indexOf(way.peek()) + forward + WAYS.length) % WAYS.length]!;
    list.current!.querySelector<HTMLElement>(`#${CSS.escape(`${id}-${way.peek()}`)}`)?.focus();
  };
  return (
    <div ref={list} class="segments" role="tablist" aria-label={words.heading}>
      {WAYS.map((it) => (
        <button
          key={it}
          id={`${id}-${it}`}
          type="button"
          role="tab"
          aria-selected={it === way.value}
          aria-controls={`${id}-panel`}
          tabIndex={it === way.value ? 0 : -1}
          onClick={() => (way.value = it)}
          onKeyDown={go}
        >
          {words.ways[it]}
        </button>
      ))}
    </div>
  );
}

function Link({ pad, words, address }: { pad: Pad; words: ShareText; address: string }) {
  const { access, acceptedOtp, padId } = pad.session;
  const isProtected = acceptedOtp.value !== null;
  const hintOfReader = linkOf(padId) === null ? words.hintHeld : words.hintReader;
  const hint = access.isReader.value ? hintOfReader : isProtected ? words.hintProtected : words.hint;
  // Phones have it; a desk's browser hardly.
  const canShare = typeof navigator.share === "function";
  return (
    <>
      <input
        type="text"
        readOnly
        aria-label={words.link}
        value={address}
        onFocus={(event) => event.currentTarget.select()}
      />
      <div class="row wrap">
        <CopyButton text={() => address} label={words.copyLink} class="primary" />
        {canShare && (
          <button type="button" onClick={() => void shareWithApp(address)}>
            {words.withApp}
          </button>
        )}
      </div>
      <p class="hint">
        <Words text={hint} />
      </p>
    </>
  );
}

/** Opens the system's list of apps. Whoever closes it has not failed. */
async function shareWithApp(url: string): Promise<void> {
  await navigator.share({ title: document.title, url }).catch(() => {});
}

function Code({ words, address, isFull }: { words: ShareText; address: string; isFull: Signal<boolean> }) {
  return (
    <>
      <QrCode text={address} label={words.codeLabel} missing={words.codeMissing} />
      <div class="row wrap">
        <p class="hint">{words.codeHint}</p>
        <button type="button" onClick={() => (isFull.value = true)}>
          {words.fullScreen}
        </button>
      </div>
    </>
  );
}

function Embed({ words, address, hint }: { words: ShareText; address: string; hint: string }) {
  const code = frameOf(address);
  return (
    <>
      <textarea
        class="embed-code"
        readOnly
        rows={4}
        aria-label={words.embedCode}
        value={code}
        onFocus={(event) => event.currentTarget.select()}
      />
      <CopyButton text={() => code} label={words.copyCode} class="primary" />
      <p class="hint">{hint}</p>
    </>
  );
}

/** HTML that shows the pad of that address in a frame. */
function frameOf(address: string): string {
  const url = new URL(address);
  url.searchParams.set("embed", "1");
  const src = url.href.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  return `<iframe src="${src}" title="${t.appName}" width="100%" height="400" allow="clipboard-write"></iframe>`;
}
