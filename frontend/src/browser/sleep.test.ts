import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { watchSleep } from "./sleep";

const onWake = vi.fn();
let end: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  end = watchSleep(onWake);
});

afterEach(() => {
  end();
  vi.clearAllMocks();
  vi.useRealTimers();
});

const sleepFor = (ms: number) => vi.setSystemTime(Date.now() + ms);

test("an hour that no timer saw is noticed within a second, once", () => {
  vi.advanceTimersByTime(60_000);
  expect(onWake).not.toHaveBeenCalled();
  sleepFor(3_600_000);
  vi.advanceTimersByTime(1_000);
  expect(onWake).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(60_000);
  expect(onWake).toHaveBeenCalledOnce();
});

test("a busy second and a clock set back are no sleep; after the end nothing is", () => {
  sleepFor(3_000);
  vi.advanceTimersByTime(1_000);
  sleepFor(-3_600_000);
  vi.advanceTimersByTime(1_000);
  end();
  sleepFor(3_600_000);
  vi.advanceTimersByTime(60_000);
  expect(onWake).not.toHaveBeenCalled();
});
