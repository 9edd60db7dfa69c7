/**
 * What a text consists of, for people who look for a place in it: the headings of a Markdown text, the functions and types
 * of code, by its syntax tree. A chunk of its own.
 *
 * It is made in slices of time with rests between them, so that nobody who types waits for it.
 */

import { ensureSyntaxTree, forceParsing, language, syntaxTree } from "@codemirror/language";
import type { Text } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import type { SyntaxNode, SyntaxNodeRef, Tree } from "@lezer/common";

export interface OutlineEntry {
  readonly kind: "heading" | "function" | "type";
  /** What it is called. */
  readonly words: string;
  /** How deep it stands in others: of a heading 1 to 6; of all others from 1 on. */
  readonly level: number;
  /** Counted from 0. */
  readonly line: number;
}

/** Of more entries the first ones are given. */
const MOST_ENTRIES = 5_000;
const LONGEST_WORDS_UNITS = 200;
const SLICE_MS = 8;
const REST_MS = 16;
/** A text that takes longer to parse is taken as far as it is parsed. */
const MOST_PARSES = 2_000;
/** The clock is looked at once for so many nodes. */
const NODES_PER_LOOK = 200;

/** The nodes that are entries, and the nodes in them, of which the first one is the name. The same name of a node may
 * come from the grammars of several languages. */
const SYMBOLS: Record<string, { kind: "function" | "type"; names: readonly string[] }> = {
  FunctionDeclaration: { kind: "function", names: ["VariableDefinition"] }, // JavaScript
  MethodDeclaration: { kind: "function", names: ["PropertyDefinition", "PrivatePropertyDefinition", "Definition", "Name"] }, // JavaScript, Java, PHP
  ClassDeclaration: { kind: "type", names: ["VariableDefinition", "Definition", "Name"] },
  InterfaceDeclaration: { kind: "type", names: ["TypeDefinition", "Definition", "Name"] },
  EnumDeclaration: { kind: "type", names: ["TypeDefinition", "Definition", "Name"] },
  TypeAliasDeclaration: { kind: "type", names: ["TypeDefinition"] },
  TraitDeclaration: { kind: "type", names: ["Name"] }, // PHP
  ConstructorDeclaration: { kind: "function", names: ["Definition"] }, // Java
  // Python, PHP, C++
  FunctionDefinition: { kind: "function", names: ["VariableName", "Name", "Identifier", "FieldIdentifier", "ScopedIdentifier", "DestructorName", "OperatorName"] },
  ClassDefinition: { kind: "type", names: ["VariableName"] }, // Python
  ClassSpecifier: { kind: "type", names: ["TypeIdentifier"] }, // C++
  StructSpecifier: { kind: "type", names: ["TypeIdentifier"] },
  NamespaceDefinition: { kind: "type", names: ["Identifier", "Name"] }, // C++, PHP
  FunctionItem: { kind: "function", names: ["BoundIdentifier"] }, // Rust
  StructItem: { kind: "type", names: ["TypeIdentifier"] },
  EnumItem: { kind: "type", names: ["TypeIdentifier"] },
  TraitItem: { kind: "type", names: ["TypeIdentifier"] },
  ImplItem: { kind: "type", names: ["TypeIdentifier"] },
  FunctionDecl: { kind: "function", names: ["DefName"] }, // Go
  MethodDecl: { kind: "function", names: ["FieldName"] },
  TypeSpec: { kind: "type", names: ["DefName"] },
};
/** Where no name is, or that of something within. */
const BODIES = /^(?:Block|Body|ClassBody|CompoundStatement|FieldDeclarationList|ParamList|ParameterList|FormalParameters|Parameters|DeclarationList)$/;
const HEADING = /^(?:ATX|Setext)Heading([1-6])$/;
/** Marks, and where links lead. */
const NOT_WORDS = /Mark$|^(?:URL|LinkTitle|LinkLabel)$/;
const CODE_IN_MARKDOWN = new Set(["FencedCode", "CodeBlock"]);

