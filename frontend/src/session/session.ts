/**
 * One pad, open in this tab: the sync machine, the connection and the editor
 * put together, and everything about them that the page shows, as signals.
 *
 * The flow, and the only one:
 *
 *     editor --edit()--> sync --takeEdit()--> transport
 *     transport --> inbox (a frame) --> sync --takeChanges()--> painter --> editor
 *
 * Between two frames the editor's text and the machine's local text are the same, so an edit of the user always fits.
 */

import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { log } from "../browser";
import type { Change } from "../kernel";
import type { EditDetails, Refusal, SavedState } from "../sync";
import type { DownReason } from "../transport";
import { type CursorData, decode, encode, type ServerMessage, type UserInfo, type Welcome } from "../wire";
import type { Access } from "./access";
import { shareLink } from "./address";
import { buildComponents, type SessionComponents, type StartOptions } from "./components";
import { endOf } from "./end";
import { browserEnvironment } from "./environment";
import type { KeptText } from "./kept_text";
import type { LateAnswer } from "./late_answer";
import { mapCarets } from "./moved_carets";
import type { People } from "./people";
import type { Requester } from "./protection";
import type { RemovalGuard } from "./removal_guard";
import type { EditorPort, Link, Notice } from "./types";
import type { UnmergedTexts } from "./unmerged_texts";

export class Session {
  /** The state of the connection. */
  readonly link: Signal<Link>;
  /** True once the text is here, the server's or that of a draft: "empty" is not "not loaded yet". */
  readonly isLoaded = signal(false);
  /** The number of the user's changes that the server does not have yet. */
  readonly unsaved = signal(0);
  /** Says when they wait so long that the user should know. */
  readonly answers: LateAnswer;
  /** The reason for which the server did not take a change; null: it took all. */
  readonly refusal = signal<Refusal | null>(null);
  /** False while the server cannot write. */
  readonly isStorageWritable: ReadonlySignal<boolean>;
  /** Texts that may stand nowhere else. */
  readonly unmerged: UnmergedTexts;
  /** Keeps most of a text that others removed. */
  readonly removals: RemovalGuard;
  /** The text for a later visit, or from an earlier one. */
  readonly kept: KeptText;
  /** What becomes of the comments. */
  readonly comments: SessionComponents["state"]["comments"];
  /** True while there is text here that would go with this tab. */
  readonly holdsOnlyCopy: ReadonlySignal<boolean>;
  /** The password that this tab connects with; null: none. */
  readonly otp: Signal<string | null>;
  /** The pad's password, to show and to pass on; null: it has none, or the server did not take ours. */
  readonly acceptedOtp: ReadonlySignal<string | null>;
  /** The language of the text, for everybody; null: none was chosen. */
  readonly language: ReadonlySignal<string | null>;
  /** The last Welcome; null before the first. */
  readonly welcome = signal<Welcome | null>(null);
  /** Our id among the people; -1 before the first Welcome. */
  readonly userId: ReadonlySignal<number>;
  /** What we may do in the pad, and who decides about it. */
  readonly access: Access;
  /** This tab as requests over HTTP name it, so that the others are told who asked. */
  readonly asker: () => Requester;
  /** Why there will be no more of this pad; null: there may be. */
  readonly end = computed(() => endOf(this.link.value, this.padId));
  /** True while the user may not type. */
  readonly isReadOnly = computed(() => !this.isLoaded.value || this.access.isReader.value || this.end.value !== null);

  readonly #handoff: SessionComponents["handoff"];
  readonly #saver: SessionComponents["saver"];
  readonly #sync: SessionComponents["sync"];
  readonly #transport: SessionComponents["transport"];
  readonly #inbox: SessionComponents["inbox"];
  readonly #edits: SessionComponents["edits"];
  readonly #carets: SessionComponents["carets"];
  readonly #state: SessionComponents["state"];
  readonly #painter: SessionComponents["painter"];
  readonly #refusals: SessionComponents["refusals"];
  /** null until there is an editor. */
  #editor: EditorPort | null = null;

