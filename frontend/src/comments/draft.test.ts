/** A comment arrives once, with the words that were sent last, about the piece where that is by then. */

import { signal } from "@preact/signals";
import { beforeEach, describe, expect, test } from "vitest";
import type { Session } from "../session";
import { RightsError } from "../sharing";
import { type Destination, Draft, type KeptDraft } from "./draft";
import { KeptDrafts } from "./kept_drafts";

const AUTHOR = { name: "Alice", hue: 20, key: "aaaaaaaaaaaa" };

interface Asked {
  method: string;
  path: string;
  body: { text: string; revision?: number; from?: number; to?: number };
  key: string | undefined;
}

let asked: Asked[];
/** What the server does next; when there is nothing, it takes what comes. */
let answers: (() => unknown)[];
let link: ReturnType<typeof signal<{ kind: string }>>;
let unsaved: ReturnType<typeof signal<number>>;
let text: { canSendCarets: boolean; unsaved: number; revision: number; shift: number };
let piece: { from: number; to: number } | null;

beforeEach(() => {
  [asked, answers, piece] = [[], [], { from: 3, to: 5 }];
  [link, unsaved] = [signal({ kind: "up" }), signal(0)];
  text = { canSendCarets: true, unsaved: 0, revision: 7, shift: 0 };
});

function draft(to: Partial<Destination> & { kind: string } = { kind: "thread" }, words = "Why?", kept: KeptDraft["asked"] = null): Draft {
  const requests = {
    ask: async (method: string, path: string, body?: object, key?: string) => {
      asked.push({ method, path, body: body as Asked["body"], key });
      const answer = answers.shift();
      if (answer) return answer();
      const id = method === "PATCH" ? path.split("/")[2]! : "c";
      const comment = { id, author: AUTHOR, text: (body as Asked["body"]).text, made_at: 1, edited_at: null };
      return { revision: 9, comment: id, thread: { id: "t", from: 1, to: 2, quote: "q", made_at: 1, resolved: null, comments: [comment] } };
    },
  };
  const around = { link, unsaved, comments: { text: { ...text, pointsOf: (at: number) => at + text.shift } } };
  Object.defineProperty(around.comments.text, "revision", { get: () => text.revision });
  return new Draft({ piece: () => piece, ...to } as Destination, requests as never, around as unknown as Pick<Session, "comments" | "link" | "unsaved">, { text: words, asked: kept });
}

const fails = (code: string) => () => {
  throw new RightsError(code);
};
const settled = () => new Promise((resolve) => setTimeout(resolve));

describe("a comment on a piece of the text", () => {
  test("says where that is, at which revision", async () => {
    const arrived = await draft().send();
    expect(arrived).toMatchObject({ thread: "t", comment: { id: "c", text: "Why?" } });
    expect(asked).toEqual([{ method: "POST", path: "", body: { revision: 7, from: 3, to: 5, text: "Why?" }, key: expect.stringMatching(/^[\w-]{22}$/) as string }]);
  });

  test("waits for the connection, and until the text is saved, and then is about the piece as it is by then", async () => {
    [link.value, unsaved.value] = [{ kind: "waiting" }, 2];
    const it = draft();
    const sending = it.send();
    await settled();
    expect([it.state.value, asked]).toEqual(["waiting", []]);
    link.value = { kind: "up" };
    await settled();
    expect(asked).toEqual([]);
    [piece, text.revision] = [{ from: 4, to: 6 }, 8];
    unsaved.value = 0;
    expect(await sending).not.toBeNull();
    expect(asked[0]!.body).toEqual({ revision: 8, from: 4, to: 6, text: "Why?" });
    expect(it.state.value).toBe("written");
  });

  test("that is stopped while it waits is not sent, and can be sent later", async () => {
    link.value = { kind: "waiting" };
    const it = draft();
    const sending = it.send();
    await settled();
    it.stop();
    expect(await sending).toBeNull();
    link.value = { kind: "up" };
    await settled();
    expect([asked, it.problem.value]).toEqual([[], null]);
    expect(await it.send()).not.toBeNull();
  });

  test("whose text is gone says so", async () => {
    piece = null;
    const it = draft();
    expect(await it.send()).toBeNull();
    expect([it.problem.value, asked]).toEqual(["text_gone", []]);
  });

  test("of a revision that is too old is sent anew, under another key", async () => {
    answers = [() => ((text.revision = 12), fails("unknown_revision")())];
    expect(await draft().send()).not.toBeNull();
    expect(asked.map(({ body }) => body.revision)).toEqual([7, 12]);
    expect(asked[0]!.key).not.toBe(asked[1]!.key);
  });

  test("that will not be taken is not tried for ever", async () => {
    answers = Array.from({ length: 9 }, () => fails("unknown_revision"));
    const it = draft();
    expect(await it.send()).toBeNull();
    expect([it.problem.value, asked.length]).toEqual(["unknown_revision", 3]);
  });
});