/** The outline of the text; null: it was `stopped` before, or the text has changed. */
export async function outlineOf(view: EditorView, stopped?: AbortSignal): Promise<readonly OutlineEntry[] | null> {
  const { doc } = view.state;
  const isOver = () => stopped?.aborted === true || view.state.doc !== doc;
  if (!view.state.facet(language)) return [];
  let tree = ensureSyntaxTree(view.state, doc.length, SLICE_MS);
  for (let parses = 1; parses < MOST_PARSES && !tree; parses++) {
    await rest();
    if (isOver()) return null;
    tree = ensureSyntaxTree(view.state, doc.length, SLICE_MS);
  }
  if (!tree) forceParsing(view, doc.length, SLICE_MS);
  const work = entriesIn(tree ?? syntaxTree(view.state), doc);
  for (let step = work.next(); ; step = work.next()) {
    if (step.done) return step.value;
    await rest();
    if (isOver()) return null;
  }
}

/** The entry that a line, counted from 0, stands in, as its place in the outline; -1: it is before the first one. */
export function entryAt(outline: readonly OutlineEntry[], line: number): number {
  let [low, high] = [0, outline.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (outline[middle]!.line <= line) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function rest(): Promise<void> {
  return new Promise((goOn) => setTimeout(goOn, REST_MS));
}

/** The entries; it yields when a slice of time is over. */
function* entriesIn(tree: Tree, doc: Text): Generator<void, readonly OutlineEntry[]> {
  const entries: OutlineEntry[] = [];
  /** The ends of the symbols around the node that is looked at. */
  const around: number[] = [];
  const body = endOfFrontMatter(doc);
  const cursor = tree.cursor();
  let untilMs = performance.now() + SLICE_MS;
  for (let nodes = 1, isThere = true; isThere && entries.length < MOST_ENTRIES; nodes++) {
    while (around.length > 0 && around.at(-1)! <= cursor.from) around.pop();
    const entry = entryOf(cursor, doc, around.length + 1);
    if (entry && entry.line >= body) entries.push(entry);
    if (entry && entry.kind !== "heading") around.push(cursor.to);
    isThere = cursor.next(!CODE_IN_MARKDOWN.has(cursor.name));
    if (nodes % NODES_PER_LOOK > 0 || performance.now() < untilMs) continue;
    yield;
    untilMs = performance.now() + SLICE_MS;
  }
  return entries;
}

function entryOf(ref: SyntaxNodeRef, doc: Text, depth: number): OutlineEntry | null {
  const heading = HEADING.exec(ref.name);
  const line = () => doc.lineAt(ref.from).number - 1;
  if (heading) return { kind: "heading", words: wordsOf(ref.node, doc), level: Number(heading[1]), line: line() };
  const symbol = Object.hasOwn(SYMBOLS, ref.name) ? SYMBOLS[ref.name] : undefined;
  const name = symbol && nameIn(ref.node, symbol.names);
  if (!name) return null;
  return { kind: symbol.kind, words: sliced(doc, name.from, name.to), level: depth, line: doc.lineAt(name.from).number - 1 };
}

function nameIn(node: SyntaxNode, names: readonly string[]): SyntaxNode | null {
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (names.includes(child.name)) return child;
    const inside = BODIES.test(child.name) ? null : nameIn(child, names);
    if (inside) return inside;
  }
  return null;
}

/** A heading's words without marks, so far as one would read. */
function wordsOf(heading: SyntaxNode, doc: Text): string {
  const to = Math.min(heading.to, heading.from + 2 * LONGEST_WORDS_UNITS);
  let [words, at] = ["", heading.from];
  heading.cursor().iterate(({ name, from, to: end }) => {
    if (!NOT_WORDS.test(name) || from < at) return;
    if (from < to) words += doc.sliceString(at, from);
    at = end;
  });
  if (at < to) words += doc.sliceString(at, to);
  return words.replace(/\s+/g, " ").trim().slice(0, LONGEST_WORDS_UNITS).toWellFormed();
}

function sliced(doc: Text, from: number, to: number): string {
  return doc.sliceString(from, Math.min(to, from + LONGEST_WORDS_UNITS)).toWellFormed();
}

/** More lines than that are no front matter. */
const MOST_FRONT_LINES = 100;

/** The line behind the lines of YAML that a text may begin with, whose last one would be a heading's. */
function endOfFrontMatter(doc: Text): number {
  if (doc.lines < 3 || doc.line(1).text.trimEnd() !== "---" || !/^[\w"'-]+\s*:/.test(doc.line(2).text)) return 0;
  for (let n = 3; n <= Math.min(doc.lines, MOST_FRONT_LINES); n++) if (/^(?:---|\.\.\.)\s*$/.test(doc.line(n).text)) return n;
  return 0;
}
