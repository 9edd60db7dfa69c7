// @vitest-environment happy-dom
/** What several people are offered is done once, and nobody loses what was not done. */

import { signal } from "@preact/signals";
import { act, cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { initKernel } from "../kernel";
import { type FileForm, rememberedFile, rememberFile, rememberPad } from "../browser";
import { changesBetween, type Offered, Session } from "../session";
import { en as t } from "../strings/en";
import { trouble } from "../strings/trouble_en";
import { files } from "../strings/files_en";
import { people } from "../strings/people_en";
import { start } from "../strings/start_en";
import { FakeSocket } from "../testing/fake_socket";
import { kernelBytes } from "../testing/kernel_bytes";
import { applied } from "../testing/simulated_tab";
import { noEditor } from "../testing/no_editor";
import { openFiles } from "./text/file_opener";
import type { Pad } from "./pad/pad";
import { frameWords } from "./base/frame_words";
import { peopleWords } from "./pad/people_words";
import { StartPanel } from "./text/start_panel";
import { putBack, RemovalBanner, UnmergedTextBanner } from "./text/text_banners";

const WELCOME = {
  user_id: 4, epoch: "e", revision: 0, resumed: false, committed: 0, access: "edit", language: null, otp: null,
  limits: { document_bytes: 2048, message_bytes: 9000 }, created_at: 0, expires_at: null, server: "s",
};

let session: Session;

const say = (message: unknown) => act(() => FakeSocket.last.says(JSON.stringify(message)));

async function connect(text = ""): Promise<void> {
  act(() => FakeSocket.last.opens());
  await say({ Welcome: WELCOME });
  await say({ Snapshot: { revision: 0, text } });
}

beforeEach(async () => {
  await initKernel(kernelBytes());
  await Promise.all([peopleWords.load(), frameWords.load()]);
  vi.stubGlobal("WebSocket", FakeSocket);
  FakeSocket.all = [];
  localStorage.clear();
  session = new Session("pad", null, "http://host/");
  session.start(noEditor);
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe("what others are offered too", () => {
  /** A pad whose text area is a string. */
  function padOf(): { pad: Pad; told: string[] } {
    const told: string[] = [];
    const editor = {
      replaceText(text: string, offer: Offered, file?: FileForm | null) {
        if (file !== undefined) rememberFile(session.padId, file);
        session.edit(changesBetween(session.localText(), text), { offered: offer });
      },
    };
    const pad = { session, editor: signal(editor), opened: signal(null), notify: (text: string) => told.push(text) };
    return { pad: pad as unknown as Pad, told };
  }
  const echo = (start: number, operation: unknown[]) => say({ History: { start, operations: [{ id: 4, operation }] } });
  const others = (start: number, operation: unknown[]) => say({ History: { start, operations: [{ id: 5, operation }] } });

  test("a text is put back once, by whoever was first", async () => {
    await connect();
    const { pad, told } = padOf();
    session.unmerged.add("precious", "set_back");
    render(<UnmergedTextBanner session={session} restore={(text) => putBack(pad, text)} />);
    fireEvent.click(screen.getByText(trouble.unmerged.restore));
    await others(0, ["precious"]);
    await echo(1, ["precious", 8]);
    await vi.waitFor(() => expect(FakeSocket.last.sentAs("Edit")).toHaveLength(2)); // there it is taken back
    expect(session.localText()).toBe("precious");
    expect(session.unmerged.all.value).toEqual([]);
    expect(told).toEqual([]);
  });

  test("where the other one's text is not the same, mine is offered again", async () => {
    await connect();
    const { pad, told } = padOf();
    session.unmerged.add("precious", "set_back");
    render(<UnmergedTextBanner session={session} restore={(text) => putBack(pad, text)} />);
    fireEvent.click(screen.getByText(trouble.unmerged.restore));
    await others(0, ["precioux"]);
    await echo(1, ["precious", 8]);
    await vi.waitFor(() => expect(session.localText()).toBe("precioux"));
    expect(session.unmerged.all.value).toEqual([{ text: "precious", why: "set_back" }]);
    expect(told).toEqual([trouble.unmerged.taken]);
    screen.getByText(trouble.unmerged.restore);
  });

  test("a file opened into an empty pad that somebody else fills asks where to put it", async () => {
    await connect();
    const { pad, told } = padOf();
    await openFiles(pad, [new File(["mine"], "a.txt")]);
    expect(session.localText()).toBe("mine");
    expect(rememberedFile("pad")?.name).toBe("a.txt");
    await others(0, ["hers"]);
    await echo(1, [4, "mine"]);
    await vi.waitFor(() => expect(session.localText()).toBe("hers"));
    expect(pad.opened.value).toEqual({ text: "mine", form: { name: "a.txt", lineEnd: "\n", bom: false } });
    expect(rememberedFile("pad")).toBeNull(); // hers is no file
    expect(told).toEqual([files.taken("a.txt")]);
  });

  test("what somebody removed is put back once, and what was written since stays", async () => {
    const long = "a line of the minutes\n".repeat(20);
    let shown = "";
    const applyRemote: typeof noEditor.applyRemote = (changes) => (shown = applied(shown, changes));
    session.start({ ...noEditor, applyRemote, shown: () => shown });
    await connect();
    const { pad } = padOf();
    render(<RemovalBanner pad={{ ...pad, editor: signal({ ...pad.editor.value!, focus: () => {} }) } as unknown as Pad} />);
    await say({ Users: [{ id: 5, name: "Bob", hue: 1, cursors: [], selections: [] }] });
    await others(0, [long]);
    await vi.waitFor(() => expect(shown).toBe(long));
    await others(1, [-long.length]);
    await screen.findByText(people.removal.heading("Bob", long.length));
    await others(2, ["new"]);
    await vi.waitFor(() => expect(shown).toBe("new"));
    fireEvent.click(screen.getByText(people.removal.putBack));
    expect(session.localText()).toBe(`${long}new`);
    expect(screen.queryByText(people.removal.putBack)).toBeNull();
    await others(3, [long, 3]);
    await echo(4, [long, long.length + 3]);
    await vi.waitFor(() => expect(session.localText()).toBe(`${long}new`));
    expect(screen.queryByText(people.removal.putBack)).toBeNull();
  });

  test("an empty file changes nothing", async () => {
    await connect();
    const { pad, told } = padOf();
    act(() => session.edit([{ from: 0, to: 0, insert: "here" }]));
    await openFiles(pad, [new File([], "a.txt")]);
    expect(session.localText()).toBe("here");
    expect(pad.opened.value).toBeNull();
    expect(told).toEqual([files.empty("a.txt")]);
  });
});

describe("regression: the start card is for new pads", () => {
  const firstLines = signal("");
  const pad = () => ({ session, editor: signal({ firstLines }) }) as unknown as Pad;
  const card = () => screen.queryByText(start.templates.minutes);

  test("it comes in one, goes with the text, and does not come back when that is removed", async () => {
    firstLines.value = "";
    await connect();
    render(<StartPanel pad={pad()} />);
    await screen.findByText(start.templates.minutes, {}, { timeout: 20_000 }); // it is a chunk of its own
    act(() => void (firstLines.value = "a"));
    expect(card()).toBeNull();
    act(() => void (firstLines.value = ""));
    expect(card()).toBeNull();
  });

  test("until it is known whether the text is empty, its first sentence stands there; with a text it goes", async () => {
    firstLines.value = "";
    render(<StartPanel pad={pad()} />);
    screen.getByText(t.start.explain);
    act(() => FakeSocket.last.ends(1006));
    screen.getByText(t.start.explain); // it does not come and go with each attempt
    await act(async () => session.retryConnection());
    await connect("A text");
    expect(screen.queryByText(t.start.explain)).toBeNull(); // although the editor does not show the text yet
    expect(card()).toBeNull();
  });

  test("in one that this browser knows by its title, that is said instead", async () => {
    rememberPad({ id: "pad", title: "Notes for Thursday" });
    await connect();
    render(<StartPanel pad={pad()} />);
    screen.getByText(t.start.emptied("Notes for Thursday"));
    expect(card()).toBeNull();
    act(() => session.unmerged.add("what stood here", "set_back"));
    expect(screen.queryByText(t.start.emptied("Notes for Thursday"))).toBeNull(); // the banner says more
  });
});