describe("where nobody knows what became of a request", () => {
  test.each(["unreachable", "internal"])("(%s) the same is asked again under the same key", async (code) => {
    answers = [fails(code)];
    const it = draft();
    expect(await it.send()).toBeNull();
    expect([it.problem.value, it.isUncertain]).toEqual([code, true]);
    [piece, text.revision] = [{ from: 9, to: 10 }, 20];
    expect(await it.send()).not.toBeNull();
    expect(asked[1]).toEqual(asked[0]);
    expect([asked.length, it.problem.value, it.isUncertain]).toEqual([2, null, false]);
  });

  test("what was changed meanwhile follows as a change", async () => {
    answers = [fails("unreachable")];
    const it = draft();
    await it.send();
    it.text.value = "Why not?";
    expect(await it.send()).toMatchObject({ comment: { text: "Why not?" } });
    expect(asked.map(({ method, path, body, key }) => [method, path, body.text, key === asked[0]!.key])).toEqual([
      ["POST", "", "Why?", true],
      ["POST", "", "Why?", true],
      ["PATCH", "/t/c", "Why not?", false],
    ]);
  });

  test("the same is asked again after a reload, too", async () => {
    answers = [fails("unreachable")];
    const it = draft();
    await it.send();
    const { text: words, asked: before } = JSON.parse(JSON.stringify(it.kept)) as KeptDraft;
    expect(await draft(undefined, words, before).send()).not.toBeNull();
    expect(asked[1]).toEqual(asked[0]);
  });

  test("an answer that is none counts as that", async () => {
    answers = [() => null];
    const it = draft();
    expect(await it.send()).toBeNull();
    expect([it.problem.value, it.isUncertain]).toEqual(["internal", true]);
  });
});

test("one that was refused is another one the next time", async () => {
  answers = [fails("storage_unavailable")];
  const it = draft({ kind: "reply", thread: "t" });
  expect(await it.send()).toBeNull();
  it.text.value = "Because.";
  expect(await it.send()).not.toBeNull();
  expect(asked.map(({ path, body }) => [path, body])).toEqual([["/t", { text: "Why?" }], ["/t", { text: "Because." }]]);
  expect(asked[0]!.key).not.toBe(asked[1]!.key);
});

test("other words for a comment are a change of that one", async () => {
  expect(await draft({ kind: "edit", thread: "t", comment: "x" }).send()).not.toBeNull();
  expect(asked).toEqual([{ method: "PATCH", path: "/t/x", body: { text: "Why?" }, key: undefined }]);
});

test.each([
  ["  a\r\nb\u0007\tc \n", "a\nb\tc"],
  ["\ud83d", "\ufffd"],
  [" \n", ""],
])("%j goes as %j", async (typed, words) => {
  const it = draft(undefined, typed);
  expect(it.words).toBe(words);
  await it.send();
  expect(asked.map(({ body }) => body.text)).toEqual(words === "" ? [] : [words]);
});

test("4,000 code points go, and no more", async () => {
  const it = draft(undefined, "😀".repeat(4001));
  expect([it.excess, await it.send(), asked]).toEqual([1, null, []]);
  it.text.value = "😀".repeat(4000);
  expect([it.excess, (await it.send()) !== null]).toEqual([0, true]);
});

test("what is on its way is not sent twice", async () => {
  const it = draft();
  const [first, second] = await Promise.all([it.send(), it.send()]);
  expect([first !== null, second, asked.length]).toEqual([true, null, 1]);
});

test("drafts are kept by their names, and let go of when there is nothing in them; where nothing can be kept, nothing is", () => {
  const stored = new Map<string, string>();
  const storage = () => ({
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
    removeItem: (key: string) => void stored.delete(key),
  });
  const kept = new KeptDrafts("pad", storage);
  kept.keep("new", { text: "a", asked: null });
  kept.keep("t", { text: "b", asked: null });
  expect(new KeptDrafts("pad", storage).of("t")).toEqual({ text: "b", asked: null });
  expect(new KeptDrafts("other", storage).of("t")).toBeNull();
  kept.forget("t");
  kept.keep("new", { text: "", asked: null });
  expect([kept.of("t"), stored.size]).toEqual([null, 0]);
  stored.set("kolabpad.comments.pad", "{broken");
  expect(kept.of("new")).toBeNull();
  const forbidden = new KeptDrafts("pad", () => {
    throw new Error("SecurityError");
  });
  forbidden.keep("new", { text: "a", asked: null });
  expect(forbidden.of("new")).toBeNull();
});
