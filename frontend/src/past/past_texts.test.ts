/** The list of sittings and the texts at their ends, with a server that answers late, no, or not at all. */

import { signal } from "@preact/signals";
import { beforeAll, expect, test } from "vitest";
import { initKernel } from "../kernel";
import { PadRequests } from "../sharing";
import { kernelBytes } from "../testing/kernel_bytes";
import { PastTexts } from "./past_texts";
import type { Sitting } from "./sitting";

beforeAll(() => initKernel(kernelBytes()));

const sitting = (first: number, end: number, ids: readonly number[] = [1]): Sitting => ({
  first, end, began_at: first, ended_at: end, inserted: 1, deleted: 0,
  authors: ids.map((id) => ({ id, name: `Person ${id}`, hue: 20 })),
});

type Answers = Record<string, () => Promise<Response> | Response>;

/** A past that is answered by these, by what follows the pad in the address. */
function pastOf(answers: Answers): PastTexts {
  const asking = { padId: "pad", access: { owner: signal<string | null>(null) }, acceptedOtp: signal<string | null>(null) };
  return new PastTexts(new PadRequests(asking, "https://host/", async (url) => {
    const path = url.pathname.slice("/api/document/pad".length) + url.search;
    const answer = answers[path];
    if (!answer) throw new TypeError(`nobody answers ${path}`);
    return answer();
  }), async () => {});
}
const json = (body: unknown, status = 200) => () => Response.json(body, { status });
const text = (body: string) => () => new Response(body);

test("older sittings come behind those that are known, and one that went on is not there twice", async () => {
  const page = Array.from({ length: 100 }, (_, i) => sitting(299 - i, 300 - i));
  const older = [sitting(150, 200), sitting(0, 150)];
  const answers: Answers = { "/history?limit=100": json(page), "/history?before=200&limit=100": json(older) };
  const past = pastOf(answers);
  await past.renew();
  expect(past.hasMore.value).toBe(true);
  await past.more();
  expect(past.sittings.value).toHaveLength(102);
  expect(past.hasMore.value).toBe(false);
  answers["/history?limit=100"] = json([sitting(299, 310), ...page.slice(1)]);
  await past.renew();
  expect(past.sittings.value).toEqual([sitting(299, 310), ...page.slice(1), ...older]);
  expect(past.hasMore.value).toBe(false);
});

test("what was deleted of the history is not in the list any more", async () => {
  const answers: Answers = { "/history?limit=100": json([sitting(5, 9), sitting(0, 5)]) };
  const past = pastOf(answers);
  await past.renew();
  answers["/history?limit=100"] = json([sitting(9, 10)]);
  await past.renew();
  expect(past.sittings.value).toEqual([sitting(9, 10)]);
});

test.each<[string, Answers, string | null, number]>([
  ["nothing yet", { "/history?limit=100": json([]), "/authorship": json({ code: "not_found" }, 404) }, null, 0],
  ["none is kept", { "/history?limit=100": json([]), "/authorship": json({ code: "gone" }, 404) }, "off", 0],
  ["a reader", { "/history?limit=100": json({ code: "view_only" }, 403) }, "view_only", 0],
  ["no connection", {}, "unreachable", 0],
  ["an older server", { "/history?limit=100": () => new Response("404", { status: 404 }) }, "internal", 0],
])("the list of a pad: %s", async (_, answers, problem, count) => {
  const past = pastOf(answers);
  await past.renew();
  expect([past.problem.value, past.sittings.value?.length ?? 0]).toEqual([problem, count]);
});

test("a text is there with whose doing its differences are", async () => {
  const both = sitting(2, 4, [1, 2]);
  const past = pastOf({
    "/history/4": text("abcd"),
    "/history/2": text("ab"),
    "/history/operations?from=2&to=4": json([
      { revision: 2, author: 1, time: 0, operation: [2, "c"] },
      { revision: 3, author: 2, time: 0, operation: [3, "d"] },
    ]),
  });
  await past.show(both);
  expect(past.shown.value).toEqual({
    sitting: both, isOperation: false, text: "abcd", problem: null, nearest: null,
    marks: [{ from: 2, to: 3, removed: "", author: 1 }, { from: 3, to: 4, removed: "", author: 2 }],
  });
  past.close();
  expect(past.shown.value).toBeNull();
});

