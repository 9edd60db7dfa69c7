// @vitest-environment happy-dom
/** The people in a pad: who is shown where, who is followed, and what one is told of one's own name. */

import { signal } from "@preact/signals";
import { act, cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { readStored } from "../browser";
import { initKernel } from "../kernel";
import { isMadeUp, Session } from "../session";
import { people as words } from "../strings/people_en";
import { FakeSocket } from "../testing/fake_socket";
import { kernelBytes } from "../testing/kernel_bytes";
import { noEditor } from "../testing/no_editor";
import { Faces } from "./frame/faces";
import type { Pad } from "./pad/pad";
import { peopleWords } from "./pad/people_words";
import { People } from "./panels/people_panel";
import { OthersInText } from "./text/others_in_text";

const WELCOME = {
  user_id: 400, epoch: "e", revision: 0, resumed: false, committed: 0, access: "edit", language: null, otp: null,
  limits: { document_bytes: 2048, message_bytes: 9000 }, created_at: 0, expires_at: null, server: "s",
};

let session: Session;
/** The carets that the editor has, by user id. */
let carets: Set<number>;
let sides: { above: number[]; below: number[] };
let pad: Pad;

const following = signal<number | null>(null);
const editor = {
  view: {
    scrollDOM: document.createElement("div"),
    requestMeasure: ({ write }: { write: (seen: unknown) => void }) => write({ ...sides, topPx: 0, bottomPx: 0 }),
  },
  listen: () => () => {},
  topLine: signal({ line: 0, end: 0 }),
  following,
  follow: vi.fn((id: number | null) => void (following.value = id)),
  showCaretOf: vi.fn((id: number) => carets.has(id)),
  lightCaretsOf: vi.fn(),
  focus: vi.fn(),
};
const notify = vi.fn();
const toggle = vi.fn();

const say = (message: unknown) => act(() => FakeSocket.last.says(JSON.stringify(message)));
const later = (ms: number) => act(() => void vi.advanceTimersByTime(ms));
const types = (...ids: number[]) => act(() => ids.forEach((id) => session.people.activity.typed(id)));
const user = (id: number, name = `Person ${id}`) => ({ id, name, hue: (id * 30) % 360, cursors: [], selections: [] });
const button = (name: string) => screen.getByRole("button", { name });

async function meet(count: number): Promise<void> {
  act(() => FakeSocket.last.opens());
  await say({ Welcome: WELCOME });
  await say({ Snapshot: { revision: 0, text: "" } });
  await say({ Users: Array.from({ length: count }, (_, id) => user(id)) });
}

beforeEach(async () => {
  await Promise.all([initKernel(kernelBytes()), peopleWords.load()]);
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  FakeSocket.all = [];
  localStorage.clear();
  vi.clearAllMocks();
  following.value = null;
  carets = new Set();
  sides = { above: [], below: [] };
  session = new Session("pad", null, "http://host/");
  session.start(noEditor);
  pad = { session, editor: signal(editor), notify, panel: { id: signal(null), toggle }, closeMenu: () => {} } as unknown as Pad;
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("faces in the header", () => {
  const faces = () => screen.getAllByRole("button").map((it) => it.getAttribute("aria-label"));

  test("five of the others, then a number that opens the list of all", async () => {
    render(<Faces pad={pad} />);
    await meet(30);
    expect(faces()).toEqual([0, 1, 2, 3, 4].map((id) => words.goTo(`Person ${id}`)).concat(words.all(31, 25)));
    expect(button(words.all(31, 25)).textContent).toBe(words.more(25));
    fireEvent.click(button(words.all(31, 25)));
    expect(toggle).toHaveBeenCalledWith("people");
  });

  test("whoever types is among them", async () => {
    render(<Faces pad={pad} />);
    await meet(30);
    await types(20, 25);
    expect(faces().slice(0, 5)).toEqual([0, 1, 2, 20, 25].map((id) => words.goTo(`Person ${id}`)));
  });

  test("somebody alone sees themself", async () => {
    render(<Faces pad={pad} />);
    await meet(0);
    expect(faces()).toHaveLength(1);
    fireEvent.click(screen.getByRole("button"));
    expect(toggle).toHaveBeenCalledWith("people");
  });

  test("where all have room, a picture opens the list of all", async () => {
    render(<Faces pad={pad} />);
    await meet(3);
    expect(faces()).toEqual([0, 1, 2].map((id) => words.goTo(`Person ${id}`)).concat(words.all(4, 0)));
    fireEvent.click(button(words.all(4, 0)));
    expect(toggle).toHaveBeenCalledWith("people");
  });

  test("a press leads to them, or says that they are nowhere; with Alt, or a long one, they are followed", async () => {
    render(<Faces pad={pad} />);
    await meet(2);
    carets.add(1);
    fireEvent.click(button(words.goTo("Person 1")));
    expect(editor.showCaretOf).toHaveBeenCalledWith(1);
    expect(notify).not.toHaveBeenCalled();
    fireEvent.click(button(words.goTo("Person 0")));
    expect(notify).toHaveBeenCalledWith(words.nowhere("Person 0"), expect.anything());
    fireEvent.click(button(words.goTo("Person 1")), { altKey: true });
    expect(following.value).toBe(1);
    const long = button(words.goTo("Person 0"));
    fireEvent.pointerDown(long);
    await later(600);
    expect(following.value).toBe(0);
    fireEvent.pointerUp(long);
    editor.showCaretOf.mockClear();
    fireEvent.click(long);
    expect(editor.showCaretOf).not.toHaveBeenCalled();
  });
});

describe("the list of people", () => {
  const names = () => [...document.querySelectorAll("ul .name")].map((it) => it.textContent);

  test("who types comes first; from ten on one can look for a name", async () => {
    render(<People pad={pad} />);
    await meet(9);
    expect(screen.queryByLabelText(words.filter)).toBeNull();
    await types(7);
    expect(names().slice(0, 2)).toEqual(["Person 7", "Person 0"]);
    screen.getByLabelText(words.typing);
    await later(10_000);
    expect(screen.queryByLabelText(words.typing)).toBeNull();
    expect(names()[0]).toBe("Person 7");
    await say({ Users: Array.from({ length: 40 }, (_, id) => user(id)) });
    expect(names()).toHaveLength(40);
    fireEvent.input(screen.getByLabelText(words.filter), { target: { value: " PERSON 1" } });
    expect(names().toSorted()).toHaveLength(11);
    fireEvent.input(screen.getByLabelText(words.filter), { target: { value: "nobody" } });
    screen.getByText(words.nobody);
  });

  test("nobody moves while the keyboard is in the list", async () => {
    render(<People pad={pad} />);
    await meet(5);
    const follow = button(words.followOf("Person 2"));
    follow.focus();
    await types(4);
    expect(names()[0]).toBe("Person 0");
    expect(document.activeElement).toBe(follow);
    act(() => follow.blur());
    expect(names()[0]).toBe("Person 4");
  });
});

describe("over the text", () => {
  test("who types out of view is named there, several are counted, and a press leads to the nearest", async () => {
    render(<OthersInText pad={pad} />);
    await meet(5);
    expect(document.querySelectorAll(".edge-chip")).toHaveLength(0);
    sides = { above: [3, 1], below: [4] };
    await types(1, 3, 4);
    await later(500);
    const above = button(words.typingAbove(words.typingMany(2)));
    fireEvent.click(above);
    expect(editor.showCaretOf).toHaveBeenLastCalledWith(1);
    fireEvent.click(button(words.typingBelow(`Person 4 ${words.typing}`)));
    expect(editor.showCaretOf).toHaveBeenLastCalledWith(4);
    await later(10_000);
    expect(document.querySelectorAll(".edge-chip")).toHaveLength(0);
  });

  test("who is followed is said, with a way out by button and by Escape", async () => {
    render(<OthersInText pad={pad} />);
    await meet(2);
    act(() => editor.follow(1));
    screen.getByText(words.followingOf("Person 1"));
    fireEvent.click(button(words.stopFollowing("Person 1")));
    expect(following.value).toBeNull();
    expect(editor.focus).toHaveBeenCalled();
    act(() => editor.follow(1));
    fireEvent.keyDown(document.body, { key: "Escape" });
    expect(following.value).toBeNull();
    expect(notify).not.toHaveBeenCalled();
  });

  test("who is followed and leaves is let go, and that is said; a connection that comes back is no leaving", async () => {
    render(<OthersInText pad={pad} />);
    await meet(2);
    act(() => editor.follow(1));
    await say({ UserInfo: { id: 1, info: null } });
    await later(1_000);
    await say({ UserInfo: { id: 1, info: { name: "Person 1", hue: 1 } } });
    await later(10_000);
    expect(following.value).toBe(1);
    await say({ UserInfo: { id: 1, info: null } });
    await later(10_000);
    expect(following.value).toBeNull();
    expect(notify).toHaveBeenCalledExactlyOnceWith(words.followedLeft("Person 1"), expect.anything());
  });
});

describe("a name that was made up", () => {
  const line = () => screen.queryByRole("textbox", { name: words.newName });

  test("is told once, when there are others to see it, and can be exchanged there", async () => {
    const first = render(<OthersInText pad={pad} />);
    await meet(0);
    expect(isMadeUp(session.identity.value.name)).toBe(true);
    expect(line()).toBeNull();
    await say({ UserInfo: { id: 1, info: { name: "Bob", hue: 1 } } });
    await later(100);
    fireEvent.input(line()!, { target: { value: "Ann" } });
    fireEvent.submit((line() as HTMLInputElement).form!);
    expect(session.identity.value.name).toBe("Ann");
    expect(line()).toBeNull();
    first.unmount();
    render(<OthersInText pad={pad} />);
    act(() => session.setIdentity("Quiet Crane", 3));
    expect(line()).toBeNull();
    expect(readStored("introduced")).toBe(true);
  });

  test("goes with Escape, and one that was chosen is never told", async () => {
    render(<OthersInText pad={pad} />);
    act(() => session.setIdentity("Ann", 3));
    await meet(3);
    expect(line()).toBeNull();
    act(() => session.setIdentity("Quiet Crane", 3));
    fireEvent.keyDown(line()!, { key: "Escape" });
    expect(line()).toBeNull();
    expect(session.identity.value.name).toBe("Quiet Crane");
  });
});
