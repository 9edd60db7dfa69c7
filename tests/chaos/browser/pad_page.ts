// pad_page.ts - a page with a pad in it: what start.ts, main.tsx and the editor
// are in the browser, without the screen, and the user's part in it: drafts are
// sent or thrown away, and a pad that went elsewhere is asked back.
import { bootstrap } from '../../../frontend/src/bootstrap.ts';
import type { UnsentRecord } from '../../../frontend/src/browser/index.ts';
import type { Change } from '../../../frontend/src/kernel/index.ts';
import { claimDrafts, sendInBackground } from '../../../frontend/src/session/recovered_draft.ts';
import type { Link } from '../../../frontend/src/session/index.ts';
import { followPage, Session } from '../../../frontend/src/session/index.ts';
import type { SavedState } from '../../../frontend/src/sync/index.ts';
import { closingOf } from '../../../frontend/src/transport/index.ts';
import type { Browser } from './browser.ts';
import type { Intervals, PageEnvironment } from './environment.ts';
import { environmentOf } from './environment.ts';
import { Page } from './page.ts';
import type { PageSocket } from './socket.ts';
import type { MemoryStorage } from './storage.ts';
import { TextEditor } from './text_editor.ts';

export type Place = {
  browser: Browser;
  /** What the tab remembers from page to page. */
  sessionStorage: MemoryStorage;
  /** Below which the server is, with a slash at its end. */
  base: string;
  pad: string;
  /** The user's. */
  name: string;
  intervals: Intervals;
};

/** What the test hears of the page, and decides in the user's place. */
export interface PadWatcher {
  /** Something happened that a reader of the history wants to know. */
  note(what: string): void;
  /** Something that must never happen. */
  violated(what: string): void;
  /** The page wants to be loaded anew. */
  onReload(): void;
  /** Is a draft of an earlier visit to be sent, or thrown away? */
  isWanted(draft: UnsentRecord): boolean;
  /** The session begins, perhaps from that draft. */
  onBegin(draft: UnsentRecord | null): void;
  /** A message of the server on the session's own connection; what is given back is called when the client has heard it. */
  onHeard(text: string): (() => void) | void;
  /** `closedWith`: how the server ended the connection, where it did. */
  onLink(link: Link, closedWith: number | null): void;
}

/** How long a user takes to decide. */
const DECIDES_MS = [20, 400] as const;

export class PadPage {
  readonly page: Page;
  readonly editor: TextEditor;
  #session: Session | null = null;
  /** That of the session, as it says itself. */
  #token: string | null = null;
  /** Those of the session; drafts that are sent in the background have others. */
  readonly #sockets = new Set<PageSocket>();
  /** With what the server ended the session's newest connection; null while it lasts, or when we ended it. */
  #closedWith: number | null = null;

