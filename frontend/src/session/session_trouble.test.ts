// @vitest-environment happy-dom
import { effect } from "@preact/signals";
import { describe, expect, test, vi } from "vitest";
import { FakeSocket } from "../testing/fake_socket";
import { ME, WELCOME, close, editor, frame, hear, join, open, playSessions, sent, session, type } from "../testing/played_session";

playSessions();

describe("trouble", () => {
  test("only a wrong password asks for a password", () => {
    open();
    close(1006);
    expect(session.link.value).toMatchObject({ kind: "waiting", reason: "unreachable" });
    session.retryConnection();
    open();
    close(4401);
    expect(session.link.value).toMatchObject({ kind: "stopped", reason: "password" });
    session.usePassword("right");
    open();
    expect(sent("Hello")).toEqual([expect.objectContaining({ otp: "right" })]);
  });

  test("a lost acknowledgement doubles nothing", () => {
    join("");
    type(0, 0, "hello");
    close(1006);
    type(5, 5, "!");
    expect(session.unsaved.value).toBe(2);
    session.retryConnection();
    open();
    expect(sent("Hello")).toEqual([expect.objectContaining({ epoch: "e", revision: 0 })]);
    hear({ Welcome: { ...WELCOME, resumed: true, committed: 1, revision: 1 } });
    hear({ History: { start: 0, operations: [{ id: ME, operation: ["hello"] }] } });
    frame();
    expect(sent("Edit")).toEqual([{ revision: 1, operation: [5, "!"] }]);
    expect(editor.text).toBe("hello!");
  });

  test("regression: a connection that ends before it began says nothing of an edit sent before", () => {
    join("");
    type(0, 0, "hello");
    close(1006);
    session.retryConnection();
    open();
    close(4400);
    expect(session.refusal.value).toBeNull();
    expect(session.unsaved.value).toBe(1);
  });

  test("a contradiction asks for a fresh copy and keeps what was typed", () => {
    join("ab");
    type(2, 2, "mine");
    hear({ History: { start: 7, operations: [{ id: 1, operation: [9, "x"] }] } });
    frame();
    expect(session.link.value).toMatchObject({ kind: "waiting", reason: "out_of_step" });
    session.retryConnection();
    open();
    expect(sent("Hello")).toEqual([expect.objectContaining({ epoch: null, revision: 0 })]);
    hear({ Welcome: { ...WELCOME, revision: 8 } });
    hear({ Snapshot: { revision: 8, text: "Xab" } });
    frame();
    expect(editor.text).toBe("Xabmine");
    expect(sent("Edit")).toEqual([{ revision: 8, operation: [3, "mine"] }]);
  });

  test("a message that is no message does too", () => {
    join("ab");
    FakeSocket.last.says("nonsense");
    expect(session.link.value).toMatchObject({ kind: "waiting", reason: "out_of_step" });
  });

  test("an edit that no message can hold goes in several, each after the echo of the one before", () => {
    join("");
    type(0, 0, '"'.repeat(300));
    for (let revision = 0; session.unsaved.value > 0; revision++) {
      const edits = sent("Edit") as { revision: number; operation: (string | number)[] }[];
      expect(edits).toHaveLength(revision + 1);
      expect(JSON.stringify({ Edit: edits[revision] }).length).toBeLessThanOrEqual(200);
      expect(edits[revision]!.revision).toBe(revision);
      expect(session.refusal.value).toBeNull();
      hear({ History: { start: revision, operations: [{ id: ME, operation: edits[revision]!.operation }] } });
    }
    expect(sent("Edit").length).toBeGreaterThan(5);
    expect(editor.text).toBe('"'.repeat(300));
  });

  test("an edit that the document cannot hold is refused before a part of it is sent", () => {
    join("");
    type(0, 0, "x".repeat(1001));
    expect(sent("Edit")).toEqual([]);
    expect(session.refusal.value).toMatchObject({ code: "document_too_large", limit: 1000 });
    session.undoRefused();
    expect(editor.text).toBe("");
    expect(session.unsaved.value).toBe(0);
  });

  test("too fast means later, by itself", async () => {
    join("");
    type(0, 0, "x");
    hear({ Rejected: { revision: 0, code: "rate_limited", message: "slow down", limit: 200 } });
    expect(session.refusal.value?.code).toBe("rate_limited");
    await vi.advanceTimersByTimeAsync(5000);
    expect(sent("Edit")).toHaveLength(2);
    expect(session.refusal.value?.code).toBe("rate_limited"); // until it is known to have worked
    hear({ History: { start: 0, operations: [{ id: ME, operation: ["x"] }] } });
    expect(session.refusal.value).toBeNull();
  });

  test("regression: a database that is away for long is one refusal, not one each time it is tried", async () => {
    join("");
    type(0, 0, "x");
    const seen: (string | undefined)[] = [];
    const end = effect(() => void seen.push(session.refusal.value?.code));
    for (let tries = 1; tries <= 4; tries++) {
      expect(sent("Edit")).toHaveLength(tries);
      hear({ Rejected: { revision: 0, code: "storage_unavailable", message: "", limit: null } });
      await vi.advanceTimersByTimeAsync(1500);
    }
    expect(new Set(seen.slice(1))).toEqual(new Set(["storage_unavailable"]));
    end();
  });

  test("regression: an edit that was too large for the document is sent when it has been shortened", () => {
    join("");
    type(0, 0, "x".repeat(1001));
    type(0, 951, "");
    expect(session.refusal.value).toBeNull();
    expect(sent("Edit")).toEqual([{ revision: 0, operation: ["x".repeat(50)] }]);
  });

  test("an older text of the server does not take mine away", () => {
    join("precious");
    hear({ History: { start: 0, operations: [{ id: 1, operation: [8, "!"] }] } });
    frame();
    close(4410);
    session.retryConnection();
    open();
    hear({ Welcome: { ...WELCOME, epoch: "f" } });
    hear({ Snapshot: { revision: 0, text: "" } });
    expect(editor.text).toBe("");
    expect(session.unmerged.all.value).toEqual([{ text: "precious!", why: "set_back" }]);
    expect(session.unsaved.value).toBe(0);
    expect(session.holdsOnlyCopy.value).toBe(true); // so leaving is warned about
    session.unmerged.drop("precious!");
    expect(session.holdsOnlyCopy.value).toBe(false);
  });

  test("the server's storage is told of", () => {
    join("");
    hear({ Storage: { writable: false } });
    expect(session.isStorageWritable.value).toBe(false);
    hear({ Storage: { writable: true } });
    expect(session.isStorageWritable.value).toBe(true);
  });
});
