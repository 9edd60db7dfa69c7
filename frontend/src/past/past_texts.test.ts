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
    sitting: both, text: "abcd", problem: null, nearest: null,
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
