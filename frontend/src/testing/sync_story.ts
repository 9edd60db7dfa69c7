/** A small language for stories about a copy: what is typed, what comes from the server, what the editor shows.
 * After each test the copy must be what the editor shows. */

import { afterEach, beforeAll, beforeEach, expect } from "vitest";
import { initKernel } from "../kernel";
import type { SavedState } from "../sync";
import { Sync } from "../sync/sync";
import { kernelBytes } from "./kernel_bytes";
import { applied } from "./simulated_tab";

export const ME = 3;
export const OTHER = 8;

export let sync: Sync;
/** The editor. */
export let text: string;

export function tellSyncStories(): void {
  beforeAll(() => initKernel(kernelBytes()));

  beforeEach(() => {
    sync = new Sync();
    text = "";
  });

  afterEach(() => {
    expect(sync.localText(), "the copy is what the editor shows").toBe(text);
    sync.free();
  });
}

export function welcome(resumed: boolean, committed = 0): void {
  sync.welcome({ userId: ME, epoch: "e", resumed, committed });
}

export function snapshot(revision: number, serverText: string): void {
  sync.snapshot(revision, serverText);
  show();
}

export function opened(serverText: string): void {
  welcome(false);
  snapshot(10, serverText);
}

export function hear(start: number, ...entries: [number, (number | string)[]][]): void {
  sync.history(
    start,
    entries.map(([id, operation]) => ({ id, operation })),
  );
  show();
}

export function show(): void {
  text = applied(text, sync.takeChanges());
}

export function type(from: number, to: number, insert: string): void {
  sync.edit([{ from, to, insert }]);
  text = applied(text, [{ from, to, insert }]);
}

/** The tab dies; the next one gets what was written down. */
export function nextVisit(saved: SavedState): void {
  sync.free();
  sync = new Sync();
  text = "";
  sync.resume(saved);
  show();
}
