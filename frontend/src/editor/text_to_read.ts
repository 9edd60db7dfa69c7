/** A text that is read and not typed in, looking as the one that is. */

import { EditorState, type Extension } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";
import { loadChunk, settings } from "../browser";
import { boundFloods } from "./floods";
import { loadLanguages } from "./languages";
import { LazyCompartment } from "./lazy_compartment";
import { showSpecialCharacters } from "./special_characters";
import { appearance } from "./theme";

export class TextToRead {
  readonly #language = new LazyCompartment();
  /** For the configuration of a view. */
  readonly extension: Extension;

  /** `label` is what the text is called; `uncoloured` is said of a line that has no colours. */
  constructor(
    label: string,
    private readonly language: string | null,
    private readonly uncoloured: string,
  ) {
    this.extension = [
      lineNumbers(),
      showSpecialCharacters(),
      boundFloods(),
      settings.peek().wrap ? EditorView.lineWrapping : [],
      EditorState.readOnly.of(true),
      EditorView.editable.of(false),
      EditorView.perLineTextDirection.of(true),
      EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
      appearance,
      this.#language.extension,
    ];
  }

  /** Gives it the colours of its language, in the view that it was made for. */
  colour(view: EditorView): void {
    if (this.language !== null) void this.#language.want(view, this.language, () => this.#loadColours(this.language!));
  }

  async #loadColours(id: string): Promise<Extension> {
    const load = async () => (await loadLanguages())?.loadLanguage(id);
    const [language, chunk] = await Promise.all([load(), loadChunk("colours", () => import("./colours"))]);
    return language && chunk ? [language, chunk.colours(this.uncoloured)] : [];
  }
}
