/** A session with everything but a network and an editor: what the page would show, and what goes over the wire.
 * For tests under happy-dom. */

import { afterEach, beforeAll, beforeEach, vi } from "vitest";
import { setLogLevel } from "../browser";
import { initKernel } from "../kernel";
import { type EditorPort, type Notice, Session } from "../session";
import { type CursorData, decode } from "../wire";
import { FakeSocket } from "./fake_socket";
import { kernelBytes } from "./kernel_bytes";
import { applied } from "./simulated_tab";

export const ME = 4;
export const WELCOME = {
  user_id: ME, epoch: "e", revision: 0, resumed: false, committed: 0, access: "edit", language: null,
  otp: null, limits: { document_bytes: 1000, message_bytes: 200 }, created_at: 0, expires_at: null, server: "s",
};

export class FakeEditor implements EditorPort {
  text = "";
  mine: CursorData = { cursors: [0], selections: [] };
  readonly carets = () => this.mine;
  readonly others = new Map<number, CursorData | null>();
  dispatches = 0;
  /** The line in which the user composes text. */
  composed: { from: number; to: number } | null = null;
  readonly composing = () => this.composed;
  readonly endComposition = vi.fn<() => void>(() => (this.composed = null));
  readonly shown = () => this.text;
  applyRemote(changes: Parameters<EditorPort["applyRemote"]>[0], carets: ReadonlyMap<number, CursorData | null>) {
    this.dispatches += 1;
    this.text = applied(this.text, changes);
    for (const [id, caret] of carets) this.others.set(id, caret);
  }
}

export let session: Session;
export let editor: FakeEditor;
export let notices: Notice[];

/** From now on it is about this session, with an editor that it has not been given yet. */
export function playOn(next: Session): void {
  session = next;
  editor = new FakeEditor();
  notices = [];
  session.onNotice((notice) => notices.push(notice));
}

/** Before each test a session begins, as somebody whose colour is far from Bob's. */
export function playSessions(): void {
  beforeAll(() => {
    setLogLevel("none"); // these tests are about trouble
    return initKernel(kernelBytes());
  });

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("WebSocket", FakeSocket);
    localStorage.clear();
    playOn(new Session("my pad", "pw", "https://host/base/"));
    session.setIdentity("Me", 200);
    session.start(editor);
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
}

export const sent = (key: string): unknown[] => FakeSocket.last.sentAs(key);

export function hear(message: unknown): void {
  decode(JSON.stringify(message)); // the test itself must speak the protocol
  FakeSocket.last.says(JSON.stringify(message));
}

export const open = (): void => FakeSocket.last.opens();
export const close = (code: number): void => FakeSocket.last.ends(code);
export const frame = (): void => void vi.advanceTimersByTime(100);

export function type(from: number, to: number, insert: string): void {
  editor.text = applied(editor.text, [{ from, to, insert }]);
  session.edit([{ from, to, insert }]);
}

/** Into a pad with that text, in which Bob is. */
export function join(text: string): void {
  open();
  hear({ Welcome: WELCOME });
  hear({ Snapshot: { revision: 0, text } });
  hear({ Users: [{ id: 1, name: "Bob", hue: 20, cursors: [2], selections: [] }] });
  frame();
}
