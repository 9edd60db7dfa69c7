/** The settings, as CodeMirror extensions that change with them. */

import { indentUnit } from "@codemirror/language";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { computed, effect, signal } from "@preact/signals";
import { log, settings, type Settings } from "../session";
import { type Indentation, watchIndentation } from "./indentation";

export class Preferences {
  readonly #vim = new Compartment();
  readonly #theme = new Compartment();
  readonly #indent = new Compartment();
  #wantsVim = false;

  /** First in the editor's list: Vim's keys come before all others. */
  readonly extension: Extension = [
    this.#vim.of([]),
    this.#theme.of([]),
    this.#indent.of([]),
    watchIndentation((indentation) => (this.found.value = indentation)),
  ];
  /** How the text is indented already; null: it does not tell. */
  readonly found = signal<Indentation | null>(null);

  constructor(private readonly commandLineLabel: string) {}

  /** Keeps `view` as the settings are. */
  follow(view: EditorView): void {
    const set = (part: Compartment, extension: Extension) =>
      view.dispatch({ effects: part.reconfigure(extension) });

    effect(() => set(this.#indent, textual(settings.value, this.found.value)));
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

function textual({ wrap, tabSize, tabs, detect }: Settings, found: Indentation | null): Extension {
  const isByTabs = (detect ? found?.tabs : undefined) ?? tabs;
  const step = detect && found && !found.tabs ? found.size : tabSize;
  return [
    wrap ? EditorView.lineWrapping : [],
    EditorState.tabSize.of(tabSize),
    indentUnit.of(isByTabs ? "\t" : " ".repeat(step)),
  ];
}

/** Vim's command line comes without a name that a screen reader could say. */
function labelledCommandLine(label: string): Extension {
  return EditorView.updateListener.of(({ view }) => {
    const input = view.dom.querySelector(".cm-vim-panel input:not([aria-label])");
    input?.setAttribute("aria-label", label);
  });
}
