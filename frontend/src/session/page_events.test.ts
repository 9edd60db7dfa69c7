/** The events of a page reach its session. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Page, PageEvent } from "../browser";
import { systemClock } from "../clock";
import { followPage } from "./page_events";
import type { Session } from "./session";

const events = new EventTarget();
let isHidden = false;
const page: Page = {
  isHidden: () => isHidden,
  nextFrame: () => {},
  reload: () => {},
  addEventListener: events.addEventListener.bind(events),
};
const session = { onBeforeUnload: vi.fn(), onPageHide: vi.fn(), onPageRestored: vi.fn(), reconnectNow: vi.fn() };
const happens = (type: PageEvent, details = {}) => events.dispatchEvent(Object.assign(new Event(type), details));
const calls = () => Object.entries(session).flatMap(([name, { mock }]) => mock.calls.map(() => name));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("it writes down what is unsent, and comes back soon", () => {
  followPage(session as unknown as Session, { clock: systemClock, page });
  const after = (type: PageEvent, details?: object) => {
    vi.clearAllMocks();
    happens(type, details);
    return calls();
  };
  expect(after("beforeunload")).toEqual(["onBeforeUnload"]);
  expect(after("pagehide", { persisted: false })).toEqual(["onPageHide"]);
  expect(after("pageshow", { persisted: false })).toEqual([]);
  expect(after("pageshow", { persisted: true })).toEqual(["onPageRestored"]);
  expect(after("online")).toEqual(["reconnectNow"]);
  expect(after("offline")).toEqual(["reconnectNow"]);
  expect(after("visibilitychange")).toEqual(["reconnectNow"]);
  isHidden = true;
  expect(after("visibilitychange")).toEqual([]);

  vi.clearAllMocks();
  vi.setSystemTime(Date.now() + 3_600_000); // the machine slept
  vi.advanceTimersByTime(1_000);
  expect(calls()).toEqual(["reconnectNow"]);
});