test("a text whose forerunner was thinned away is shown without marks; one that is gone itself says so", async () => {
  const past = pastOf({
    "/history/4": text("abcd"),
    "/history/2": json({ code: "gone", before: null, after: 4 }, 404),
  });
  await past.show(sitting(2, 4));
  expect(past.shown.value).toMatchObject({ text: "abcd", marks: [] });
  await past.show(sitting(0, 2));
  expect(past.shown.value).toMatchObject({ text: null, problem: "gone", nearest: 4 });
  await past.showNearest();
  expect(past.shown.value).toMatchObject({ text: "abcd", problem: null });
});

test("of two texts the one that was asked for last is shown, whatever comes last", async () => {
  let late!: (answer: Response) => void;
  const past = pastOf({
    "/history/2": () => new Promise((resolve) => (late = resolve)),
    "/history/4": text("later"),
    "/history/3": text("late"),
  });
  const first = past.show(sitting(0, 2));
  await Promise.resolve();
  await past.show(sitting(3, 4));
  late(new Response("earlier"));
  await first;
  expect(past.shown.value?.text).toBe("later");
});

test("step by step the text is there after each operation, with who made it; beyond the ends nothing happens", async () => {
  const past = pastOf({
    "/history?limit=100": json([sitting(2, 4, [1, 2]), sitting(0, 2)]),
    "/history/operations?from=0&to=4": json(steps.slice(0, 3)),
    "/history/operations?from=3&to=67": json(steps.slice(2)),
    "/history/operations?from=4&to=68": json([]),
    "/history/operations?from=4": json([]),
    ...texts,
  });
  await past.renew();
  await past.show(past.sittings.value![0]!);
  const shown = async (by: 1 | -1) => {
    await past.step(by);
    await settled();
    const { sitting: it, text: now, isOperation, marks } = past.shown.value!;
    return [it.first, it.end, it.authors[0]!.name, it.inserted, it.deleted, now, isOperation, marks.length];
  };
  expect(await shown(-1)).toEqual([2, 3, "Person 2", 1, 0, "abc", true, 1]);
  expect(past.shown.value!.sitting.ended_at).toBe(12);
  expect(await shown(-1)).toEqual([0, 2, "Person 1", 2, 0, "ab", true, 1]);
  expect(await shown(-1)).toEqual([0, 2, "Person 1", 2, 0, "ab", true, 1]);
  expect(await shown(1)).toEqual([2, 3, "Person 2", 1, 0, "abc", true, 1]);
  expect(await shown(1)).toEqual([3, 4, "Person 1", 1, 1, "axd", true, 1]);
  expect(await shown(1)).toEqual([3, 4, "Person 1", 1, 1, "axd", true, 1]);
});

test("a revision is shown by its number, without the list; one that there is not says so", async () => {
  const past = pastOf({
    "/history/operations?from=0&to=3": json(steps.slice(0, 2)),
    "/history?before=3&limit=1": json([sitting(2, 4, [1, 2])]),
    "/history/operations?from=35&to=99": json({ code: "gone", before: 4, after: null }, 404),
    "/history/operations?from=0&to=99": json(steps),
    "/history/operations?from=4&to=99": json([]),
    "/history?before=99&limit=1": json([sitting(2, 4, [1, 2])]),
    "/history/99": json({ code: "gone", before: 4, after: null }, 404),
    ...texts,
  });
  await past.showRevision(3);
  expect(past.shown.value).toMatchObject({ text: "abc", isOperation: true, sitting: { first: 2, end: 3, authors: [{ name: "Person 2" }] } });
  await past.showRevision(99);
  expect(past.shown.value).toMatchObject({ text: null, problem: "gone", nearest: 4 });
});

/** The first of them was thinned: it was two. */
const steps = [
  { revision: 0, end: 2, author: 1, time: 10_000, operation: ["ab"] },
  { revision: 2, author: 2, time: 12_345, operation: [2, "c"] },
  { revision: 3, author: 1, time: 20_000, operation: [1, "x", -1, 1] },
];
const texts = {
  "/history/0": text(""), "/history/2": text("ab"), "/history/3": text("abc"), "/history/4": text("axd"),
};
/** Resolves once whatever was asked has been answered. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));
