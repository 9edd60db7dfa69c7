import { effect } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { systemClock } from "../clock";
import { Activity, TYPING_MS } from "./activity";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const later = (ms: number) => vi.advanceTimersByTime(ms);

describe("who is typing", () => {
  test("somebody is from the first key until they have rested", () => {
    const activity = new Activity(systemClock);
    activity.typed(3);
    later(TYPING_MS - 100);
    activity.typed(3);
    later(TYPING_MS - 100);
    expect([...activity.typing.value]).toEqual([3]);
    later(TYPING_MS);
    expect([...activity.typing.value]).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
    activity.typed(3);
    expect([...activity.typing.value]).toEqual([3]);
  });

  test("ten people who type without a pause are told once each", () => {
    const activity = new Activity(systemClock);
    let told = 0;
    effect(() => void (activity.typing.value, told++));
    for (let key = 0; key < 100; key++) {
      for (let id = 0; id < 10; id++) activity.typed(id);
      later(100);
    }
    expect(told).toBe(1 + 10);
  });

  test("who typed last is known after they rest, and forgotten with them", () => {
    const activity = new Activity(systemClock);
    activity.typed(1);
    later(10);
    activity.typed(2);
    expect(activity.lastTyped(2)).toBeGreaterThan(activity.lastTyped(1));
    activity.gone(2);
    expect(activity.lastTyped(2)).toBe(-Infinity);
    expect([...activity.typing.value]).toEqual([1]);
    later(TYPING_MS * 2);
    expect(activity.lastTyped(1)).toBeGreaterThan(-Infinity);
  });
});
