/**
 * Several tabs and a server, at random, with everything that networks and
 * servers do to them. Whatever happens, in the end all hold the same text, and
 * in it every code point that somebody typed exactly once, or never if
 * somebody deleted it.
 *
 * A failure prints its seed; SEED=n npm test -- simulation replays it.
 */

import { beforeAll, describe, expect, test } from "vitest";
import { kernelBytes } from "../testing/kernel_bytes";
import { ModelServer } from "../testing/model_server";
import { Random } from "../testing/random";
import { SimulatedTab } from "../testing/simulated_tab";
import { initKernel, kernelHeapBytes } from "../kernel";

const RUNS = 800;
const STEPS = 250;

beforeAll(() => initKernel(kernelBytes()));

/** Points of their own for each insertion, one in three of them astral. */
class Typist {
  #next = 0;
  readonly typed = new Set<string>();
  readonly deleted = new Set<string>();

  constructor(private readonly random: Random) {}

  text(): string {
    let text = "";
    for (let n = 1 + this.random.below(4); n > 0; n--) {
      const base = this.random.chance(33) ? 0x20000 : 0x4e00;
      const point = String.fromCodePoint(base + this.#next++);
      this.typed.add(point);
      text += point;
    }
    return text;
  }

  /** Inserts, deletes or replaces at one or two places. */
  changeOf(text: string) {
    const points = [...text];
    const cuts = Array.from({ length: this.random.chance(20) ? 4 : 2 }, () =>
      this.random.below(points.length + 1),
    ).sort((a, b) => a - b);
    const offset = (at: number) => points.slice(0, at).join("").length;
    const changes = [];
    for (let i = 0; i < cuts.length; i += 2) {
      const from = cuts[i]!;
      const to = this.random.chance(60) ? from : Math.min(cuts[i + 1]!, from + 5);
      const insert = to === from || this.random.chance(50) ? this.text() : "";
      for (const point of points.slice(from, to)) this.deleted.add(point);
      changes.push({ from: offset(from), to: offset(to), insert });
    }
    return changes;
  }
}

function run(seed: number): void {
  const random = new Random(seed);
  const typist = new Typist(random);
  const server = new ModelServer();
  const tabs = Array.from({ length: 2 + random.below(4) }, (_, i) => new SimulatedTab(server, `t${i}`));

  for (let step = 0; step < STEPS; step++) act(random.pick(tabs), random, typist, server, tabs);
  settle(tabs);

  const text = server.text.read();
  for (const tab of tabs) {
    expect(tab.text, "a tab's editor").toBe(text);
    expect(tab.sync.localText(), "a tab's copy").toBe(text);
    expect(tab.sync.unsaved, "changes not saved").toBe(0);
  }
  const points = [...text];
  const expected = [...typist.typed].filter((point) => !typist.deleted.has(point));
  expect([...points].sort(), "what was typed").toEqual(expected.sort());
  for (const tab of tabs) tab.sync.free();
  server.text.free();
}

function act(tab: SimulatedTab, random: Random, typist: Typist, server: ModelServer, tabs: SimulatedTab[]): void {
  const dice = random.below(100);
  if (dice < 40) {
    if (tab.sync.isLoaded) tab.type(typist.changeOf(tab.text));
  } else if (dice < 65) {
    tab.deliverUp();
  } else if (dice < 88) {
    tab.deliverDown(1 + random.below(3));
  } else if (dice < 95) {
    if (tab.isConnected && random.chance(50)) tab.disconnect(random.below(2));
    else tab.connect();
  } else if (dice < 97) {
    server.compact();
  } else if (dice < 98) {
    for (const other of tabs) other.disconnect(random.below(2));
    server.restart({ keepsEpochs: random.chance(50) });
  }
}

function settle(tabs: SimulatedTab[]): void {
  for (const tab of tabs) tab.disconnect(0);
  for (let quiet = false; !quiet; ) {
    quiet = true;
    for (const tab of tabs) {
      if (!tab.isConnected) tab.connect();
      while (tab.deliverUp()) quiet = false;
      while (tab.deliverDown(2)) quiet = false;
    }
  }
}

describe("whatever happens, tabs converge and nothing typed is lost or doubled", () => {
  const only = process.env.SEED;
  const first = only ? Number(only) : Math.floor(Math.random() * 2 ** 31);
  const count = only ? 1 : RUNS;

  test(`${count} runs from seed ${first}`, { timeout: 60_000 }, () => {
    for (let seed = first; seed < first + count; seed++) {
      try {
        run(seed);
      } catch (error) {
        console.error(`failed: SEED=${seed} npm test -- simulation`);
        throw error;
      }
    }
  });

  test("and the kernel's memory is given back", () => {
    run(1);
    const before = kernelHeapBytes();
    run(2);
    run(3);
    expect(kernelHeapBytes()).toBe(before);
  });
});