  constructor(
    private readonly place: Place,
    private readonly watcher: PadWatcher,
  ) {
    this.page = new Page(place.browser, place.sessionStorage, {
      onReload: () => watcher.onReload(),
      onError: (error) => watcher.violated(`threw ${(error as Error).stack}`),
      onSaid: (socket, text) => this.#said(socket, text),
      onHeard: (socket, text) => (this.#sockets.has(socket) ? watcher.onHeard(text) : undefined),
      onClosed: (socket, code, reason) => this.#closed(socket, code, reason),
    });
    this.editor = new TextEditor(watcher.violated);
    void this.#load().catch((error: unknown) => watcher.violated(`was not loaded: ${(error as Error).stack}`));
  }

  /** null while the page is loaded. */
  get session(): Session | null {
    return this.#session;
  }

  get token(): string | null {
    return this.#token;
  }

  get unsent(): SavedState | null {
    return this.#session?.unsentState() ?? null;
  }

  /** The user changes the text. */
  type(changes: readonly Change[]): void {
    this.editor.type(changes);
    try {
      this.#session!.edit(changes);
    } catch (error) {
      this.watcher.violated(`could not edit: ${(error as Error).stack}`);
      return this.#session!.editFailed(error, this.editor.text);
    }
    this.#session!.caretsMoved();
  }

  /** When the page has ended. */
  free(): void {
    this.#session?.free();
    this.#session = null;
  }

  /* ---- start.ts and main.tsx ---- */

  async #load(): Promise<void> {
    const { base, pad, name, intervals } = this.place;
    const environment = environmentOf(this.page, name, intervals);
    const own = { ...environment, openSocket: (url: string, protocol: string) => this.#open(url, protocol) };
    const begun = bootstrap({ hash: `#${pad}`, search: '' }, base, own);
    const { record } = await begun.left;
    const [draft = null, ...others] = record ? await this.#drafts(record, environment) : [];
    const session = new Session(begun.padId, begun.otp, base, { draft, socket: begun.socket, environment: own });
    session.unmerged.restoreFromLastPage();
    followPage(session, environment);
    this.#begin(session, draft);
    for (const other of others) sendInBackground(other, session, base, environment);
  }

  #drafts(first: UnsentRecord, environment: PageEnvironment): Promise<UnsentRecord[]> {
    const isWanted = (draft: UnsentRecord) =>
      new Promise<boolean>((resolve) => this.#decide(() => resolve(this.watcher.isWanted(draft))));
    return claimDrafts(first, this.place.pad, isWanted, environment);
  }

  #begin(session: Session, draft: UnsentRecord | null): void {
    this.#session = session;
    this.#token = draft?.token ?? null;
    this.watcher.onBegin(draft);
    session.link.subscribe((link) => this.#linkIs(link));
    session.unmerged.all.subscribe((texts) => texts.forEach(({ text }) => this.#decide(() => session.unmerged.drop(text))));
    session.start({
      applyRemote: (changes, carets) => {
        this.editor.applyRemote(changes, carets);
        if (this.editor.text !== session.localText()) this.watcher.violated('shows another text than its copy');
      },
      shown: () => this.editor.text,
      carets: () => this.editor.carets(),
      composing: () => null,
      endComposition: () => {},
    });
  }

  /** What the user does about it, after a moment. */
  #decide(decision: () => void): void {
    this.page.clock.setTimeout(decision, this.place.browser.random.between(...DECIDES_MS));
  }

  /* ---- what can be seen of it ---- */

  #open(url: string, protocol: string): PageSocket {
    const socket = this.page.openSocket(url, protocol);
    this.#sockets.add(socket);
    this.#closedWith = null;
    return socket;
  }

  #said(socket: PageSocket, text: string): void {
    if (!this.#sockets.has(socket) || !text.startsWith('{"Hello"')) return;
    this.#token = (JSON.parse(text) as { Hello: { client: string } }).Hello.client;
  }

  #closed(socket: PageSocket, code: number, reason: string): void {
    const { reason: meaning, retry } = closingOf(code);
    if (meaning === 'bad_message' || meaning === 'message_too_large' || (retry === 'never' && !socket.isGivenUp)) {
      this.watcher.violated(`was told ${code} ${reason}`);
    }
    this.watcher.note(`down: ${code} ${reason}`);
    if (this.#sockets.delete(socket) && !socket.isGivenUp) this.#closedWith = code;
  }

  #linkIs(link: Link): void {
    this.watcher.onLink(link, this.#closedWith);
    if (link.kind === 'waiting' && link.reason === 'out_of_step' && closingOf(this.#closedWith ?? 0).reason !== 'out_of_step') {
      this.watcher.violated('lost step');
    }
    if (link.kind !== 'stopped') return;
    if (link.reason !== 'replaced') return this.watcher.violated(`stopped: ${link.reason} ${link.detail}`);
    this.watcher.note('the pad went elsewhere');
    this.#decide(() => this.#session!.retryConnection());
  }
}