  /** Connects to nothing before open() or start(). `base` is the page's own address. */
  constructor(
    readonly padId: string,
    otp: string | null,
    private readonly base: string,
    { draft = null, owner = null, socket = null, environment = browserEnvironment }: StartOptions = {},
  ) {
    const parts = buildComponents({ padId, otp, base, draft, owner, socket }, environment);
    ({ handoff: this.#handoff, saver: this.#saver, sync: this.#sync, transport: this.#transport } = parts);
    ({ inbox: this.#inbox, edits: this.#edits, carets: this.#carets, state: this.#state } = parts);
    ({ answers: this.answers, painter: this.#painter, refusals: this.#refusals, removals: this.removals } = parts);
    ({ kept: this.kept, link: this.link, unmerged: this.unmerged } = parts);
    ({ userId: this.userId, language: this.language, isStorageWritable: this.isStorageWritable } = parts.state);
    ({ access: this.access, asker: this.asker, comments: this.comments } = parts.state);
    ({ otp: this.otp, accepted: this.acceptedOtp } = parts.state.protection);
    this.isLoaded.value = draft !== null;
    this.holdsOnlyCopy = computed(() => !this.#handoff.isUnderway.value && (this.unsaved.value > 0 || this.unmerged.all.value.length > 0));
    // Everything is there that these reach.
    this.#inbox.listen((next) => this.#receive(next));
    this.#painter.listen(() => this.#receive(() => undefined));
    this.#refusals.listen(() => this.#pump());
    this.kept.listen(() => ((this.isLoaded.value = true), this.#syncEditor()));
    this.#transport.listen({
      onOpen: () => this.#saver.ifOurs(() => this.#transport.send(encode({ Hello: parts.hello() }))),
      onMessage: (text) => this.#hear(text),
      onDown: (reason, retryAtMs, detail) => this.#down(reason, retryAtMs, detail),
    });
  }

  /* ---- for the editor ---- */

  /** Connects; what comes in before there is an editor waits for it. */
  open(): void {
    this.#transport.begin();
  }

  /** Shows the pad in that editor, from now on, and connects. */
  start(editor: EditorPort): void {
    this.#editor = editor;
    this.#carets.follow(() => this.#ownCarets(editor));
    this.#syncEditor();
    this.open();
  }

  /** The user has changed the editor's text. Throws when it does not fit: see editFailed(). */
  edit(changes: readonly Change[], details: EditDetails = {}): void {
    this.#inbox.typed();
    this.#sync.edit(changes, details);
    if (this.#sync.isShownLate) this.#painter.wait(this.#editor!);
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

  /** The name and the colour by which the others see us. */
  get identity(): ReadonlySignal<UserInfo> {
    return this.#state.me.shown;
  }

  /** Everybody who is in the pad, us included. */
  get people(): People {
    return this.#state.presence.people;
  }

  /** Tells `listener` what happens from now on; the function that it returns ends that. */
  onNotice(listener: (notice: Notice) => void): () => void {
    return this.#state.notices.listen(listener);
  }

  /** The text as the user sees it. */
  localText(): string {
    return this.#sync.localText();
  }

  /** The copy with what the server is not known to have, to be written down; null when nothing is unsent. */
  unsentState(): SavedState | null {
    return this.#sync.keep();
  }

  /** Tells the others that our last edit has brought an earlier text back; it was there at that time, in seconds since 1970. */
  tellRestored(revision: number, at: number): void {
    if (this.welcome.peek()?.history) this.#transport.send(encode({ Restored: { revision, at } }));
  }

  /** The address of the pad for others; carries the password, unless that is known to be a wrong one. */
  shareLink(): string {
    return shareLink(this.base, { id: this.padId, otp: this.acceptedOtp.value });
  }

  /** Takes another name and colour, and keeps them for later visits. */
  setIdentity(name: string, hue: number): void {
    this.#state.setIdentity(name, hue);
  }

  /** Chooses the language of the text, for everybody. */
  setLanguage(language: string): void {
    this.#state.setLanguage(language);
  }

  /** Connects with another password. */
  usePassword(otp: string): void {
    this.otp.value = otp;
    this.retryConnection();
  }

  /** The user wants the connection now. Where another tab has the pad, it comes here. */
  retryConnection(): void {
    if (this.#isGivenUp) return void this.#handoff.begin();
    this.#giveUp();
    this.link.value = { kind: "connecting" };
    this.#transport.connect();
  }

  /** The network came or went, the machine woke up, or the tab is looked at again: connects if that was
   * planned for later, and else asks whether the server is still there. */
  reconnectNow(): void {
    this.#transport.reconnectNow();
  }

  /** The text is safe elsewhere: this page may go, and nothing of it is kept. Resolves when that is so. */
  letGo(): Promise<void> {
    this.#handoff.isUnderway.value = true;
    return this.#saver.discard();
  }

  /** Gives the pad a password. Rejects with a ProtectionError. */
  protect(): Promise<void> {
    return this.#state.protection.switchOn();
  }

  /** Takes the password away. Rejects with a ProtectionError. */
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

  /** The page goes away, for now or for good: writes down that, and what is unsent. Resolves to true when it is. */
  onPageHide(): Promise<boolean> {
    return this.#saver.onPageHide();
  }

  /** The page is back from the browser's cache of pages. */
  async onPageRestored(): Promise<void> {
    await this.#handoff.onPageRestored();
    this.#saver.onPageRestored();
  }

  /** Ends a session that nobody looks at. */
  close = (): void => this.#transport.stop();

  /** Gives back the kernel's memory once the page has ended: for a process that outlives its pages. */
  free(): void {
    this.#painter.stop();
    this.#sync.free();
  }

  /* ---- the connection ---- */

  /** True when another tab speaks for this one, or nobody. */
  get #isGivenUp(): boolean {
    const link = this.link.peek();
    return link.kind === "stopped" && (link.reason === "replaced" || link.reason === "out_of_step");
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
    if (reason === "password") this.#state.protection.refused();
    this.#giveUp();
    if (reason === "out_of_step") this.#sync.dropEpoch();
    // A message the server will never take must not be sent for ever. One that
    // was in flight before this connection is not what it speaks of.
    const isOfEdit = reason === "message_too_large" || reason === "bad_message";
    if (isOfEdit && this.link.value.kind === "up") this.#sync.rejected({ code: reason, message: detail, limit: null });
    this.link.value = retryAtMs === null ? { kind: "stopped", reason, detail } : { kind: "waiting", reason, retryAtMs };
    this.#publish();
  }

  /** Ends what was under way on this connection, before there is another one: on that, nothing may be said before Hello. */
  #giveUp(): void {
    this.#inbox.flush();
    this.#edits.reset();
    this.#sync.disconnected();
  }

  /** The server's word and our copy do not fit: connects anew and asks for everything. */
  #resynchronise(): void {
    this.#inbox.clear();
    this.#transport.restart({ reason: "out_of_step", retry: "backoff" });
  }

  /* ---- what the server says ---- */

  #receive(next: () => ServerMessage | undefined): void {
    batch(() => {
      for (let message = next(); message; message = next()) this.#handle(message);
      this.#syncEditor();
      for (const { onDropped } of this.#sync.offers.takeDropped()) onDropped();
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
        this.removals.heard(message.operations.filter(({ id }) => id !== this.userId.peek()));
        this.#sync.history(message.start, message.operations);
        if (this.link.peek().kind === "up") this.#state.presence.typed(message.operations.map(({ id }) => id));
        return this.#joined();
      case "Rejected":
        return this.#refusals.heard(message);
      case "Access":
        this.#state.hear(message);
        return this.#refusals.mayWrite();
      default:
        return this.#state.hear(message);
    }
  }

  #welcomed(welcome: Welcome): void {
    this.#transport.answered();
    const { user_id: userId, epoch, resumed, committed, order, limits } = welcome;
    this.#sync.welcome({ userId, epoch, resumed, committed, limits: { documentBytes: limits.document_bytes, messageBytes: limits.message_bytes }, order });
    this.welcome.value = welcome;
    this.#state.welcomed(welcome);
  }

  #snapshot(revision: number, text: string): void {
    if (this.#sync.isSetBack(revision, text)) this.unmerged.add(this.localText(), "set_back");
    else this.removals.heardText();
    this.#sync.snapshot(revision, text);
  }

  /** We have caught up, and may send from now on. */
  #joined(): void {
    if (this.link.value.kind === "up" || this.#sync.isOutOfStep) return;
    this.link.value = { kind: "up" };
    this.isLoaded.value = true;
    this.kept.over();
    this.#state.joined();
    this.#carets.changed();
    this.#refusals.mayWrite();
  }

  /* ---- after every step ---- */

  /** Brings the editor up to date, then sends what there is to send. */
  #syncEditor(): void {
    if (this.#editor) this.#painter.paint(this.#editor);
    if (this.#sync.isOutOfStep) this.#resynchronise();
    this.#pump();
  }

  #pump(): void {
    const edit = this.#sync.takeEdit();
    if (edit) this.#edits.take(encode({ Edit: edit }), () => this.#carets.flush());
    this.#carets.flush();
    this.#publish();
  }

  #publish(): void {
    batch(() => {
      this.unsaved.value = this.#sync.unsaved;
      this.answers.changed(this.#sync.unsaved);
      this.#saver.changed(this.#sync.unsaved);
      this.refusal.value = this.#sync.refusal;
    });
  }

  /** The own carets in code points; null while they would mean nothing to the server. */
  #ownCarets(editor: EditorPort): CursorData | null {
    if (this.#edits.isWaiting || !this.#sync.canSendCarets || this.access.isReader.peek()) return null;
    return mapCarets(editor.carets(), (at) => this.#sync.pointsOf(at));
  }
}
