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

test("while the pointer or the keyboard is at one, none goes, and afterwards each is there for its whole time", () => {
  act(() => void toasts.notify("Told"));
  act(() => void toasts.notify("Replaced", { action: { label: "Undo", run: () => {} } }));
  act(() => screen.getByText("Undo").focus());
  passes(60_000);
  expect([screen.queryByText("Told"), screen.queryByText("Replaced")]).toEqual([expect.anything(), expect.anything()]);
  act(() => screen.getByText("Undo").blur());
  passes(5_900);
  expect(screen.queryByText("Told")).not.toBeNull();
  passes(200);
  expect(screen.queryByText("Told")).toBeNull();
  passes(8_800);
  expect(screen.queryByText("Replaced")).not.toBeNull();
  passes(200);
  expect(screen.queryByText("Replaced")).toBeNull();
});

test("the keyboard goes on at the next, or where it was, when the one goes that it is at", () => {
  const field = document.body.appendChild(document.createElement("input"));
  field.focus();
  let withdraw = () => {};
  act(() => void toasts.notify("Told"));
  act(() => void (withdraw = toasts.notify("Replaced", { action: { label: "Undo", run: () => {} } })));
  act(() => screen.getByText("Undo").focus());
  fireEvent.focusIn(screen.getByText("Undo"), { relatedTarget: field }); // happy-dom does not say where it came from
  act(withdraw);
  expect(document.activeElement?.closest(".toast")?.textContent).toBe("Told");
  act(() => (document.activeElement as HTMLElement).click());
  expect(document.activeElement).toBe(field);
  field.remove();
});

test("whoever showed it can take it away, and nothing else with it", () => {
  let withdraw = () => {};
  act(() => void (withdraw = toasts.notify("Replaced", { stay: "until_dismissed" })));
  act(() => void toasts.notify("Told", { stay: "until_dismissed" }));
  act(withdraw);
  act(withdraw);
  expect([screen.queryByText("Replaced"), screen.queryByText("Told")]).toEqual([null, expect.anything()]);
});
