/** The settings, as CodeMirror extensions that change with them. */

import { indentUnit } from "@codemirror/language";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { computed, effect } from "@preact/signals";
import { log, settings, type Settings } from "../session";

export class Preferences {
  readonly #vim = new Compartment();
  readonly #theme = new Compartment();
  readonly #indent = new Compartment();
  #wantsVim = false;

  /** First in the editor's list: Vim's keys come before all others. */
  readonly extension: Extension = [this.#vim.of([]), this.#theme.of([]), this.#indent.of([])];

  constructor(private readonly commandLineLabel: string) {}

  /** Keeps `view` as the settings are. */
  follow(view: EditorView): void {
    const set = (part: Compartment, extension: Extension) =>
      view.dispatch({ effects: part.reconfigure(extension) });

    effect(() => set(this.#indent, textual(settings.value)));
    effect(() => view.dom.style.setProperty("--chosen-size", `${settings.value.fontSize}px`));

    const systemDark = matchMedia("(prefers-color-scheme: dark)");
    const theme = computed(() => settings.value.theme);
    const paint = () => {
      const isDark = theme.value === "system" ? systemDark.matches : theme.value === "dark";
      document.documentElement.dataset.theme = theme.value;
      set(this.#theme, EditorView.darkTheme.of(isDark));
    };
    systemDark.addEventListener("change", paint);
    effect(paint);

    const vim = computed(() => settings.value.vim);
    effect(() => void this.#setVim(vim.value, (extension) => set(this.#vim, extension)));
  }

  async #setVim(wanted: boolean, set: (extension: Extension) => void): Promise<void> {
    this.#wantsVim = wanted;
    if (!wanted) return set([]);
    try {
      const { vim } = await import("@replit/codemirror-vim");
      if (this.#wantsVim) set([vim({ status: true }), labelledCommandLine(this.commandLineLabel)]);
    } catch (error) {
      log.warn("the Vim keys could not be loaded:", error);
    }
  }
}

function textual({ wrap, tabSize, tabs }: Settings): Extension {
  return [
    wrap ? EditorView.lineWrapping : [],
    EditorState.tabSize.of(tabSize),
    indentUnit.of(tabs ? "\t" : " ".repeat(tabSize)),
  ];
}

/** Vim's command line comes without a name that a screen reader could say. */
function labelledCommandLine(label: string): Extension {
  return EditorView.updateListener.of(({ view }) => {
    const input = view.dom.querySelector(".cm-vim-panel input:not([aria-label])");
    input?.setAttribute("aria-label", label);
  });
}
