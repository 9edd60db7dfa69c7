/** The settings, as CodeMirror extensions that change with them. */

import { indentUnit } from "@codemirror/language";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { settings, type Settings } from "../browser";
import { type Indentation, watchIndentation } from "./indentation";
import { LazyCompartment } from "./lazy_compartment";
import { isProse } from "./prose";
import { ReactiveCompartment } from "./reactive_compartment";

const systemDark = matchMedia("(prefers-color-scheme: dark)");
const isSystemDark = signal(systemDark.matches);
const isDark = computed(() => {
  const { theme } = settings.value;
  return theme === "system" ? isSystemDark.value : theme === "dark";
});

systemDark.addEventListener("change", () => (isSystemDark.value = systemDark.matches));

/** Those of one editor. */
export class Preferences {
  readonly #vim = new LazyCompartment();
  readonly #theme = new ReactiveCompartment(() => EditorView.darkTheme.of(isDark.value));
  readonly #textual = new ReactiveCompartment(() => textual(settings.value, this.found.value, this.language.value));
  /** The help with writing in a pad of that language (writing.ts), once it is loaded. */
  readonly help = signal<((language: string | null, settings: Settings) => Extension) | null>(null);
  readonly #help = new ReactiveCompartment(() => this.help.value?.(this.language.value, settings.value) ?? []);
  /** The indentation that the text has already; null: it does not tell. */
  readonly found = signal<Indentation | null>(null);

  /** For the editor's configuration, first in the list: Vim's keys come before all others. */
  readonly extension: Extension;

  constructor(
    private readonly commandLineLabel: string,
    /** See EditorEvents.onSave(). */
    private readonly onVimSave: (leaves: boolean) => void,
    /** The language of the pad; null: it has none. */
    private readonly language: ReadonlySignal<string | null>,
  ) {
    // Here, since it asks for the language.
    this.extension = [
      this.#vim.extension,
      this.#theme.extension,
      this.#textual.extension,
      this.#help.extension,
      watchIndentation((indentation) => (this.found.value = indentation)),
    ];
  }

  /** Keeps `view` as the settings are. */
  follow(view: EditorView): void {
    this.#theme.follow(view);
    this.#textual.follow(view);
    this.#help.follow(view);
    // Of the root: what is shown of the text elsewhere is as large.
    effect(() => document.documentElement.style.setProperty("--chosen-size", `${settings.value.fontSize}px`));
    effect(() => void this.#vim.want(view, settings.value.vim ? "Vim keys" : null, () => this.#loadVim()));
  }

  async #loadVim(): Promise<Extension> {
    const [{ Vim, vim }, { defineSaving }] = await Promise.all([import("@replit/codemirror-vim"), import("./vim_saving")]);
    defineSaving(Vim, this.onVimSave);
    return [vim({ status: true }), labelledCommandLine(this.commandLineLabel)];
  }
}

/** Sentences have a measure; see the theme. */
const measured = EditorView.editorAttributes.of({ class: "measured" });

function textual({ wrap, tabSize, tabs, detect }: Settings, found: Indentation | null, language: string | null): Extension {
  const isByTabs = (detect ? found?.tabs : undefined) ?? tabs;
  const step = detect && found && !found.tabs ? found.size : tabSize;
  return [
    wrap ? EditorView.lineWrapping : [],
    wrap && isProse(language) ? measured : [],
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
