// @vitest-environment happy-dom
import { cleanup, render, screen } from "@testing-library/preact";
import { afterEach, expect, test, vi } from "vitest";
import { setLogLevel } from "../../browser";
import { en as t } from "../../strings/en";
import { lazy } from "./lazy";

afterEach(cleanup);

const Greeting = ({ name }: { name: string }) => <p>Hello {name}</p>;

test("a component comes when it is shown, and at once when it was prepared", async () => {
  const load = vi.fn(async () => Greeting);
  const Lazy = lazy("greeting", load);
  const { container } = render(<Lazy name="Ann" />);
  expect(container.textContent).toBe("");
  await screen.findByText("Hello Ann");
  cleanup();
  render(<Lazy name="Ben" />);
  screen.getByText("Hello Ben");
  await Lazy.prepare();
  expect(load).toHaveBeenCalledOnce();
});

test("where it could not be loaded the page says so, and tries again the next time", async () => {
  setLogLevel("none");
  const load = vi.fn(async () => Greeting).mockRejectedValueOnce(new Error("gone"));
  const Lazy = lazy("greeting", load);
  render(<Lazy name="Ann" />);
  await screen.findByText(t.notice.chunkMissing);
  cleanup();
  render(<Lazy name="Ben" />);
  await screen.findByText("Hello Ben");
  expect(screen.queryByText(t.notice.chunkMissing)).toBeNull();
});

test("where nobody asked for it, nothing stands in its place", async () => {
  setLogLevel("none");
  const Lazy = lazy("greeting", async () => Promise.reject(new Error("gone")), "nothing");
  const { container } = render(<Lazy />);
  await Lazy.prepare();
  expect(container.textContent).toBe("");
});
