import { beforeEach, describe, expect, test } from "vitest";
import { ME, OTHER, hear, opened, show, sync, tellSyncStories, text, type, welcome } from "../testing/sync_story";

tellSyncStories();

test("regression: a refused edit is sent by itself when others have made room for it", () => {
  opened("abc");
  type(3, 3, " far too long");
  sync.takeEdit();
  sync.rejected({ code: "document_too_large", message: "", limit: 15 });
  expect(sync.takeEdit()).toBeNull();
  hear(10, [OTHER, [-3]]);
  expect(sync.takeEdit()).toEqual({ revision: 11, operation: [" far too long"] });
  expect(sync.refusal).toBeNull();
});

describe("a refused edit", () => {
  const TOO_LARGE = { code: "document_too_large", message: "too large", limit: 8 };

  beforeEach(() => {
    opened("abc");
    type(3, 3, " far too long");
    sync.takeEdit();
    type(0, 0, ">");
  });

  test("is kept, and nothing is sent behind it", () => {
    sync.rejected(TOO_LARGE);
    expect(sync.refusal).toEqual(TOO_LARGE);
    expect(sync.unsaved).toBe(2);
    expect(sync.takeEdit()).toBeNull();
    hear(10, [OTHER, ["X", 3]]);
    expect(text).toBe(">Xabc far too long");
  });

  test("is sent when the text has been shortened", () => {
    sync.rejected(TOO_LARGE);
    type(4, 17, "");
    expect(sync.takeEdit()).toEqual({ revision: 10, operation: [">", 3] });
    expect(sync.refusal).toBeNull();
  });

  test("is not sent again as it stands, whatever the server's reason", () => {
    sync.rejected({ ...TOO_LARGE, limit: 100 }); // with what was typed after it, it may fit
    expect(sync.takeEdit()).not.toBeNull();
    sync.rejected({ ...TOO_LARGE, limit: 100 });
    expect(sync.takeEdit()).toBeNull();
    expect(sync.refusal).not.toBeNull();
  });

  test("is undone without what was typed after it", () => {
    sync.rejected(TOO_LARGE);
    hear(10, [OTHER, [3, "d"]]);
    sync.undoRefused();
    show();
    expect(text).toBe(">abcd");
    expect(sync.takeEdit()).toEqual({ revision: 11, operation: [">", 4] });
  });

  test("that is undone by hand is over, whatever the reason was", () => {
    sync.rejected({ code: "forbidden", message: "", limit: null });
    type(4, 17, "");
    type(0, 1, "");
    expect(sync.takeEdit()).toBeNull();
    expect(sync.refusal).toBeNull();
    expect(sync.unsaved).toBe(0);
  });

  describe("that is tried again on request", () => {
    const BUSY = { code: "storage_unavailable", message: "", limit: null };

    beforeEach(() => {
      sync.rejected(BUSY);
      sync.retry();
      expect(sync.takeEdit()).toEqual({ revision: 10, operation: [">", 3, " far too long"] });
    });

    test("regression: counts as refused until the server has it", () => {
      expect(sync.refusal).toEqual(BUSY);
      hear(10, [ME, [">", 3, " far too long"]]);
      expect(sync.refusal).toBeNull();
    });

    test("may be refused for another reason", () => {
      sync.rejected(TOO_LARGE);
      expect(sync.refusal).toEqual(TOO_LARGE);
    });

    test("and is undone by hand before it is sent is over", () => {
      sync.rejected(BUSY);
      type(4, 17, "");
      type(0, 1, "");
      sync.retry();
      expect(sync.takeEdit()).toBeNull();
      expect(sync.refusal).toBeNull();
    });
  });

  test("regression: a connection that ended over it may have delivered it all the same", () => {
    sync.rejected({ code: "bad_message", message: "", limit: null });
    sync.disconnected();
    welcome(true, 11);
    hear(10, [ME, [3, " far too long"]]);
    expect(sync.refusal).toBeNull();
    expect(sync.takeEdit()).toEqual({ revision: 11, operation: [">", 16] });
  });

  test("outlives a reconnect", () => {
    sync.rejected(TOO_LARGE);
    sync.disconnected();
    welcome(true, 0);
    hear(10);
    expect(sync.takeEdit()).toBeNull();
    expect(sync.unsaved).toBe(2);
  });
});
