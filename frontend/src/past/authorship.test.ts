/** Who wrote what, from the server's answer and what came since: the same as the server would say. */

import { signal } from "@preact/signals";
import { beforeAll, describe, expect, test } from "vitest";
import { initKernel } from "../kernel";
import { KeptText } from "../session/kept_text";
import { RightsError } from "../sharing";
import { kernelBytes } from "../testing/kernel_bytes";
import { ModelServer } from "../testing/model_server";
import { Random } from "../testing/random";
import { SimulatedTab } from "../testing/simulated_tab";
import { Authorship } from "./authorship";
import { changedRuns, type Run, unitsOf } from "./runs";

beforeAll(() => initKernel(kernelBytes()));

/** The author of each UTF-16 unit. */
const spread = (runs: readonly Run[]) => runs.flatMap(({ units, author }) => Array<number | null>(units).fill(author));

test.each<[string, Run[], Parameters<typeof changedRuns>[1], Run[]]>([
  ["into nothing", [], [{ from: 0, to: 0, insert: "ab" }], [{ units: 2, author: 9 }]],
  ["in between", [{ units: 4, author: 1 }], [{ from: 2, to: 2, insert: "x" }], [{ units: 2, author: 1 }, { units: 1, author: 9 }, { units: 2, author: 1 }]],
  ["beside one's own", [{ units: 2, author: 9 }, { units: 2, author: 1 }], [{ from: 2, to: 3, insert: "x" }], [{ units: 3, author: 9 }, { units: 1, author: 1 }]],
  ["what is gone between two of one person joins them", [{ units: 2, author: 1 }, { units: 2, author: 2 }, { units: 2, author: 1 }], [{ from: 2, to: 4, insert: "" }], [{ units: 4, author: 1 }]],
  ["all is gone", [{ units: 2, author: 1 }, { units: 2, author: null }], [{ from: 0, to: 4, insert: "" }], []],
  ["in several places", [{ units: 6, author: 1 }], [{ from: 0, to: 1, insert: "x" }, { from: 5, to: 6, insert: "yz" }], [{ units: 1, author: 9 }, { units: 4, author: 1 }, { units: 2, author: 9 }]],
])("runs after an edit: %s", (_, runs, changes, expected) => {
  expect(changedRuns(runs, changes, 9)).toEqual(expected);
});

/** The server's part: who wrote each code point of its text, of an operation at a time. */
class Reference {
  points: [letter: string, author: number | null][] = [];
  revision = 0;

  entry({ id, operation }: { id: number; operation: readonly (number | string)[] }): void {
    const after: typeof this.points = [];
    let at = 0;
    for (const part of operation) {
      if (typeof part === "string") after.push(...[...part].map((letter) => [letter, id] as [string, number]));
      else if (part > 0) after.push(...this.points.slice(at, (at += part)));
      else at -= part;
    }
    this.points = after;
    this.revision++;
  }

  snapshot(): void {}

  /** As the wire has it. */
  answer() {
    const runs: [number, number | null][] = [];
    for (const [, author] of this.points) {
      const last = runs.at(-1);
      if (last?.[1] === author) last[0]++;
      else runs.push([1, author]);
    }
    return { revision: this.revision, runs, authors: Object.fromEntries([1, 2, 3].map((id) => [id, { name: `Person ${id}`, hue: id }])) };
  }

  /** The author of each UTF-16 unit. */
  units() {
    return this.points.flatMap(([letter, author]) => Array<number | null>(letter.length).fill(author));
  }
}

interface Asked {
  resolve: (answer: unknown) => void;
}

function authorshipOf({ sync }: SimulatedTab, asked: Asked[]): Authorship {
  const session = {
    kept: new KeptText(sync, signal(null)),
    people: { byId: signal(new Map()) },
    unsentState: () => sync.keep(),
    userId: { peek: () => sync.userId },
  };
  const answer = () => new Promise((resolve) => asked.push({ resolve }));
  return new Authorship(session as never, { answer: answer as never });
}

