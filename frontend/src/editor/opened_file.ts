/** Remembers which file became the text: with the change that made it so, and back again when that is undone. */

import { invertedEffects } from "@codemirror/commands";
import { type Extension, StateEffect } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { type FileForm, rememberedFile, rememberFile } from "../browser";

/** Of a transaction after which the text is that of a file; null: of none. */
export const openedFile = StateEffect.define<FileForm | null>();

/** For the editor of that pad. */
export function rememberOpened(padId: string): Extension {
  return [
    invertedEffects.of(({ effects }) =>
      effects.some((effect) => effect.is(openedFile)) ? [openedFile.of(rememberedFile(padId))] : [],
    ),
    EditorView.updateListener.of(({ transactions }) => {
      for (const { effects } of transactions) {
        for (const effect of effects) if (effect.is(openedFile)) rememberFile(padId, effect.value);
      }
    }),
  ];
}
