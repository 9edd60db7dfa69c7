// @vitest-environment happy-dom
/** Regression: a page that the browser had translated said "Connected, all saved" for ever. Chrome puts each
 * text into two <font> elements; what the page then writes into the text it had is seen by nobody. */

import { signal } from "@preact/signals";
import { act, cleanup, render } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { forgetPad, rememberPad, setSettings } from "../browser";
import { initKernel } from "../kernel";
import { Session } from "../session";
import { en as t } from "../strings/en";
import { trouble } from "../strings/trouble_en";
import { files } from "../strings/files_en";
import { people } from "../strings/people_en";
import { share } from "../strings/share_en";
import { settings as settingsText } from "../strings/settings_en";
import { FakeSocket } from "../testing/fake_socket";
import { kernelBytes } from "../testing/kernel_bytes";
import { noEditor } from "../testing/no_editor";
import { EmbedBar } from "./frame/embed_bar";
import { FileOpener } from "./text/file_opener";
import type { Pad } from "./pad/pad";
import { frameWords } from "./base/frame_words";
import { peopleWords } from "./pad/people_words";
import { People } from "./panels/people_panel";
import { RecentList } from "./text/recent_list";
import { ShareDialog } from "./dialogs/share_dialog";
import { SettingsPanel, settingsWords } from "./panels/settings_panel";
import { StatusSign } from "./frame/status_sign";
import { StatusVoice } from "./frame/status_voice";
import { RefusalBanner } from "./text/text_banners";
import { ToastRegion, ToastsContext } from "./base/toast_region";
import { Toasts } from "./base/toasts";

const WELCOME = {
  user_id: 4, epoch: "e", revision: 0, resumed: false, committed: 0, access: "edit", language: null, otp: null,
  limits: { document_bytes: 2048, message_bytes: 9000 }, created_at: 0, expires_at: null, server: "s1",
};

let session: Session;
let pad: Pad;
let page: HTMLElement;
const toasts = new Toasts();
const indentation = signal({ tabs: false, size: 2 });

/** Translates as Chrome does; but one that heeds no translate="no", as there are. */
function translate(): void {
  const texts: Text[] = [];
  const walker = document.createTreeWalker(page, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) texts.push(walker.currentNode as Text);
  for (const text of texts) {
    if (text.data.trim() === "" || text.parentElement!.localName === "font") continue;
    const [outer, inner] = [document.createElement("font"), document.createElement("font")];
    text.replaceWith(outer);
    outer.append(inner);
    inner.append(`«${text.data}»`);
  }
}

/** The words on the page, translated or not. */
const words = () => page.textContent!.replaceAll(/[«»]/g, "");
const say = (message: unknown) => act(() => FakeSocket.last.says(JSON.stringify(message)));

const pause = () => new Promise((done) => setTimeout(done, 50));

async function connect(welcome: object = WELCOME): Promise<void> {
  act(() => FakeSocket.last.opens());
  await say({ Welcome: welcome });
  await say({ Snapshot: { revision: 0, text: "" } });
}

/** What the page says after a change, which it must say as if nobody had translated it. */
async function expectWords(change: () => unknown, ...expected: string[]): Promise<void> {
  translate();
  await act(async () => void (await change()));
  const isSaid = () => expected.forEach((sentence) => expect(words()).toContain(sentence));
  if (vi.isFakeTimers()) isSaid();
  else await vi.waitFor(isSaid, { timeout: 5_000 });
}

