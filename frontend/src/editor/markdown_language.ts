/** Markdown as people write it here: with tables and tasks, and with code in the colours of its own language. */

import { html } from "@codemirror/lang-html";
import { markdown, markdownLanguage } from "@codemirror/lang-markdown";
import { Language, type LanguageDescription, LanguageSupport } from "@codemirror/language";
import type { MarkdownParser } from "@lezer/markdown";
import { boundedInline } from "./markdown_bounds";
import { markdownKeys } from "./markdown_keys";
import { nestedCode } from "./nested_code";
import { tickedTasks } from "./ticked_tasks";

/** Markdown with code in the languages that `languageOf` knows by the words behind a fence. */
export function markdownWith(languageOf: (words: string) => LanguageDescription | null): LanguageSupport {
  const { language, support } = markdown({ base: markdownLanguage });
  const tags = html({ matchClosingTags: false }).language.parser;
  const parser = (markdownLanguage.parser as MarkdownParser).configure([boundedInline(), nestedCode(languageOf, tags)]);
  return new LanguageSupport(new Language(language.data, parser, [], language.name), [markdownKeys, tickedTasks, support]);
}
