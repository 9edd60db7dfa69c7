/** What each part of code looks like. */

import { HighlightStyle } from "@codemirror/language";
import { tags } from "@lezer/highlight";

const { function: fn, definition, standard, special } = tags;

/** The colours of code. */
export const highlight = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: "var(--syn-keyword)" },
  { tag: [tags.string, tags.regexp, special(tags.string)], color: "var(--syn-string)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--syn-number)" },
  { tag: [tags.comment, tags.meta], color: "var(--syn-comment)" },
  { tag: [fn(tags.variableName), fn(tags.propertyName), tags.labelName], color: "var(--syn-function)" },
  { tag: [tags.typeName, tags.className, tags.namespace], color: "var(--syn-type)" },
  { tag: [tags.tagName, tags.heading], color: "var(--syn-tag)" },
  { tag: [tags.attributeName, tags.propertyName, definition(tags.propertyName)], color: "var(--syn-property)" },
  { tag: standard(tags.variableName), color: "var(--syn-number)" },
  { tag: [tags.link, tags.url], color: "var(--syn-function)", textDecoration: "underline" },
  { tag: [tags.heading, tags.strong], fontWeight: "bold" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: tags.strikethrough, textDecoration: "line-through" },
  { tag: tags.inserted, color: "var(--syn-string)" },
  { tag: [tags.deleted, tags.invalid], color: "var(--danger)" },
]);
