// @vitest-environment happy-dom
/** The pad is passed on as a link, a code or a frame, with what the password means for it. */

import { cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ProtectionError } from "../../session";
import { share as words } from "../../strings/share_en";
import type { Pad } from "../pad/pad";
import { ShareDialog } from "./share_dialog";

const acceptedOtp = signal<string | null>(null);
const session = {
  acceptedOtp,
  isReadOnly: signal(false),
  padId: "notes",
  access: { isReader: signal(false), role: signal("edit"), rights: signal({ owner: false, manage: "editors", write: "editors" }), owner: signal(null) },
  link: signal({ kind: "up" }),
  shareLink: () => `https://host/pad/#notes${acceptedOtp.value === null ? "" : `&otp=${acceptedOtp.value}`}`,
  protect: vi.fn(async () => void (acceptedOtp.value = "abc")),
  unprotect: vi.fn(async () => void (acceptedOtp.value = null)),
};
const notify = vi.fn();
const pad = { session, notify } as unknown as Pad;

beforeEach(() => {
  vi.clearAllMocks();
  acceptedOtp.value = null;
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const show = () => void render(<ShareDialog pad={pad} words={words} onClose={() => {}} />);
const link = () => screen.getByLabelText<HTMLInputElement>(words.link).value;

test("the link carries the password as soon as there is one, and says so", async () => {
  show();
  expect(link()).toBe("https://host/pad/#notes");
  screen.getByText(words.hint);
  fireEvent.click(screen.getByRole("switch"));
  await screen.findByText(words.hintProtected);
  expect(link()).toBe("https://host/pad/#notes&otp=abc");
  fireEvent.click(screen.getByRole("switch"));
  await screen.findByText(words.hint);
  expect(screen.queryByLabelText(words.password.password)).toBeNull();
});

test("the password is hidden until it is wanted, and can be a new one", async () => {
  acceptedOtp.value = "old";
  session.protect.mockImplementationOnce(async () => void (acceptedOtp.value = "new"));
  show();
  const field = screen.getByLabelText<HTMLInputElement>(words.password.password);
  expect([field.type, field.value]).toEqual(["password", "old"]);
  fireEvent.click(screen.getByText(words.password.show));
  expect(field.type).toBe("text");
  fireEvent.click(screen.getByText(words.password.renew));
  await vi.waitFor(() => expect(field.value).toBe("new"));
  expect(notify).toHaveBeenCalledExactlyOnceWith(words.password.renewed);
});

test("a refusal is told, and the old password stays in force", async () => {
  acceptedOtp.value = "old";
  session.protect.mockRejectedValueOnce(new ProtectionError("rate_limited"));
  show();
  fireEvent.click(screen.getByText(words.password.renew));
  await vi.waitFor(() => expect(notify).toHaveBeenCalledOnce());
  expect(notify.mock.calls[0]![0]).toContain(words.password.codes.rate_limited);
  expect(link()).toBe("https://host/pad/#notes&otp=old");
});

test("the arrow keys go from one way to the next, and round", () => {
  show();
  const tab = () => screen.getByRole("tab", { selected: true });
  expect(tab().textContent).toBe(words.ways.link);
  fireEvent.keyDown(tab(), { key: "ArrowRight" });
  expect(tab().textContent).toBe(words.ways.code);
  fireEvent.keyDown(tab(), { key: "ArrowLeft" });
  fireEvent.keyDown(tab(), { key: "ArrowLeft" });
  expect(tab().textContent).toBe(words.ways.embed);
  expect(screen.getAllByRole("tab").map(({ tabIndex }) => tabIndex)).toEqual([-1, -1, 0]);
});

test("the code for another page shows the pad in a frame, whatever is in its address", () => {
  acceptedOtp.value = `x"y&z`;
  show();
  fireEvent.click(screen.getByRole("tab", { name: words.ways.embed }));
  const code = screen.getByLabelText<HTMLTextAreaElement>(words.embedCode).value;
  const page = document.createElement("div");
  page.innerHTML = code;
  const frame = page.querySelector("iframe")!;
  expect(new URL(frame.getAttribute("src")!).searchParams.get("embed")).toBe("1");
  expect(page.children).toHaveLength(1);
});

test("on a phone the system's list of apps is offered, and closing it is no failure", async () => {
  const share = vi.fn(async () => Promise.reject(new DOMException("closed", "AbortError")));
  vi.stubGlobal("navigator", { ...navigator, share });
  show();
  fireEvent.click(screen.getByText(words.withApp));
  expect(share).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ url: "https://host/pad/#notes" }));
});
