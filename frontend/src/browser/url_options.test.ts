import { expect, test } from "vitest";
import { parseUrlOptions, searchWithoutPassword } from "./url_options";

const NOTHING = { embed: false, theme: null, lang: null, language: null, name: null };

test.each([
  ["", {}],
  ["?embed=1", { embed: true }],
  ["?embed", { embed: true }],
  ["?embed=0", {}],
  ["?theme=dark&lang=de&language=python&name=Zo%C3%AB", { theme: "dark", lang: "de", language: "python", name: "Zoë" }],
  ["?theme=purple&language=&name=", {}],
])("%j asks for %j", (search, asked) => expect(parseUrlOptions(search)).toEqual({ ...NOTHING, ...asked }));

test.each([
  ["", ""],
  ["?embed=1", "?embed=1"],
  ["?otp=secret", ""],
  ["?otp=secret&embed=1", "?embed=1"],
])("%j stays as %j", (search, kept) => expect(searchWithoutPassword(search)).toBe(kept));
