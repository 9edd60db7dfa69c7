// @vitest-environment happy-dom
/** People are told of trouble, and can do something about it. */

import { signal } from "@preact/signals";
import { act, cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { initKernel } from "../kernel";
import { LOCALES, setSettings } from "../browser";
import { loadLanguages } from "../editor";
import { Session } from "../session";
import { en as t } from "../strings/en";
import { trouble } from "../strings/trouble_en";
import { news as newsText } from "../strings/news_en";
import { people } from "../strings/people_en";
import { share } from "../strings/share_en";
import { settings as settingsText } from "../strings/settings_en";
import { FakeSocket } from "../testing/fake_socket";
import { kernelBytes } from "../testing/kernel_bytes";
import { noEditor } from "../testing/no_editor";
import { copyText } from "./base/copy";
import { watchExpiry } from "./pad/expiry";
import { frameWords } from "./base/frame_words";
import { ToastsContext, ToastRegion } from "./base/toast_region";
import type { Pad } from "./pad/pad";
import { peopleWords } from "./pad/people_words";
import { PasswordDialog } from "./dialogs/password_dialog";
import { People } from "./panels/people_panel";
import { PasswordPart } from "./dialogs/password_part";
import { ShareDialog } from "./dialogs/share_dialog";
import { UnmergedTextBanner, RefusalBanner } from "./text/text_banners";
import { EmbedBar } from "./frame/embed_bar";
import { SettingsPanel, settingsWords } from "./panels/settings_panel";
import { StatusSign } from "./frame/status_sign";
import { StatusVoice } from "./frame/status_voice";
import { News } from "./base/news";
import { Toasts } from "./base/toasts";

const WELCOME = {
  user_id: 4, epoch: "e", revision: 0, resumed: false, committed: 0, access: "edit", language: null, otp: null,
  limits: { document_bytes: 2048, message_bytes: 9000 }, created_at: 0, expires_at: null, server: "s",
};

let session: Session;

const say = (message: unknown) => act(() => FakeSocket.last.says(JSON.stringify(message)));
const end = (code: number) => act(() => FakeSocket.last.ends(code));
const status = () => screen.getByTestId("status").textContent;

async function connect(): Promise<void> {
  act(() => FakeSocket.last.opens());
  await say({ Welcome: WELCOME });
  await say({ Snapshot: { revision: 0, text: "" } });
}

beforeEach(async () => {
  await Promise.all([initKernel(kernelBytes()), loadLanguages(), settingsWords.load(), peopleWords.load(), frameWords.load()]);
  vi.stubGlobal("WebSocket", FakeSocket);
  FakeSocket.all = [];
  localStorage.clear();
  session = new Session("pad", null, "http://host/");
  session.start(noEditor);
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("the state of the connection", () => {
  beforeEach(() => void render(<StatusSign session={session} />));

  const isBusy = () => screen.getByLabelText(t.status.heading).dataset["busy"];

  test("counts what the server does not have, once its answer is late", async () => {
    vi.useFakeTimers();
    expect(status()).toBe(t.status.connecting);
    await connect();
    expect(status()).toBe(t.status.connected);
    act(() => session.edit([{ from: 0, to: 0, insert: "a" }]));
    act(() => session.edit([{ from: 1, to: 1, insert: "b" }]));
    act(() => void vi.advanceTimersByTime(300));
    expect(status()).toBe(t.status.connected);
    act(() => void vi.advanceTimersByTime(200));
    expect(status()).toBe(t.status.saving(2));
    await say({ History: { start: 0, operations: [{ id: 4, operation: ["a"] }] } });
    expect(status()).toBe(t.status.saving(1));
    await say({ History: { start: 1, operations: [{ id: 4, operation: [1, "b"] }] } });
    expect(status()).toBe(t.status.connected);
  });

  test("is busy from the change to the answer, and drawn anew for neither", async () => {
    await connect();
    const words = screen.getByTestId("status");
    const changes: MutationRecord[] = [];
    const observer = new MutationObserver((records) => void changes.push(...records));
    observer.observe(screen.getByLabelText(t.status.heading), { childList: true, characterData: true, attributes: true, subtree: true });
    expect(isBusy()).toBe("false");
    act(() => session.edit([{ from: 0, to: 0, insert: "a" }]));
    expect(isBusy()).toBe("true");
    await say({ History: { start: 0, operations: [{ id: 4, operation: ["a"] }] } });
    expect(isBusy()).toBe("false");
    changes.push(...observer.takeRecords());
    observer.disconnect();
    expect(changes.length).toBeGreaterThan(0);
    expect(changes.filter(({ attributeName }) => attributeName !== "data-busy")).toEqual([]);
    expect(screen.getByTestId("status")).toBe(words);
  });

  test("an unreachable server is called that, and can be tried again", async () => {
    await connect();
    act(() => session.edit([{ from: 0, to: 0, insert: "a" }]));
    await end(1006);
    expect(status()).toMatch(/^Reconnecting/);
    screen.getByText(`${t.status.reason.unreachable} ${t.status.kept(1)}`);
    fireEvent.click(screen.getByText(t.status.retryNow));
    expect(FakeSocket.all).toHaveLength(2);
  });

  test("a server that cannot save says so", async () => {
    await connect();
    await say({ Storage: { writable: false } });
    expect(status()).toBe(t.status.storage);
    screen.getByText(t.status.storageHint);
    act(() => session.edit([{ from: 0, to: 0, insert: "a" }])); // regression: it was said to reach the others
    expect(status()).toBe(t.status.storage);
    screen.getByText(`${t.status.storageKept(1)} ${t.status.storageHint}`);
    await say({ History: { start: 0, operations: [{ id: 4, operation: ["a"] }] } });
    await say({ Storage: { writable: true } });
    expect(status()).toBe(t.status.connected);
  });

  test.each([
    [4403, t.status.reason.forbidden],
    [4410, t.status.reason.gone],
    [4401, t.status.password],
  ])("after %i it says why", async (code, text) => {
    await end(code);
    expect(status()).toBe(text);
  });
});

describe("regression: the state of the connection is spoken", () => {
  const later = () => act(() => void vi.advanceTimersByTime(2_000));
  let said: () => string | null;

  beforeEach(async () => {
    vi.useFakeTimers();
    const { container } = render(<StatusVoice pad={{ session }} />);
    said = () => container.querySelector("[aria-live=polite]")!.textContent;
    await connect();
    later();
  });

  test("when it has become another, and not each second and change of it", async () => {
    expect(said()).toBe(""); // all is well from the start
    act(() => session.edit([{ from: 0, to: 0, insert: "a" }]));
    later();
    expect(said()).toBe("");
    await end(4429); // and is not tried again for some seconds
    expect(said()).toBe("");
    later();
    expect(said()).toBe(t.status.reason.rate_limited);
    later();
    expect(said()).toBe(t.status.reason.rate_limited);
    act(() => session.retryConnection());
    await connect();
    await say({ History: { start: 0, operations: [{ id: 4, operation: ["a"] }] } });
    later();
    expect(said()).toBe(t.status.connected);
  });

  test("but not what passes in a moment", async () => {
    await end(1001);
    act(() => session.retryConnection());
    await connect();
    later();
    expect(said()).toBe("");
  });
});

test("regression: an embedded pad that waits can be told to try now", async () => {
  render(<EmbedBar session={session} />);
  await connect();
  expect(screen.queryByText(t.status.retryNow)).toBeNull();
  await end(4403);
  fireEvent.click(screen.getByText(t.status.retryNow));
  expect(FakeSocket.all).toHaveLength(2);
});

describe("the password dialog", () => {
  beforeEach(() => void render(<PasswordDialog pad={{ session } as unknown as Pad} />));
  const dialog = () => document.querySelector("dialog");
  const field = () => screen.getByLabelText<HTMLInputElement>(trouble.password.label);

  test.each([1001, 1006, 1013, 4400, 4403, 4410, 4429])("is not shown after %i", async (code) => {
    await end(code);
    expect(dialog()).toBeNull();
  });

  test("asks, says when it was wrong, and connects with the answer", async () => {
    await end(4401);
    expect(dialog()?.textContent).not.toContain(trouble.password.wrong);
    fireEvent.input(field(), { target: { value: " guess " } });
    fireEvent.submit(dialog()!.querySelector("form")!);
    expect(dialog()).toBeNull();
    act(() => FakeSocket.last.opens());
    expect(FakeSocket.last.sentAs("Hello")).toMatchObject([{ otp: "guess" }]);
    await end(4401);
    expect(dialog()?.textContent).toContain(trouble.password.wrong);
    expect(field().value).toBe(" guess ");
  });

  test("keeps nothing once it was right", async () => {
    await end(4401);
    fireEvent.input(field(), { target: { value: "right" } });
    fireEvent.submit(dialog()!.querySelector("form")!);
    await connect();
    await end(4401);
    expect(field().value).toBe("");
  });
});

describe("rescue", () => {
  test("a refused change is explained and can be undone", async () => {
    render(<RefusalBanner session={session} />);
    await connect();
    act(() => session.edit([{ from: 0, to: 0, insert: "too much" }]));
    await say({ Rejected: { revision: 0, code: "document_too_large", message: "m", limit: 2048 } });
    expect(screen.getByRole("alert").textContent).toContain("2 KiB");
    fireEvent.click(screen.getByText(trouble.refusal.undo));
    expect(screen.queryByRole("alert")).toBeNull();
    expect(session.localText()).toBe("");
  });

  test("regression: what is typed after it is said to be held back too, with the number", async () => {
    render(<><RefusalBanner session={session} /><StatusSign session={session} /></>);
    await connect();
    act(() => session.edit([{ from: 0, to: 0, insert: "too much" }]));
    await say({ Rejected: { revision: 0, code: "bad_text", message: "Text must be UTF-8.", limit: null } });
    const banner = () => screen.getByRole("alert").textContent;
    expect(banner()).toContain(`${trouble.refusal.why.bad_text!("")} ${t.refusal.kept(1)}`); // in the reader's language
    act(() => session.edit([{ from: 0, to: 0, insert: "more" }]));
    expect(banner()).toContain("do not see 2 changes");
    expect(screen.getByText(t.refusal.kept(2))).toBeTruthy();
  });

  test("a code this page does not know shows the server's own words", async () => {
    render(<RefusalBanner session={session} />);
    await connect();
    act(() => session.edit([{ from: 0, to: 0, insert: "x" }]));
    await say({ Rejected: { revision: 0, code: "full_moon", message: "Not tonight.", limit: null } });
    expect(screen.getByRole("alert").textContent).toContain("Not tonight.");
  });

  test("a text that the server lost can be put back", () => {
    const restore = vi.fn();
    render(<UnmergedTextBanner session={session} restore={restore} />);
    act(() => session.unmerged.add("precious", "set_back"));
    act(() => session.unmerged.add("from another tab", "elsewhere"));
    screen.getByText(trouble.unmerged.why.set_back.heading);
    fireEvent.click(screen.getByText(trouble.unmerged.restore));
    expect(restore).toHaveBeenCalledWith("precious");
    screen.getByText(trouble.unmerged.why.elsewhere.heading); // one after the other
    fireEvent.click(screen.getByText(trouble.unmerged.discard));
    expect(restore).toHaveBeenCalledOnce();
    expect(session.unmerged.all.value).toEqual([]);
  });

  test("text is copied without a clipboard API too", async () => {
    vi.stubGlobal("navigator", {});
    const copied: string[] = [];
    document.execCommand = (command) => {
      copied.push(`${command}: ${document.querySelector("textarea")?.value}`);
      return true;
    };
    expect(await copyText("some text")).toBe(true);
    expect(copied).toEqual(["copy: some text"]);
    expect(document.querySelector("textarea")).toBeNull();
  });
});

describe("protection", () => {
  test("is asked for as this tab, and a refusal is told", async () => {
    const notify = vi.fn();
    const fetched = vi.fn(() => Promise.resolve(Response.json({ code: "forbidden" }, { status: 403 })));
    vi.stubGlobal("fetch", fetched);
    render(<PasswordPart session={session} words={share.password} notify={notify} />);
    await connect();
    fireEvent.click(screen.getByRole("switch"));
    await vi.waitFor(() => expect(notify).toHaveBeenCalledOnce());
    expect(notify.mock.calls[0]![0]).toContain(share.password.codes.forbidden);
    const [url, request] = fetched.mock.calls[0] as unknown as [URL, RequestInit];
    expect(url.href).toBe("http://host/api/document/pad/protect");
    expect(JSON.parse(request.body as string)).toMatchObject({ user_id: 4, client: expect.any(String), otp: null });
    expect((screen.getByRole("switch") as HTMLInputElement).checked).toBe(false);
  });
});

test("regression: a wrong password is neither shown nor passed on", async () => {
  session.usePassword("guess");
  render(<ShareDialog pad={{ session, notify: vi.fn() } as unknown as Pad} words={share} onClose={() => {}} />);
  expect(document.body.innerHTML).not.toContain("guess");
  await end(4401);
  expect(document.body.innerHTML).not.toContain("guess");
  expect([session.shareLink(), session.otp.value]).toEqual(["http://host/#pad", "guess"]);
  screen.getByText(share.hint);
  act(() => session.usePassword("right"));
  act(() => FakeSocket.last.opens());
  await say({ Welcome: { ...WELCOME, otp: "right" } });
  expect(session.shareLink()).toBe("http://host/#pad&otp=right");
  screen.getByDisplayValue("right");
});

test("regression: the link's own wrong password is not passed on either", async () => {
  session = new Session("pad", "old", "http://host/");
  session.start(noEditor);
  expect(session.shareLink()).toBe("http://host/#pad&otp=old"); // not known to be wrong yet
  await end(4401);
  expect(session.shareLink()).toBe("http://host/#pad");
});

test("while a password is being set the switch is busy, and stays where the keyboard is", async () => {
  let answer: (response: Response) => void = () => {};
  const fetched = vi.fn(() => new Promise<Response>((resolve) => (answer = resolve)));
  vi.stubGlobal("fetch", fetched);
  render(<PasswordPart session={session} words={share.password} notify={vi.fn()} />);
  await connect();
  const box = screen.getByRole<HTMLInputElement>("switch");
  fireEvent.click(box);
  expect([box.disabled, box.ariaDisabled ?? box.getAttribute("aria-disabled")]).toEqual([false, "true"]);
  fireEvent.click(box);
  expect(fetched).toHaveBeenCalledOnce();
  answer(Response.json({ otp: "secret" }));
  await vi.waitFor(() => expect(box.getAttribute("aria-disabled")).toBe("false"));
});

test("without a connection the list says who was here, and nobody is followed", async () => {
  const pad = { session, editor: signal(null) } as unknown as Pad;
  render(<People pad={pad} />);
  await connect();
  await say({ Users: [{ id: 4, name: "Me", hue: 1, cursors: [], selections: [] }, { id: 5, name: "Ann", hue: 2, cursors: [], selections: [] }] });
  const follow = screen.getByRole("button", { name: /Ann/ });
  screen.getByText(people.heading(2));
  expect(follow.getAttribute("aria-disabled")).toBe("false");
  await end(1006);
  screen.getByText(people.before(2));
  expect(follow.getAttribute("aria-disabled")).toBe("true");
});

test("the form of the name has the keyboard, and Escape closes it", () => {
  render(<People pad={{ session, editor: signal(null) } as unknown as Pad} />);
  const edit = screen.getByRole("button", { name: people.edit });
  fireEvent.click(edit);
  const field = screen.getByLabelText<HTMLInputElement>(people.name);
  expect(document.activeElement).toBe(field);
  fireEvent.input(field, { target: { value: "Not me" } });
  fireEvent.keyDown(field, { key: "Escape" });
  expect(screen.queryByLabelText(people.name)).toBeNull();
  expect(document.activeElement).toBe(edit);
  expect(session.identity.value.name).not.toBe("Not me");
});

test("my other tab is called that in the list", async () => {
  render(<People pad={{ session, editor: signal(null) } as unknown as Pad} />);
  await connect();
  act(() => session.setIdentity("Me", 40));
  await say({ Users: [{ id: 5, name: "Me", hue: 40, cursors: [], selections: [] }, { id: 6, name: "Me", hue: 200, cursors: [], selections: [] }] });
  expect(screen.getAllByText(people.otherTab)).toHaveLength(1);
});

test("a name is as long as it may be in code points, whatever they are", async () => {
  render(<People pad={{ session, editor: signal(null) } as unknown as Pad} />);
  fireEvent.click(screen.getByRole("button", { name: people.edit }));
  const field = screen.getByLabelText<HTMLInputElement>(people.name);
  fireEvent.input(field, { target: { value: "😀".repeat(64) } });
  expect(field.value).toBe("😀".repeat(64));
  fireEvent.input(field, { target: { value: "😀".repeat(65) } });
  expect(field.value).toBe("😀".repeat(64));
  fireEvent.submit(field.form!);
  expect(session.identity.value.name).toBe("😀".repeat(64));
});

describe("the day on which an unused pad is deleted", () => {
  const DAY_MS = 86_400_000;

  test("is counted from now for as long as somebody is in it", async () => {
    vi.useFakeTimers({ toFake: ["Date", "setInterval", "clearInterval"] });
    const expiry = signal<Date | null>(null);
    const stop = watchExpiry(session, expiry);
    expect(expiry.value).toBeNull();
    const startMs = Math.floor(Date.now() / 1000) * 1000;
    act(() => FakeSocket.last.opens());
    await say({ Welcome: { ...WELCOME, expires_at: startMs / 1000 + 7 * 86_400 } });
    await say({ Snapshot: { revision: 0, text: "" } });
    const days = () => Math.round((expiry.value!.getTime() - startMs) / DAY_MS);
    expect(days()).toBe(7);
    vi.advanceTimersByTime(10 * DAY_MS);
    expect(days()).toBe(17);
    await end(1006); // from here on others decide
    vi.advanceTimersByTime(DAY_MS);
    expect(days()).toBe(17);
    stop();
  });

  test("is not told where pads do not expire", async () => {
    const expiry = signal<Date | null>(null);
    const stop = watchExpiry(session, expiry);
    await connect();
    expect(expiry.value).toBeNull();
    stop();
  });
});

test("a page whose language was chosen back does not begin anew later", async () => {
  const reload = vi.fn();
  vi.spyOn(session, "onPageHide").mockResolvedValue(true);
  vi.stubGlobal("location", { ...location, search: "", pathname: "/", hash: "#pad", reload });
  const notify = vi.fn();
  render(<SettingsPanel pad={{ session, editor: signal(null), notify } as unknown as Pad} />);
  await connect();
  const { last: socket } = FakeSocket; // those of earlier tests come back meanwhile
  const acknowledge = (start: number, operation: unknown[]) =>
    act(() => socket.says(JSON.stringify({ History: { start, operations: [{ id: 4, operation }] } })));
  act(() => session.edit([{ from: 0, to: 0, insert: "a" }]));
  const choose = (index: number) => {
    const select = screen.getByLabelText<HTMLSelectElement>(settingsText.locale);
    select.selectedIndex = index;
    fireEvent.change(select);
  };
  choose(LOCALES.indexOf("de"));
  expect(notify).toHaveBeenCalledWith(settingsText.localeLater);
  choose(LOCALES.indexOf("en"));
  await acknowledge(0, ["a"]);
  expect(session.unsaved.value).toBe(0);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(reload).not.toHaveBeenCalled();
  act(() => session.edit([{ from: 1, to: 1, insert: "b" }]));
  choose(LOCALES.indexOf("de"));
  await acknowledge(1, [1, "b"]);
  await vi.waitFor(() => expect(reload).toHaveBeenCalledOnce());
  setSettings({ locale: "system" });
});

test("what people were refused stays until they put it away", () => {
  vi.useFakeTimers();
  const toasts = new Toasts();
  toasts.notify("passes");
  toasts.notify("stays", { stay: "until_dismissed" });
  vi.advanceTimersByTime(600_000);
  expect(toasts.shown.value.map(({ text }) => text)).toEqual(["stays"]);
  toasts.dismiss(toasts.shown.value[0]!.key);
  expect(toasts.shown.value).toEqual([]);
});

test("news about the same thing takes the place of what was said before", () => {
  const toasts = new Toasts();
  const news = new News(toasts);
  toasts.notify("a.bin is no text", { stay: "until_dismissed", about: "file" });
  news.hear({ kind: "language", language: "python", by: "Ann", mine: false });
  toasts.notify("b.bin is no text", { stay: "until_dismissed", about: "file" });
  news.hear({ kind: "language", language: "rust", by: "Ann", mine: false });
  toasts.notify("something else");
  toasts.notify("something else");
  const said = toasts.shown.value.map(({ text }) => text);
  expect(said).toEqual(["b.bin is no text", "Ann set the language to Rust", "something else", "something else"]);
});

test("what I did myself is spoken, and not shown over the page", () => {
  vi.useFakeTimers();
  const toasts = new Toasts();
  const news = new News(toasts);
  news.hear({ kind: "language", language: "python", by: "Me", mine: true });
  expect(toasts.spoken.value).toBe(newsText.languageMine("Python"));
  vi.advanceTimersByTime(4000);
  news.hear({ kind: "protected", by: "Me", mine: true });
  vi.advanceTimersByTime(4000);
  expect(toasts.spoken.value).toBe(newsText.protectedMine);
  expect(toasts.shown.value).toEqual([]);
});

test("comings and goings are told in one sentence, news with their author", () => {
  vi.useFakeTimers();
  const toasts = new Toasts();
  const news = new News(toasts);
  const { container } = render(
    <ToastsContext.Provider value={toasts}>
      <ToastRegion isTopmost={true} />
    </ToastsContext.Provider>,
  );
  for (const who of ["Ann", "Ben"]) act(() => news.hear({ kind: "joined", who }));
  act(() => news.hear({ kind: "left", who: "Cy" }));
  act(() => news.hear({ kind: "language", language: "python", by: "<b>Ann</b>", mine: false }));
  expect(container.querySelector(".toast")?.textContent).toContain("<b>Ann</b> set the language to Python");
  act(() => void vi.advanceTimersByTime(1500));
  expect(container.textContent).toContain("Ann and Ben joined. Cy left");
  act(() => void vi.advanceTimersByTime(10_000));
  expect(container.querySelector(".toast")).toBeNull();
});
