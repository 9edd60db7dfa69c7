// @vitest-environment happy-dom
/** A text goes into a new pad, and nobody goes there before the server has it. */

import { beforeAll, beforeEach, expect, test, vi } from "vitest";
import { keyring, setLogLevel } from "../browser";
import { initKernel } from "../kernel";
import { FakeSocket } from "../testing/fake_socket";
import { kernelBytes } from "../testing/kernel_bytes";
import { newPadOf } from "./new_pad";

const WELCOME = {
  user_id: 1, epoch: "e", revision: 0, resumed: false, committed: 0, access: "edit", language: null,
  otp: null, limits: { document_bytes: 100, message_bytes: 2000 }, created_at: 0, expires_at: null, server: "s",
};
const hear = (message: unknown) => FakeSocket.last.says(JSON.stringify(message));

function join(): void {
  FakeSocket.last.opens();
  hear({ Welcome: WELCOME });
  hear({ Snapshot: { revision: 0, text: "" } });
}

beforeAll(() => {
  setLogLevel("none");
  return initKernel(kernelBytes());
});

beforeEach(() => {
  localStorage.clear();
  FakeSocket.all = [];
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.useRealTimers();
});

test("the text and its language are there, and so is the owner's token, before anybody goes there", async () => {
  let id: string | null = null;
  const made = newPadOf("a text\r\n", "python", "https://host/").then((it) => (id = it));
  join();
  await vi.waitFor(() => expect(FakeSocket.last.sentAs("Edit")).toEqual([{ revision: 0, operation: ["a text\n"] }]));
  expect(FakeSocket.last.sentAs("SetLanguage")).toEqual(["python"]);
  expect(id).toBeNull();
  hear({ History: { start: 0, operations: [{ id: 1, operation: ["a text\n"] }] } });
  hear({ Owner: { token: "owner" } });
  await made;
  expect(FakeSocket.last.url).toBe(`wss://host/api/socket/${id}`);
  expect(keyring.ownerOf(id!)).toBe("owner");
  expect(FakeSocket.last.isClosed).toBe(true);
});

test("a server that gives no token is not waited for for ever", async () => {
  const made = newPadOf("text", null, "https://host/");
  join();
  await vi.waitFor(() => expect(FakeSocket.last.sentAs("Edit")).toHaveLength(1));
  hear({ History: { start: 0, operations: [{ id: 1, operation: ["text"] }] } });
  expect(await made).toMatch(/^[\w-]{16}$/);
});

test("a text that the server does not take makes no pad", async () => {
  const made = newPadOf("x".repeat(101), null, "https://host/");
  join();
  await vi.waitFor(() => expect(FakeSocket.last.sentAs("Edit")).toHaveLength(1));
  hear({ Rejected: { revision: 0, code: "document_too_large", message: "", limit: 100 } });
  await expect(made).rejects.toThrow("refused");
});

test("nor does a server that ends the connection for good", async () => {
  const made = newPadOf("text", null, "https://host/");
  FakeSocket.last.ends(4403);
  await expect(made).rejects.toThrow("refused");
});
