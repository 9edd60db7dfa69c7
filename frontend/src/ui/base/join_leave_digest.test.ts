import { expect, test } from "vitest";
import { JoinLeaveDigest } from "./join_leave_digest";

test("who joined and left, once; a connection lost for a moment is not told", () => {
  const digest = new JoinLeaveDigest();
  digest.add("joined", "Ann");
  digest.add("left", "Ben");
  digest.add("joined", "Ben");
  digest.add("left", "Cy");
  expect(digest.take()).toEqual({ joined: ["Ann"], left: ["Cy"] });
  expect(digest.take()).toEqual({ joined: [], left: [] });
  digest.add("left", "Ann");
  expect(digest.take()).toEqual({ joined: [], left: ["Ann"] });
});
