/**
 * One pad, open in this tab: the sync machine, the connection and the editor
 * put together, and everything about them that the page shows, as signals.
 *
 * The flow, and the only one:
 *
 *     editor --edit()--> sync --takeEdit()--> transport
 *     transport --> inbox (a frame) --> sync --takeChanges()--> editor
 *
 * Between two frames the editor's text and the machine's local text are the
 * same, so an edit of the user always fits.
 */

import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { log } from "../browser";
import type { Change } from "../kernel";
import type { Refusal, SavedState } from "../sync";
import type { DownReason } from "../transport";
import { type CursorData, decode, encode, type ServerMessage, type UserInfo, type Welcome } from "../wire";
import { shareLink } from "./address";
import { buildComponents, type SessionComponents, type SessionOptions } from "./components";
import { isLonger } from "./edit_sender";
import { browserEnvironment, type Environment } from "./environment";
import { mapCarets } from "./moved_carets";
import type { People } from "./people";
import type { EditorPort, Link, Notice } from "./types";
import type { UnmergedTexts } from "./unmerged_texts";

/** Refusals that have nothing to do with the edit, and pass. */
export const PASSING: ReadonlySet<string> = new Set(["rate_limited", "storage_unavailable", "no_memory"]);

/** What a session begins with; by default nothing, in the browser that runs this code. */
export type StartOptions = Partial<Pick<SessionOptions, "draft" | "socket">> & { environment?: Environment };

export class Session {
  readonly link: Signal<Link>;
  /** The text is here, the server's or that of a draft: "empty" is not "not loaded yet". */
  readonly isLoaded = signal(false);
  /** How many changes of the user the server does not have yet. */
  readonly unsaved = signal(0);
  /** Why the server did not take a change; null: it took all. */
  readonly refusal = signal<Refusal | null>(null);
  readonly isStorageWritable: ReadonlySignal<boolean>;
  readonly unmerged: UnmergedTexts;
  /** True while there is text here that would go with this tab. */
  readonly holdsOnlyCopy: ReadonlySignal<boolean>;
  /** The password that this tab knows; null: none. */
  readonly otp: Signal<string | null>;
  readonly language: ReadonlySignal<string | null>;
  readonly welcome = signal<Welcome | null>(null);
  readonly userId: ReadonlySignal<number>;
  readonly isReadOnly = computed(() => !this.isLoaded.value || this.welcome.value?.access === "view");

  readonly #environment: Environment;
  readonly #token: string;
  readonly #handoff: SessionComponents["handoff"];
  readonly #saver: SessionComponents["saver"];
  readonly #sync: SessionComponents["sync"];
  readonly #transport: SessionComponents["transport"];
  readonly #inbox: SessionComponents["inbox"];
  readonly #edits: SessionComponents["edits"];
  readonly #carets: SessionComponents["carets"];
  readonly #state: SessionComponents["state"];
  /** null until there is an editor. */
  #editor: EditorPort | null = null;

