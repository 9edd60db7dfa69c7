import { expect, test } from "vitest";
import { Comings } from "./comings";

test("who came and went, once; a connection lost for a moment is no news", () => {
  const comings = new Comings();
  comings.add("joined", "Ann");
  comings.add("left", "Ben");
  comings.add("joined", "Ben");
  comings.add("left", "Cy");
  expect(comings.take()).toEqual({ joined: ["Ann"], left: ["Cy"] });
  expect(comings.take()).toEqual({ joined: [], left: [] });
  comings.add("left", "Ann");
  expect(comings.take()).toEqual({ joined: [], left: ["Ann"] });
});
