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
import type { Change } from "../kernel";
import { type Refusal, Sync } from "../sync";
import { type DownReason, Transport, type TransportEvents } from "../transport";
import {
  type ClientMessage,
  type CursorData,
  decode,
  encode,
  type ServerMessage,
  SUBPROTOCOL_V2,
  type UserInfo,
  type Welcome,
} from "../wire";
import { holdToken, log, type UnsentRecord } from "../browser";
import { newClientToken, shareLink, socketUrl } from "./address";
import { CaretSender } from "./caret_sender";
import { EditSender, isLonger } from "./edit_sender";
import { SessionHandoff } from "./session_handoff";
import { Inbox } from "./inbox";
import { UnsentSaver } from "./unsent_saver";
import { UnmergedTexts } from "./unmerged_texts";
import { mapCarets } from "./moved_carets";
import { changesIn } from "./batch_size";
import { PadState } from "./pad_state";
import type { People } from "./people";
import type { Link, Notice, EditorPort } from "./types";

/** Refusals that have nothing to do with the edit, and pass. */
export const PASSING: ReadonlySet<string> = new Set(["rate_limited", "storage_unavailable", "no_memory"]);
const RETRY_PAUSE_MS = 1_500;

export class Session {
  readonly link = signal<Link>({ kind: "connecting" });
  readonly isLoaded = signal(false);
  readonly unsaved = signal(0);
  readonly refusal = signal<Refusal | null>(null);
  readonly isStorageWritable: ReadonlySignal<boolean>;
  readonly unmerged: UnmergedTexts;
  /** Is there text here that would go with this tab? */
  readonly holdsOnlyCopy = computed(
    () => !this.#handoff.isUnderway.value && (this.unsaved.value > 0 || this.unmerged.all.value.length > 0),
  );
  readonly otp: Signal<string | null>;
  readonly language: ReadonlySignal<string | null>;
  readonly welcome = signal<Welcome | null>(null);
  readonly userId: ReadonlySignal<number>;
  readonly isReadOnly = computed(() => !this.isLoaded.value || this.welcome.value?.access === "view");

  readonly #token: string;
  readonly #handoff: SessionHandoff;
  readonly #saver: UnsentSaver;
  readonly #sync = new Sync();
  readonly #transport: Transport;
  readonly #inbox: Inbox<ServerMessage>;
  readonly #edits: EditSender;
  readonly #carets: CaretSender;
  #editor: EditorPort | null = null;
  readonly #state: PadState;

  constructor(
    readonly padId: string,
    otp: string | null,
    private readonly base: string,
    left: UnsentRecord | null = null,
    socket: WebSocket | null = null,
  ) {
    this.#token = left?.token ?? newClientToken();
    this.unmerged = new UnmergedTexts(padId);
    this.#handoff = new SessionHandoff(this.unmerged, {
      unsaved: () => this.unsaved.peek(),
      text: () => this.localText(),
      saveUnsent: () => this.#saver.onPageHide(),
      shutDown: (reason) => this.#shutDown(reason),
    });
    holdToken(this.#token, () => this.#handoff.claimedElsewhere());
    const unsent = () => ({ kept: this.#sync.keep(), changes: this.#sync.unsaved });
    this.#saver = new UnsentSaver(this.#token, padId, unsent, () => this.#handoff.claimedElsewhere());
    this.#state = new PadState(this.#sync, { base, padId, token: this.#token, otp }, (it) => this.#send(it));
    ({ userId: this.userId, language: this.language, isStorageWritable: this.isStorageWritable } = this.#state);
    this.otp = this.#state.protection.otp;
    if (left) this.#resume(left);
    const events: TransportEvents = {
      onOpen: () => (this.#edits.reset(), this.#saver.ifOurs(() => this.#hello())),
      onMessage: (text) => this.#hear(text),
      onDown: (reason, retryAtMs, detail) => this.#down(reason, retryAtMs, detail),
    };
    this.#transport = new Transport(socketUrl(base, padId), SUBPROTOCOL_V2, (n) => encode({ Ping: n }), events, socket);
    this.#inbox = new Inbox((next) => this.#receive(next), (message) => this.#canWait(message), changesIn);
    this.#edits = new EditSender(this.#transport, this.#saver, () => this.#carets.flush());
    this.#carets = new CaretSender((data) => this.#send({ CursorData: data }), () => this.#ownCarets());
  }

  /* ---- for the editor ---- */

  /** Connects; what comes in before there is an editor waits for it. */
  open(): void {
    this.#transport.begin();
  }

  /** Here is the editor. */
  start(surface: EditorPort): void {
    this.#editor = surface;
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

  /** The address of the pad for others; carries the password. */
  shareLink(): string {
    return shareLink(this.base, { id: this.padId, otp: this.otp.value });
  }

  setIdentity(name: string, hue: number): void {
    this.#state.me.set(name, hue);
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
    if (this.#isSilent) return void this.#handoff.begin();
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

  /** Goes on as the tab that left these changes behind. */
  #resume(left: UnsentRecord): void {
    this.#sync.resume(left.kept);
    this.#saver.adoptRecord();
    this.isLoaded.value = true;
  }

  /* ---- the connection ---- */

  /** Does another tab speak for this one, or nobody? */
  get #isSilent(): boolean {
    const link = this.link.peek();
    return link.kind === "stopped" && (link.reason === "replaced" || link.reason === "out_of_step");
  }

  #shutDown(reason: DownReason): void {
    this.#transport.stop();
    this.#inbox.clear();
    this.#saver.stop();
    this.#sync.disconnected();
    this.link.value = { kind: "stopped", reason, detail: "" };
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
      return this.#startAfresh();
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
  #startAfresh(): void {
    this.#inbox.clear();
    this.#transport.restart({ reason: "out_of_step", retry: "backoff" });
  }

  #send(message: ClientMessage): boolean {
    return this.link.value.kind === "up" && this.#transport.send(encode(message));
  }

  /* ---- what the server says ---- */

  /** For the next frame: whoever waits for it would not see it sooner. */
  #canWait(message: ServerMessage): boolean {
    if (message.type === "UserCursor" || message.type === "UserInfo") return true;
    const me = this.#sync.userId;
    return message.type === "History" && message.operations.some(({ id }) => id !== me);
  }

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
    if (PASSING.has(code)) setTimeout(() => this.#retry(code), RETRY_PAUSE_MS);
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
    if (this.#sync.isOutOfStep) this.#startAfresh();
    this.#pump();
  }

  #paint(surface: EditorPort): void {
    let changes: Change[] = [];
    const carets = this.#state.presence.resolveCarets(() => (changes = this.#sync.takeChanges()));
    if (changes.length > 0 || carets.size > 0) surface.applyRemote(changes, carets);
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
    else this.#edits.take(text);
  }

  #publish(): void {
    batch(() => {
      this.unsaved.value = this.#sync.unsaved;
      this.#saver.changed(this.#sync.unsaved);
      this.refusal.value = this.#sync.refusal;
    });
  }

  /** null while own positions would mean nothing to the server. */
  #ownCarets(): CursorData | null {
    if (!this.#editor || this.#edits.isWaiting || !this.#sync.canSendCarets) return null;
    return mapCarets(this.#editor.carets(), (at) => this.#sync.pointsOf(at));
  }
}
