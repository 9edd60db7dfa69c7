// @vitest-environment happy-dom
/** What a new link is to be, and how long it works. */

import { cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { PadRights } from "../../sharing";
import { links as words } from "../../strings/links_en";
import { endOf, LinkForm } from "./link_form";

const made = { id: "abcdefghijkl", role: "view", name: "", created_at: 0, expires_at: null, last_used_at: null, token: "t" } as const;
const makeLink = vi.fn(async () => made);
const done = vi.fn();

beforeEach(() => {
  vi.clearAllMocks();
  render(<LinkForm rights={{ makeLink } as unknown as PadRights} words={words} made={done} failed={done} close={() => {}} />);
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const submit = () => fireEvent.submit(document.querySelector("form")!);

test("without a word it is one for reading that works until it is withdrawn, and shows no history", async () => {
  submit();
  await vi.waitFor(() => expect(done).toHaveBeenCalledExactlyOnceWith(made));
  expect(makeLink).toHaveBeenCalledExactlyOnceWith({ role: "view", name: "", expires_at: null, history: false, comments: false });
});

test("who may write sees the history anyway; a name is trimmed, and pressing twice makes one link", async () => {
  fireEvent.click(screen.getByLabelText(words.roles.edit));
  expect(screen.queryByRole("switch")).toBeNull();
  fireEvent.input(screen.getByLabelText(words.name), { target: { value: " Board " } });
  submit();
  submit();
  await vi.waitFor(() => expect(done).toHaveBeenCalledOnce());
  expect(makeLink).toHaveBeenCalledExactlyOnceWith({ role: "edit", name: "Board", expires_at: null, history: true, comments: true });
});

test("hours count from now, and a day ends where the reader is", () => {
  vi.useFakeTimers({ now: new Date("2026-03-01T10:00:00") });
  expect(endOf("never", "")).toBeNull();
  expect(endOf("24", "")).toBe(new Date("2026-03-02T10:00:00").getTime() / 1000);
  expect(endOf("day", "2026-03-05")).toBe(new Date("2026-03-05T23:59:59").getTime() / 1000);
});
