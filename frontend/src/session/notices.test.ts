import { expect, test } from "vitest";
import { Notices } from "./notices";
import type { Notice } from "./types";

const joined = (who: string): Notice => ({ kind: "joined", who });

test("what is told before anybody listens reaches the first who does, in order, and only that one", () => {
  const notices = new Notices();
  notices.tell({ kind: "recoloured" });
  notices.tell(joined("Ann"));
  const [first, second]: Notice[][] = [[], []];
  const end = notices.listen((notice) => first!.push(notice));
  notices.listen((notice) => second!.push(notice));
  end();
  notices.tell(joined("Ben"));
  expect(first).toEqual([{ kind: "recoloured" }, joined("Ann")]);
  expect(second).toEqual([joined("Ben")]);
});

test("a listener that never comes costs little", () => {
  const notices = new Notices();
  for (let n = 0; n < 1000; n++) notices.tell(joined(`${n}`));
  const heard: Notice[] = [];
  notices.listen((notice) => heard.push(notice));
  expect(heard.length).toBeLessThan(100);
  expect(heard.at(-1)).toEqual(joined("999"));
});
