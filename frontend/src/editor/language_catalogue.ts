/**
 * The catalogue of the languages a pad can be in. Their ids travel between
 * clients, so they are the ones that Rustpad and Kolabpad use where those have
 * the language; each is loaded when a pad needs it. The catalogue is a chunk of
 * its own (languages.ts), since nobody needs it to type.
 */

import { LanguageDescription, LanguageSupport } from "@codemirror/language";
import { languages as stock } from "@codemirror/language-data";
import { type Language, PLAIN_TEXT } from "./language";
import { withEndableSteps } from "./step_end";

/** The ids that are not the name in lower case. */
const IDS: Record<string, string> = {
  "C++": "cpp",
  "C#": "csharp",
  "F#": "fsharp",
  "Objective-C": "objective-c",
  "Objective-C++": "objective-cpp",
  "Properties files": "ini",
  "VB.NET": "vb",
  PostgreSQL: "pgsql",
  ProtoBuf: "proto",
  "Closure Stylesheets (GSS)": "gss",
  Xù: "xu",
};

/** Languages of theirs that CodeMirror has under another name, or that look
 * enough like another one. The pad keeps the id that was chosen for it. */
const STAND_INS: Record<string, string> = {
  razor: "html",
  handlebars: "html",
  freemarker2: "html",
  twig: "jinja",
  mips: "gas",
  redshift: "sql",
  msdax: "sql",
  cameligo: "ocaml",
  pascaligo: "pascal",
  flow9: "javascript",
  apex: "java",
  qsharp: "csharp",
  azcli: "shell",
  elixir: "ruby",
  m3: "pascal",
  mdx: "markdown",
  postiats: "sml",
  sb: "vb",
  sol: "javascript",
  st: "pascal",
  typespec: "typescript",
  wgsl: "rust",
};

/** The usual extensions, where CodeMirror lists another one first. */
const EXTENSIONS: Record<string, string> = { python: "py", latex: "tex", dockerfile: "dockerfile", sql: "sql" };

/** What files end with in languages that have no colours here and are known to others, as ids of theirs. */
const FOREIGN: Record<string, readonly string[]> = {
  bat: ["bat", "cmd"],
  graphql: ["graphql", "gql"],
  hcl: ["hcl", "tf"],
  restructuredtext: ["rst"],
};

const markdown = LanguageDescription.of({
  name: "Markdown",
  extensions: ["md", "markdown", "mkd"],
  load: async () => (await import("./markdown_language")).markdownWith(codeLanguage),
});

const descriptions = stock.map((it) => (it.name === markdown.name ? markdown : endableOnceLoaded(it)));

/** The same language, whose parser no text holds up once it is loaded: in a pad of its own or in a block of Markdown. */
function endableOnceLoaded(it: LanguageDescription): LanguageDescription {
  const { name, alias, extensions, filename } = it;
  return LanguageDescription.of({ name, alias, extensions, filename, load: () => it.load().then(withEndableSteps) });
}

const byId = new Map(descriptions.map((d) => [IDS[d.name] ?? safeId(d.name), d]));

/** All that can be chosen, by their labels. */
export const languages: readonly Language[] = [...byId]
  .map(([id, { name, alias, extensions }]) => ({ id, label: name, words: [id, ...alias, ...extensions] }))
  .sort((a, b) => a.label.localeCompare(b.label));

/** The canonical id, or plain text for a language this page does not know. */
export function knownLanguage(id: string | null): string {
  return canonical(id) ?? PLAIN_TEXT;
}

/** The name that people have for it; null for plain text. A language that this page
 * has no colours for may be known to others, and goes by its id. */
export function languageName(id: string | null): string | null {
  return byId.get(canonical(id) ?? "")?.name ?? (isForeign(id) ? id : null);
}

/** True for a language that was chosen somewhere else and has no colours here. */
export function isForeign(id: string | null): id is string {
  return id !== null && id !== PLAIN_TEXT && canonical(id) === null;
}

function canonical(id: string | null): string | null {
  if (id === null || byId.has(id)) return id;
  const found = describe(id);
  for (const [known, description] of byId) if (description === found) return known;
  return null;
}

/** The language of a file of that name; null when its name does not tell. */
export function languageOfFile(name: string): string | null {
  const match = (name: string) => LanguageDescription.matchFilename(descriptions, name);
  const found = match(name) ?? match(name.toLowerCase());
  for (const [id, description] of byId) if (description === found) return id;
  const end = /\.(\w+)$/.exec(name)?.[1]!.toLowerCase() ?? "";
  return Object.keys(FOREIGN).find((id) => FOREIGN[id]!.includes(end)) ?? null;
}

/** The extension of files in that language, without the dot; null for plain text and what is not known. */
export function extensionOf(id: string | null): string | null {
  const known = knownLanguage(id);
  return EXTENSIONS[known] ?? byId.get(known)?.extensions[0] ?? FOREIGN[id ?? ""]?.[0] ?? null;
}

/** Loads a language, within bounds that no text can make it go beyond; null: it is plain text.
 * Rejects when its code cannot be loaded. */
export async function loadLanguage(id: string): Promise<LanguageSupport | null> {
  const description = describe(id);
  if (!description) return null;
  const [support, { bounded }] = await Promise.all([description.load(), import("./bounded_language")]);
  return bounded(support);
}

/** The language of a code block, by the words behind its opening fence: a name,
 * or what files in that language end with. */
export function codeLanguage(words: string): LanguageDescription | null {
  const word = /[^\s{}.,:=]+/.exec(words)?.[0].toLowerCase();
  if (!word) return null;
  return describe(word) ?? descriptions.find(({ extensions }) => extensions.includes(word)) ?? null;
}

function describe(id: string): LanguageDescription | null {
  const stand = STAND_INS[id];
  return byId.get(stand ?? id) ?? LanguageDescription.matchLanguageName(descriptions, id, false);
}

/** The name with only those characters that the wire allows in a language. */
function safeId(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9+#._ -]/g, "-");
}
