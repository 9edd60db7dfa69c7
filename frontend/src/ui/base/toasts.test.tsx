// @vitest-environment happy-dom
/** What a toast says, how long it stays, and what one can do about it. */

import { act, cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Toasts } from "./toasts";
import { ToastRegion, ToastsContext } from "./toast_region";

let toasts: Toasts;

beforeEach(() => {
  vi.useFakeTimers();
  toasts = new Toasts();
  render(
    <ToastsContext.Provider value={toasts}>
      <ToastRegion isTopmost />
    </ToastsContext.Provider>,
  );
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const passes = (ms: number) => act(() => void vi.advanceTimersByTime(ms));

test("its action is done once, and the toast goes with it", () => {
  const run = vi.fn();
  act(() => void toasts.notify("Replaced", { action: { label: "Undo", run } }));
  fireEvent.click(screen.getByText("Undo"));
  expect(run).toHaveBeenCalledOnce();
  expect(screen.queryByText("Replaced")).toBeNull();
});

test("with an action it stays longer, and not for ever", () => {
  act(() => void toasts.notify("Told"));
  act(() => void toasts.notify("Replaced", { action: { label: "Undo", run: () => {} } }));
  passes(7_000);
  expect([screen.queryByText("Told"), screen.queryByText("Replaced")]).toEqual([null, expect.anything()]);
  passes(10_000);
  expect(screen.queryByText("Replaced")).toBeNull();
});

test("whoever showed it can take it away, and nothing else with it", () => {
  let withdraw = () => {};
  act(() => void (withdraw = toasts.notify("Replaced", { stay: "until_dismissed" })));
  act(() => void toasts.notify("Told", { stay: "until_dismissed" }));
  act(withdraw);
  act(withdraw);
  expect([screen.queryByText("Replaced"), screen.queryByText("Told")]).toEqual([null, expect.anything()]);
});