  /** Connects to nothing before open() or start(). `base` is the page's own address. */
  constructor(
    readonly padId: string,
    otp: string | null,
    private readonly base: string,
    { draft = null, socket = null, environment = browserEnvironment }: StartOptions = {},
  ) {
    const parts = buildComponents({ padId, otp, base, draft, socket }, environment);
    this.#environment = environment;
    this.#token = parts.token;
    ({
      handoff: this.#handoff,
      saver: this.#saver,
      sync: this.#sync,
      transport: this.#transport,
      inbox: this.#inbox,
      edits: this.#edits,
      carets: this.#carets,
      state: this.#state,
      link: this.link,
      unmerged: this.unmerged,
    } = parts);
    ({ userId: this.userId, language: this.language, isStorageWritable: this.isStorageWritable } = parts.state);
    this.otp = parts.state.protection.otp;
    this.isLoaded.value = draft !== null;
    const { handoff, unmerged } = parts;
    this.holdsOnlyCopy = computed(
      () => !handoff.isUnderway.value && (this.unsaved.value > 0 || unmerged.all.value.length > 0),
    );
    // Everything is there that these reach.
    this.#inbox.listen((next) => this.#receive(next));
    this.#transport.listen({
      onOpen: () => (this.#edits.reset(), this.#saver.ifOurs(() => this.#hello())),
      onMessage: (text) => this.#hear(text),
      onDown: (reason, retryAtMs, detail) => this.#down(reason, retryAtMs, detail),
    });
  }

  /* ---- for the editor ---- */

  /** Connects; what comes in before there is an editor waits for it. */
  open(): void {
    this.#transport.begin();
  }

  /** Here is the editor. */
  start(editor: EditorPort): void {
    this.#editor = editor;
    this.#carets.follow(() => this.#ownCarets(editor));
    this.#syncEditor();
    this.open();
  }

  /** The user has changed the editor's text. */
  edit(changes: readonly Change[]): void {
    this.#sync.edit(changes);
    this.#pump();
  }

  /** An edit did not fit, or worse. `text` is what the editor shows. */
  editFailed(error: unknown, text: string): void {
    log.error("this copy is broken:", error);
    this.#handoff.copyBroken(text);
  }

  /** The user has moved a caret. */
  caretsMoved(): void {
    this.#carets.changed();
  }

  /* ---- for the page ---- */

  get identity(): ReadonlySignal<UserInfo> {
    return this.#state.me.shown;
  }

  get people(): People {
    return this.#state.presence.people;
  }

  /** Tells `listener` what happens from now on; the result ends it. */
  onNotice(listener: (notice: Notice) => void): () => void {
    return this.#state.notices.listen(listener);
  }

  localText(): string {
    return this.#sync.localText();
  }

  /** What the server is not known to have, as it would be written down now; null when there is nothing. */
  unsentState(): SavedState | null {
    return this.#sync.keep();
  }

  /** The address of the pad for others; carries the password. */
  shareLink(): string {
    return shareLink(this.base, { id: this.padId, otp: this.otp.value });
  }

  setIdentity(name: string, hue: number): void {
    this.#state.setIdentity(name, hue);
  }

  setLanguage(language: string): void {
    this.#state.setLanguage(language);
  }

  /** Connects with another password. */
  usePassword(otp: string): void {
    this.otp.value = otp;
    this.retryConnection();
  }

  retryConnection(): void {
    if (this.#isGivenUp) return void this.#handoff.begin();
    this.link.value = { kind: "connecting" };
    this.#transport.connect();
  }

  /** The network came or went, the machine woke up, or the tab is looked at again. */
  reconnectNow(): void {
    this.#transport.reconnectNow();
  }

  protect(): Promise<void> {
    return this.#state.protection.switchOn();
  }

  unprotect(): Promise<void> {
    return this.#state.protection.switchOff();
  }

  /** Takes the refused change back. */
  undoRefused(): void {
    this.#inbox.flush();
    this.#sync.undoRefused();
    this.#syncEditor();
  }

  /** The page may go away: writes down what the server does not have yet. */
  onBeforeUnload(): void {
    this.#saver.flushNow();
  }

  /** The page goes away, for now or for good. */
  onPageHide(): Promise<boolean> {
    return this.#saver.onPageHide();
  }

  /** The page is back from the browser's cache of pages. */
  onPageRestored(): Promise<void> {
    return this.#handoff.onPageRestored();
  }

  /** The end of a session that nobody looks at. */
  close(): void {
    this.#transport.stop();
  }

  /** Gives back the kernel's memory once the page has ended: for a process that outlives its pages. */
  free(): void {
    this.#sync.free();
  }

  /* ---- the connection ---- */

  /** True when another tab speaks for this one, or nobody. */
  get #isGivenUp(): boolean {
    const link = this.link.peek();
    return link.kind === "stopped" && (link.reason === "replaced" || link.reason === "out_of_step");
  }

  #hello(): void {
    const hello = { client: this.#token, otp: this.otp.value, ...this.#sync.position };
    this.#transport.send(encode({ Hello: { ...hello, ...this.identity.value } }));
  }

  #hear(text: string): void {
    let message: ServerMessage;
    try {
      message = decode(text);
    } catch (error) {
      log.error("cannot go on with this connection:", error);
      return this.#resynchronise();
    }
    if (message.type === "Pong") this.#transport.ponged();
    else this.#inbox.push(message);
  }

  #down(reason: DownReason, retryAtMs: number | null, detail: string): void {
    log.info("connection down:", reason, detail);
    this.#inbox.flush();
    this.#sync.disconnected();
    if (reason === "out_of_step") this.#sync.dropEpoch();
    // A message the server will never take must not be sent for ever. One that
    // was in flight before this connection is not what it speaks of.
    const isOfEdit = reason === "message_too_large" || reason === "bad_message";
    if (isOfEdit && this.link.value.kind === "up") {
      this.#sync.rejected({ code: reason, message: detail, limit: null });
    }
    this.link.value = retryAtMs === null ? { kind: "stopped", reason, detail } : { kind: "waiting", reason, retryAtMs };
    this.#publish();
  }

  /** What the server says and what we hold do not fit: ask for everything. */
  #resynchronise(): void {
    this.#inbox.clear();
    this.#transport.restart({ reason: "out_of_step", retry: "backoff" });
  }

  /* ---- what the server says ---- */

  #receive(next: () => ServerMessage | undefined): void {
    batch(() => {
      for (let message = next(); message; message = next()) this.#handle(message);
      this.#syncEditor();
      if (this.unmerged.all.peek().length > 0) this.unmerged.drop(this.localText());
    });
  }

  #handle(message: ServerMessage): void {
    switch (message.type) {
      case "Welcome":
        return this.#welcomed(message.welcome);
      case "Snapshot":
        this.#snapshot(message.revision, message.text);
        return this.#joined();
      case "History":
        this.#sync.history(message.start, message.operations);
        return this.#joined();
      case "Rejected":
        return this.#rejected(message);
      default:
        return this.#state.hear(message);
    }
  }

  #welcomed(welcome: Welcome): void {
    this.#transport.answered();
    const { user_id: userId, epoch, resumed, committed } = welcome;
    this.#sync.welcome({ userId, epoch, resumed, committed });
    this.welcome.value = welcome;
    this.#state.welcomed(welcome);
  }

  #snapshot(revision: number, text: string): void {
    if (this.#sync.isSetBack(revision, text)) this.unmerged.add(this.localText(), "set_back");
    this.#sync.snapshot(revision, text);
  }

  /** Caught up: from here on we may send. */
  #joined(): void {
    if (this.link.value.kind === "up" || this.#sync.isOutOfStep) return;
    this.link.value = { kind: "up" };
    this.isLoaded.value = true;
    this.#state.joined();
    this.#carets.changed();
  }

  #rejected(refusal: Refusal): void {
    const { code, message, limit } = refusal;
    log.warn("edit refused:", code, message);
    this.#sync.rejected({ code, message, limit });
    if (PASSING.has(code)) this.#environment.clock.setTimeout(() => this.#retry(code), this.#environment.timing.retryEditMs);
  }

  #retry(code: string): void {
    if (this.#sync.refusal?.code !== code) return;
    this.#sync.retry();
    this.#pump();
  }

  /* ---- after every step ---- */

  /** Brings the editor up to date, then sends what there is to send. */
  #syncEditor(): void {
    if (this.#editor) this.#paint(this.#editor);
    if (this.#sync.isOutOfStep) this.#resynchronise();
    this.#pump();
  }

  #paint(editor: EditorPort): void {
    let changes: Change[] = [];
    const carets = this.#state.presence.resolveCarets(() => (changes = this.#sync.takeChanges()));
    if (changes.length > 0 || carets.size > 0) editor.applyRemote(changes, carets);
  }

  #pump(): void {
    const edit = this.#sync.takeEdit();
    if (edit) this.#sendEdit(encode({ Edit: edit }));
    this.#carets.flush();
    this.#publish();
  }

  #sendEdit(text: string): void {
    const limit = this.welcome.value?.limits.message_bytes ?? Infinity;
    if (isLonger(text, limit)) this.#sync.rejected({ code: "message_too_large", message: "", limit });
    else this.#edits.take(text, () => this.#carets.flush());
  }

  #publish(): void {
    batch(() => {
      this.unsaved.value = this.#sync.unsaved;
      this.#saver.changed(this.#sync.unsaved);
      this.refusal.value = this.#sync.refusal;
    });
  }

  /** null while own positions would mean nothing to the server. */
  #ownCarets(editor: EditorPort): CursorData | null {
    if (this.#edits.isWaiting || !this.#sync.canSendCarets) return null;
    return mapCarets(editor.carets(), (at) => this.#sync.pointsOf(at));
  }
}
