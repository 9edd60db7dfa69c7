import { expect, test } from "vitest";
import { cleanName, Identity, isMadeUp } from "./identity";

// The same as of pad_clean_name() in tests/unit/pad_test.c.
test.each([
  ["Ada", "Ada"],
  ["  Ada  Lovelace\t\n", "Ada  Lovelace"],
  ["\x01\x7f", ""],
  ["", ""],
  ["\u00a0\u3000 Zoë 👩\u200d💻 \u2003", "Zoë 👩\u200d💻"],
  ["\u202etxt.exe\u2028!\u0085", "txt.exe!"],
  ["0123456789".repeat(7), "0123456789".repeat(6) + "0123"],
  [`ä ${"345678901234567890123456789012345678901234567890123456789012"}  ende`, "ä 345678901234567890123456789012345678901234567890123456789012"],
  ["\u2800", ""],
  ["\u3164\u115f\u1160\uffa0\u200b \u00ad\ufe0f\u{e0020}", ""],
  ["\u2800Ada\u3164\u200d \u2800", "Ada"],
  ["a\u3164b", "a\u3164b"],
  ["\u200dAda ❤\ufe0f \ufe0f", "Ada ❤\ufe0f"],
  ["🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}", "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}"],
])("the name %j is %j", (raw, clean) => {
  expect(cleanName(raw)).toBe(clean);
});

test("every character that shows nothing is an empty name by itself", () => {
  for (let point = 0; point <= 0x10ffff; point++) {
    const character = String.fromCodePoint(point);
    const isEmpty = /^[\s\u2800\p{Cc}\p{DI}\p{Z}]$/u.test(character);
    if (isEmpty !== (cleanName(character) === "")) expect(isEmpty, point.toString(16)).toBe(cleanName(character) === "");
  }
});

test("a name that was made up is told from one that was chosen", () => {
  const environment = { askedName: null, storage: { read: () => null, write: () => {} } };
  for (let i = 0; i < 20; i++) {
    const identity = new Identity({ ...environment, random: () => i / 20 });
    expect(isMadeUp(identity.shown.value.name)).toBe(true);
  }
  for (const name of ["", "Quiet", "Quiet Ann", "Ann Crane", "Quiet Crane Jr", "quiet crane", "李"]) expect(isMadeUp(name)).toBe(false);
});
