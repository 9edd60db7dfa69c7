// @vitest-environment happy-dom
/** Whoever was in a protected pad with this browser gets in again without being asked. */

import { beforeEach, expect, test, vi } from "vitest";
import { forgetPad, rememberPad, rememberedPassword, setLogLevel } from "../browser";
import { initKernel } from "../kernel";
import { FakeSocket } from "../testing/fake_socket";
import { kernelBytes } from "../testing/kernel_bytes";
import { Session, tryRememberedPassword } from ".";

let session: Session;

/** Opens the pad as the page does; `otp` is the password in its address. */
function open(otp: string | null): void {
  const password = otp ?? rememberedPassword("pad");
  session = new Session("pad", password, "http://host/");
  tryRememberedPassword(session, otp === null && password !== null);
  session.open();
  FakeSocket.last.opens();
}

/** The server refuses the password; resolves to those that were tried. */
async function refuse(): Promise<unknown[]> {
  FakeSocket.last.ends(4401);
  await Promise.resolve();
  if (session.link.value.kind === "connecting") FakeSocket.last.opens();
  return FakeSocket.all.flatMap((socket) => socket.sentAs("Hello") as { otp: unknown }[]).map((hello) => hello.otp);
}

const isAsked = () => session.link.value.kind === "stopped";

beforeEach(() => {
  setLogLevel("none");
  initKernel(kernelBytes());
  vi.stubGlobal("WebSocket", FakeSocket);
  FakeSocket.all = [];
  localStorage.clear();
  rememberPad({ id: "pad", title: "Pad", otp: "kept" });
});

test("regression: an address without the password opens with the remembered one", () => {
  open(null);
  expect(FakeSocket.last.sentAs("Hello")).toMatchObject([{ otp: "kept" }]);
});

test("an address with an old password falls back on it, once", async () => {
  open("old");
  expect(await refuse()).toEqual(["old", "kept"]);
  expect(isAsked()).toBe(false);
  expect(await refuse()).toEqual(["old", "kept"]);
  expect(isAsked()).toBe(true);
});

test("one that is not accepted any more is asked for, and nobody is told that he was wrong", async () => {
  open(null);
  expect(await refuse()).toEqual(["kept"]);
  expect(isAsked()).toBe(true);
  expect(session.otp.value).toBeNull();
  session.usePassword("typed");
  FakeSocket.last.opens();
  expect(await refuse()).toEqual(["kept", "typed"]);
  expect(session.otp.value).toBe("typed");
});

test("one that another tab has learned meanwhile is tried", async () => {
  open(null);
  rememberPad({ id: "pad", title: "Pad", otp: "newer" });
  expect(await refuse()).toEqual(["kept", "newer"]);
  expect(isAsked()).toBe(false);
});

test("a forgotten pad has no password", async () => {
  forgetPad("pad");
  open(null);
  expect(await refuse()).toEqual([null]);
  expect(isAsked()).toBe(true);
});