beforeEach(async () => {
  await Promise.all([initKernel(kernelBytes()), settingsWords.load(), peopleWords.load(), frameWords.load()]);
  vi.stubGlobal("WebSocket", FakeSocket);
  FakeSocket.all = [];
  localStorage.clear();
  setSettings({ detect: true });
  session = new Session("pad", null, "http://host/");
  session.start(noEditor);
  const editor = signal({ following: signal<number | null>(null), indentation, firstLines: signal("") });
  pad = { session, editor, expiry: signal(null), opened: signal(null), dialog: signal(null), notify: () => {}, closeMenu: () => {} } as unknown as Pad;
  page = render(
    <ToastsContext.Provider value={toasts}>
      <StatusSign session={session} />
      <EmbedBar session={session} />
      <StatusVoice pad={{ session }} />
      <RefusalBanner session={session} />
      <People pad={pad} />
      <ShareDialog pad={pad} words={share} onClose={() => {}} />
      <SettingsPanel pad={pad} />
      <RecentList session={session} />
      <FileOpener pad={pad} />
      <ToastRegion isTopmost />
    </ToastsContext.Provider>,
  ).container as HTMLElement;
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("the state of the connection, the number of changes, and what is spoken", async () => {
  vi.useFakeTimers();
  await expectWords(() => connect(), t.status.connected);
  const late = (change: () => void) => () => (change(), vi.advanceTimersByTime(500));
  await expectWords(late(() => session.edit([{ from: 0, to: 0, insert: "a" }])), t.status.saving(1));
  expect(words()).not.toContain(t.status.connected);
  await expectWords(() => session.edit([{ from: 1, to: 1, insert: "b" }]), t.status.saving(2));
  await expectWords(() => FakeSocket.last.ends(1006), t.status.kept(2), "!");
  await expectWords(() => vi.advanceTimersByTime(10), t.status.retryNow);
  expect(words()).not.toContain(t.status.saving(2));
  await expectWords(() => vi.advanceTimersByTime(1_500), t.status.reason.unreachable);
});

test("a refusal and the number of changes behind it", async () => {
  await connect();
  act(() => session.edit([{ from: 0, to: 0, insert: "a" }]));
  await say({ Rejected: { revision: 0, code: "bad_text", message: "m", limit: null } });
  await expectWords(() => session.edit([{ from: 1, to: 1, insert: "b" }]), t.refusal.kept(2));
  expect(words()).not.toContain(t.refusal.kept(1));
  await expectWords(() => session.undoRefused());
  expect(words()).not.toContain(trouble.refusal.heading);
});

test("the people: how many, their names, whom one follows", async () => {
  await connect();
  const me = { id: 4, name: "Me", hue: 1 };
  await expectWords(() => say({ Users: [me, { id: 5, name: "Bob", hue: 200 }] }), people.heading(2), "Bob");
  // Names wait for the next frame.
  await expectWords(() => (say({ UserInfo: { id: 5, info: { name: "Robert", hue: 200 } } }), pause()), "Robert");
  expect(words()).not.toContain("Bob");
  await expectWords(() => (pad.editor.value!.following as unknown as { value: number }).value = 5, people.followingOf("Robert"));
  await expectWords(() => session.setIdentity("Myself", 1), "Myself");
  await expectWords(() => FakeSocket.last.ends(1006), people.before(2));
  expect(words()).not.toContain(people.heading(2));
});

test("the password, and what the link carries", async () => {
  await connect();
  const password = () => page.querySelector<HTMLInputElement>(`[aria-label="${share.password.password}"]`)?.value;
  const set = (otp: string | null) => say({ OTP: { otp, user_id: 4, user_name: "Me" } });
  await expectWords(() => set("pw1"), share.password.on, share.hintProtected);
  await set("pw2");
  expect(password()).toBe("pw2");
  await expectWords(() => set(null), share.password.off, share.hint);
  expect(words()).not.toContain(share.hintProtected);
});

test("recent pads, files, settings, and what was copied", async () => {
  rememberPad({ id: "other", title: "Before" });
  await expectWords(() => rememberPad({ id: "other", title: "Afterwards" }), "Afterwards");
  expect(words()).not.toContain("Before");
  await expectWords(() => forgetPad("other"));
  expect(words()).not.toContain("Afterwards");
  const opened = (name: string) => ({ text: "", form: { name, lineEnd: "\n" as const, bom: false } });
  pad.opened.value = opened("one.txt");
  await expectWords(() => (pad.opened.value = opened("two.txt")), files.openHeading("two.txt"));
  await expectWords(() => (indentation.value = { tabs: true, size: 4 }), settingsText.foundTabs);
  await expectWords(() => (page.querySelector<HTMLButtonElement>("button.primary")!.click(), pause()));
  expect([t.copied, t.copyFailed].some((word) => words().includes(word))).toBe(true);
});

test("toasts", async () => {
  await expectWords(() => toasts.notify("First toast", { about: "file" }), "First toast");
  await expectWords(() => toasts.notify("Second toast", { about: "file" }), "Second toast");
  expect(words()).not.toContain("First toast");
  await expectWords(() => (toasts.spoken.value = "Ann joined"), "Ann joined");
  await expectWords(() => (toasts.spoken.value = "Bob joined"), "Bob joined");
  expect(words()).not.toContain("Ann joined");
});
