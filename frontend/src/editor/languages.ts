/**
 * The languages a pad can be in, for the page: their catalogue is loaded behind
 * the editor. Until it is there, each id is taken for that of a language without
 * colours, and is its own name; what reads a signal here is told when that changes.
 */

import { computed, signal } from "@preact/signals";
import { loadChunk } from "../browser";
import { type Language, PLAIN_TEXT } from "./language";

type Catalogue = typeof import("./language_catalogue");

const catalogue = signal<Catalogue | null>(null);

/** Under way, or done; null: not asked for, or it failed and may be tried again. */
let loading: Promise<Catalogue | null> | null = null;

/** Resolves to the catalogue, or to null when it could not be loaded: then people are told, and the next call
 * tries again. */
export function loadLanguages(): Promise<Catalogue | null> {
  loading ??= loadChunk("languages", () => import("./language_catalogue")).then((loaded) => {
    if (!loaded) loading = null;
    return (catalogue.value = loaded);
  });
  return loading;
}

/** All that can be chosen, by their labels. */
export const languages = computed<readonly Language[]>(() => catalogue.value?.languages ?? []);

/** The canonical id, or plain text for a language this page does not know. */
export function knownLanguage(id: string | null): string {
  return catalogue.value ? catalogue.value.knownLanguage(id) : (id ?? PLAIN_TEXT);
}

/** The name that people have for it; null for plain text. */
export function languageName(id: string | null): string | null {
  if (catalogue.value) return catalogue.value.languageName(id);
  return isForeign(id) ? id : null;
}

/** True for a language that has no colours here. */
export function isForeign(id: string | null): id is string {
  return catalogue.value ? catalogue.value.isForeign(id) : id !== null && id !== PLAIN_TEXT;
}

/** The extension of files in that language, without the dot; null for plain text. */
export function extensionOf(id: string | null): string | null {
  return catalogue.value?.extensionOf(id) ?? null;
}
