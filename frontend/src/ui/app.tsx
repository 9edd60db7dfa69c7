import { effect, signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { isChunkMissing, loadChunk, rememberedPassword, recentPads, rememberFile, rememberPad, settings, storageTrouble, urlOptions } from "../browser";
import { Editor } from "../editor";
import type { Session } from "../session";
import { t } from "../strings";
import { earlyInputIsOver, keepEarlyInput } from "./base/early_input";
import { OpenPanel } from "./pad/open_panel";
import { openDialogs } from "./base/open_dialogs";
import { modeOf, showText } from "./pad/mode";
import { isNarrow } from "./base/media";
import { ToastsContext, ToastRegion } from "./base/toast_region";
import type { Pad } from "./pad/pad";
import { peopleWords } from "./pad/people_words";
import { nameTab } from "./pad/tab_name";
import { lazy } from "./base/lazy";
import { LazyPreview } from "./preview/lazy_preview";
import { StartPanel } from "./text/start_panel";
import { titleOf } from "./pad/title";
import { Header } from "./frame/header";
import { frameWords } from "./base/frame_words";
import { Toasts } from "./base/toasts";

/** What only pads in frames of other pages show. */
const EmbedBar = lazy("embed bar", async () => (await import("./frame/embed_bar")).EmbedBar);

/** Loads what comes behind the editor: one chunk, and its words. */
async function loadBehind(): Promise<Behind> {
  return (await Promise.all([import("./behind"), frameWords.load(), peopleWords.load()]))[0];
}

/** A part of the page that is loaded so. */
function behind(name: Exclude<keyof Behind, "News">) {
  return lazy(name, async () => (await loadBehind())[name] as ComponentType<{ pad: Pad }>, "nothing");
}

type Behind = typeof import("./behind");

const Banners = behind("Banners");
const OthersInText = behind("OthersInText");
const Surroundings = behind("Surroundings");
const Dialogs = behind("Dialogs");
const FileOpener = behind("FileOpener");
const PasswordDialog = behind("PasswordDialog");
const PageKeys = behind("PageKeys");
const PastText = behind("PastText");
const StatusVoice = behind("StatusVoice");
const Errands = behind("Errands");
const BEHIND = [Banners, OthersInText, Surroundings, Dialogs, FileOpener, PasswordDialog, PageKeys, PastText, StatusVoice, Errands];

/** The page of one pad. `moment`: the revision whose text is to be shown; not there: the present one's. */
export function App({ session, moment }: { session: Session; moment?: number | undefined }) {
  const { pad, toasts, title, ready } = useMemo(() => assemble(session, moment), [session]);
  const mode = modeOf(session);
  useEffect(() => tellOfNews(session, toasts), [session, toasts]);
  useEffect(() => tellOfTrouble(pad), [pad]);
  useEffect(() => loadWhatIsBehind(session), [session]);
  useLayoutEffect(keepEarlyInput, []);
  useEffect(() => void endEarlyInput(pad), [pad]);
  useEffect(() => forgetFileOfEmpty(session), [session]);
  return (
    <ToastsContext.Provider value={toasts}>
      {!urlOptions.embed && (
        <button type="button" class="skip" onClick={() => pad.editor.peek()?.focus()}>
          {t.skip}
        </button>
      )}
      {urlOptions.embed ? <EmbedBar session={session} /> : <Header pad={pad} />}
      <main>
        <Banners pad={pad} />
        <div class={`panes ${mode}`} inert={isPastShown(pad)} style={{ "--split": settings.value.split }}>
          <EditorPane pad={pad} ready={ready} called={(it) => (title.value = it)} />
          {mode !== "edit" && <LazyPreview pad={pad} />}
        </div>
        {!urlOptions.embed && <StartPanel pad={pad} />}
        {isPastShown(pad) && <PastText pad={pad} />}
      </main>
      {!urlOptions.embed && <Surroundings pad={pad} />}
      <StatusVoice pad={pad} />
      <ToastRegion isTopmost={openDialogs.value.length === 0} />
      <Dialogs pad={pad} />
      <FileOpener pad={pad} />
      <PasswordDialog pad={pad} />
      <PageKeys pad={pad} />
      <Errands pad={pad} />
    </ToastsContext.Provider>
  );
}

/** True while a text of before stands over the present one, which nobody can type in then. */
function isPastShown({ past }: Pad): boolean {
  return Boolean(past.value?.shown.value);
}

function assemble(session: Session, moment: number | undefined) {
  const toasts = new Toasts();
  const editor = signal<Editor | null>(null);
  const panel = new OpenPanel();
  const menu = signal(false);
  // What it was called when this browser was here last, until its text is there.
  const title = signal(recentPads.peek().find(({ id }) => id === session.padId)?.title ?? titleOf("", session.padId));
  const pad: Pad = {
    session,
    editor,
    expiry: signal(null),
    title,
    panel,
    menu,
    deeds: signal(null),
    past: signal(null),
    moment,
    dialog: signal(null),
    opened: signal(null),
    notify: (text, kind) => toasts.notify(text, kind),
    closeMenu: () => {
      menu.value = false;
      if (isNarrow.peek()) panel.close();
    },
  };
  return { pad, toasts, title, ready: (made: Editor) => (editor.value = made) };
}

/** The tab's name may lag behind the typing, the typing not behind the name. */
const NAMED_AFTER_MS = 250;

interface EditorPaneProps {
  pad: Pad;
  ready: (editor: Editor) => void;
  /** Told what the pad is called now. */
  called: (title: string) => void;
}

function EditorPane({ pad, ready, called }: EditorPaneProps) {
  const { session } = pad;
  const ref = useRef<HTMLDivElement>(null);
  // The editor is made at once, not after the first frame: it is what people wait for.
  useLayoutEffect(() => {
    const editor = new Editor(ref.current!, session, { ...t.editor, phrases: t.phrases }, {
      onEmptyInput: (what) => pad.notify(t.editor.nothingIn[what], { about: "input" }),
      onSave: (leaves) => pad.notify(saidOf(session, leaves), { about: "saving" }),
      onWanted: () => {
        const past = pad.past.peek();
        if (!past?.shown.peek()) return showText(session);
        past.close();
        // Until the next frame nothing in there takes the keyboard.
        return new Promise(requestAnimationFrame).then(() => showText(session) ?? undefined);
      },
    });
    ready(editor);
    const nameNow = () => {
      const firstLines = editor.firstLines.peek();
      if (session.isLoaded.peek()) called(titleOf(firstLines, session.padId));
      name(pad, firstLines);
    };
    const nameSoon = effect(() => {
      void [editor.firstLines.value, session.link.value, session.otp.value];
      const timer = setTimeout(nameNow, NAMED_AFTER_MS);
      return () => clearTimeout(timer);
    });
    addEventListener("pagehide", nameNow);
    // Whoever opens a pad wants to type; but not under a dialog, nor where the
    // pad is a part of another page, which has its own idea of that.
    const focus = effect(() => {
      if (session.isLoaded.value && !urlOptions.embed && openDialogs.peek().length === 0) editor.focus();
    });
    return () => (nameSoon(), focus(), removeEventListener("pagehide", nameNow));
  }, [session]);
  return (
    <div class="text-pane">
      <div class="editor" ref={ref} />
      <OthersInText pad={pad} />
    </div>
  );
}

/** The answer to who saves by hand, and perhaps leaves. */
function saidOf({ link, unsaved }: Session, leaves: boolean): string {
  const { kept, now, leave } = t.editor.saving;
  const isKept = unsaved.peek() > 0 && link.peek().kind !== "up";
  return [isKept ? kept : now, leaves ? leave : ""].join(" ").trim();
}

/** Tells what happens in the pad, in its order, once there are words for it. */
function tellOfNews(session: Session, toasts: Toasts): () => void {
  let news: InstanceType<Behind["News"]> | undefined;
  return session.onNotice(async (notice) => {
    const parts = await loadChunk("news", loadBehind);
    if (parts) (news ??= new parts.News(toasts)).hear(notice);
  });
}

/** Says once what this browser will not keep, and that it could not load something. */
function tellOfTrouble({ notify }: Pad): () => void {
  const told = new Set<string>();
  return effect(() => {
    for (const [what, isThere] of Object.entries(storageTrouble.value)) {
      if (!isThere || told.has(what)) continue;
      told.add(what);
      notify(t.notice.trouble[what as keyof typeof t.notice.trouble]);
    }
    if (!isChunkMissing.value || told.has("chunk")) return;
    told.add("chunk");
    notify(t.notice.chunkMissing, { stay: "until_dismissed" });
  });
}

/** Loads what is behind the editor; what did not come is tried again with each connection. */
function loadWhatIsBehind({ link }: Session): () => void {
  return effect(() => {
    if (link.value.kind === "up") for (const part of BEHIND) void part.prepare();
  });
}

/** What comes late hears keys, and takes files, once it is drawn. */
async function endEarlyInput({ editor }: Pad): Promise<void> {
  await Promise.all([editor.peek()?.isComplete, ...BEHIND.map((part) => part.prepare())]);
  setTimeout(earlyInputIsOver);
}

/** Forgets the file that was opened into the pad once, where nothing is left of it when the pad is opened. */
function forgetFileOfEmpty(session: Session): () => void {
  return effect(() => {
    if (session.isLoaded.value && session.localText() === "") rememberFile(session.padId, null);
  });
}

/** Names the tab, and the pad in the list of recent ones, by its title. A protected pad is
 * in that list even when it is empty: its password may be written down nowhere else. */
function name({ session, title: { value: title } }: Pad, firstLines: string): void {
  nameTab(title);
  // Only the server can say that the password is the right one, or that there is none.
  const otp = session.link.peek().kind === "up" ? session.otp.peek() : undefined;
  const isNewPassword = otp !== undefined && otp !== rememberedPassword(session.padId);
  if (firstLines !== "" || isNewPassword) rememberPad({ id: session.padId, title, otp });
}