describe.each([1, 2, 3, 4, 5, 6])("law: once all is told it is the server's answer, whenever that came (%d)", (round) => {
  test("with others typing, and with what is unsent", async () => {
    const random = Random.of(Number(process.env["SEED"] ?? 11) + round, "authorship");
    const server = new ModelServer();
    const reference = new Reference();
    const observer = new SimulatedTab(server, "observer");
    observer.connect();
    observer.deliverDown(9);
    observer.sync.witnesses.add(reference);
    const tabs = ["a", "b", "c"].map((name) => new SimulatedTab(server, name));
    for (const tab of tabs) {
      tab.connect();
      tab.deliverDown(9);
    }
    const [mine] = tabs;
    const asked: Asked[] = [];
    let authorship: Authorship | null = null;
    const step = () => {
      const tab = random.pick(tabs);
      if (random.chance(40)) {
        const letters = [...tab.text];
        const from = letters.slice(0, random.below(letters.length + 1)).join("").length;
        const gone = Array.from(tab.text.slice(from)).slice(0, random.below(4)).join("").length;
        tab.type([{ from, to: from + gone, insert: random.pick(["", "x", "é😀", "one two\n"]) }]);
      } else if (random.chance(50)) tab.deliverUp();
      else tab.deliverDown(random.between(1, 3));
      observer.deliverDown(9);
    };
    const answeredAt = 60 + random.between(0, 100);
    for (let i = 0; i < 400; i++) {
      if (i === 60) void (authorship = authorshipOf(mine!, asked)).start();
      // What this tab has been told may be older than what the server says.
      if (i === answeredAt) asked[0]!.resolve(reference.answer());
      step();
      await Promise.resolve();
      await Promise.resolve();
      const present = authorship?.present();
      if (present && !mine!.sync.isShownLate) expect(unitsOf(present)).toBe(mine!.text.length);
    }
    for (let i = 0; i < 50; i++) {
      for (const tab of [...tabs, observer]) {
        tab.deliverUp();
        tab.deliverDown(9);
      }
    }
    await new Promise((resolve) => setTimeout(resolve));
    expect(mine!.text).toBe(reference.points.map(([letter]) => letter).join(""));
    expect(authorship!.problem.value).toBeNull();
    expect(spread(authorship!.present()!)).toEqual(reference.units());
    mine!.type([{ from: 0, to: 0, insert: "mine" }]);
    expect(spread(authorship!.present()!)).toEqual([...Array<number>(4).fill(mine!.sync.userId), ...reference.units()]);
    authorship!.stop();
  });
});

test("where the server does not say it there is a reason; a whole text from the server is asked about anew", async () => {
  const server = new ModelServer();
  const tab = new SimulatedTab(server, "a");
  tab.connect();
  tab.deliverDown(9);
  tab.type([{ from: 0, to: 0, insert: "abc" }]);
  tab.deliverUp();
  tab.deliverDown(9);
  let code: string | null = "gone";
  const session = {
    kept: new KeptText(tab.sync, signal(null)),
    people: { byId: signal(new Map([[0, { id: 0, name: "Me", hue: 5 }]])) },
    unsentState: () => tab.sync.keep(),
    userId: signal(0),
  };
  const answer = async () => {
    if (code) throw new RightsError(code);
    return { revision: tab.sync.revision, runs: [[3, 0]], authors: { 0: { name: "Old name", hue: 1 } } };
  };
  const authorship = new Authorship(session as never, { answer: answer as never });
  await authorship.start();
  expect([authorship.problem.value, authorship.present()]).toEqual(["gone", null]);
  code = null;
  tab.disconnect(0);
  server.compact();
  server.restart({ keepsEpochs: false });
  tab.connect();
  tab.deliverDown(9);
  await new Promise((resolve) => setTimeout(resolve));
  expect(authorship.problem.value).toBeNull();
  expect(authorship.present()).toEqual([{ units: 3, author: 0 }]);
  expect(authorship.authorOf(0)).toEqual({ id: 0, name: "Me", hue: 5 });
  expect(authorship.authorOf(7)).toBeNull();
});
