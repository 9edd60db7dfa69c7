import { expect, test } from "vitest";
import { CaretLabels } from "./caret_labels";

const ANN = 1;

test("a name is shown for a moment when its caret comes or goes to another line", () => {
  let shown = new CaretLabels();
  expect(shown.untilMs(ANN)).toBe(0);
  shown = shown.after([[ANN, 1]], 1_000);
  expect(shown.untilMs(ANN)).toBe(3_000);
  shown = shown.after([[ANN, 2]], 5_000);
  expect(shown.untilMs(ANN)).toBe(7_000);
});

test("typing on in a line does not keep it there", () => {
  let shown = new CaretLabels();
  for (let ms = 0; ms <= 20_000; ms += 200) shown = shown.after([[ANN, 7]], ms);
  expect(shown.untilMs(ANN)).toBe(2_000);
});

test("after a rest it is shown again; somebody who is gone is forgotten", () => {
  let shown = new CaretLabels().after([[ANN, 7]], 0).after([[ANN, 7]], 30_000);
  expect(shown.untilMs(ANN)).toBe(32_000);
  shown = shown.after([[ANN, null]], 31_000);
  expect(shown.untilMs(ANN)).toBe(0);
});
