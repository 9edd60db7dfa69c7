import { beforeEach, afterEach, expect, test, vi } from "vitest";
import { systemClock } from "../clock";
import { LateAnswer } from "./late_answer";

let answers: LateAnswer;
const isLate = () => answers.isLate.value;
const pass = (ms: number) => void vi.advanceTimersByTime(ms);

beforeEach(() => {
  vi.useFakeTimers();
  answers = new LateAnswer(systemClock);
});

afterEach(() => {
  vi.useRealTimers();
});

test("an answer that comes soon is not late", () => {
  answers.changed(1);
  pass(300);
  answers.changed(0);
  pass(1_000);
  expect(isLate()).toBe(false);
});

test("one that does not is, until everything is answered", () => {
  answers.changed(1);
  pass(500);
  expect(isLate()).toBe(true);
  answers.changed(2);
  answers.changed(1);
  expect(isLate()).toBe(true);
  answers.changed(0);
  expect(isLate()).toBe(false);
});

test("while answers come, none is late, however much waits", () => {
  answers.changed(1);
  for (let n = 0; n < 20; n++) {
    answers.changed(2);
    pass(300);
    answers.changed(1);
  }
  expect(isLate()).toBe(false);
  pass(500);
  expect(isLate()).toBe(true);
});

test("what is typed meanwhile does not put it off", () => {
  for (let n = 1; n < 10; n++) {
    answers.changed(n);
    pass(100);
  }
  expect(isLate()).toBe(true);
});
