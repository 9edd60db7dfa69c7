/** The text area of a pad: CodeMirror, bound to a session. */

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, foldGutter, foldKeymap, indentOnInput } from "@codemirror/language";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import {
  crosshairCursor,
  drawSelection,
  dropCursor,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  placeholder,
  rectangularSelection,
} from "@codemirror/view";
import { effect } from "@preact/signals";
import { log, type Session } from "../session";
import { sessionBinding, surfaceOf } from "./binding";
import { remoteCarets, setPeople } from "./carets";
import { cleanInput } from "./clean_input";
import { loadLanguage } from "./languages";
import { appearance } from "./theme";

/** What the editor says to people, in their language. */
export interface EditorStrings {
  label: string;
  loading: string;
  empty: string;
}

const DARK = "(prefers-color-scheme: dark)";

export class Editor {
  readonly view: EditorView;
  readonly #language = new Compartment();
  readonly #access = new Compartment();
  readonly #darkness = new Compartment();
  readonly #comfort = new Compartment();

  constructor(
    parent: HTMLElement,
    session: Session,
    private readonly strings: EditorStrings,
  ) {
    this.view = new EditorView({
      parent,
      extensions: [
        cleanInput(),
        sessionBinding(session),
        remoteCarets(),
        this.#comfort.of([]), // before `editing`: its keys win
        editing,
        appearance,
        EditorView.contentAttributes.of({ "aria-label": strings.label, tabindex: "0" }),
        this.#language.of([]),
        this.#access.of(this.#accessOf(session)),
        this.#darkness.of([]),
      ],
    });
    this.#follow(session);
    session.start(surfaceOf(this.view));
    void this.#makeComfortable();
  }

  focus(): void {
    this.view.focus();
  }

  /** Makes the whole text this one, as an edit of the user. */
  replaceText(text: string): void {
    const { doc } = this.view.state;
    this.view.dispatch({ changes: { from: 0, to: doc.length, insert: text }, scrollIntoView: true });
  }

  /** Keeps the view as the session's signals say. */
  #follow(session: Session): void {
    effect(() => this.#configure(this.#access, this.#accessOf(session)));
    effect(() => this.view.dispatch({ effects: setPeople.of(session.people.byId.value) }));
    effect(() => void this.#setLanguage(session.language.value));
    const dark = matchMedia(DARK);
    const follow = () => this.#configure(this.#darkness, EditorView.darkTheme.of(dark.matches));
    dark.addEventListener("change", follow);
    follow();
  }

  #accessOf(session: Session): Extension {
    const text = session.isLoaded.value ? this.strings.empty : this.strings.loading;
    return [EditorState.readOnly.of(session.isReadOnly.value), placeholder(text)];
  }

  #wantedLanguage: string | null = null;

  async #setLanguage(id: string | null): Promise<void> {
    this.#wantedLanguage = id;
    try {
      const support = id === null ? null : await loadLanguage(id);
      if (this.#wantedLanguage === id) this.#configure(this.#language, support ?? []);
    } catch (error) {
      log.warn("the language could not be loaded:", id, error);
    }
  }

  async #makeComfortable(): Promise<void> {
    try {
      const { comfort } = await import("./comfort");
      this.#configure(this.#comfort, comfort);
    } catch (error) {
      log.warn("search and completion could not be loaded:", error);
    }
  }

  #configure(part: Compartment, extension: Extension): void {
    this.view.dispatch({ effects: part.reconfigure(extension) });
  }
}

const editing: Extension = [
  lineNumbers(),
  highlightActiveLineGutter(),
  highlightSpecialChars(),
  history(),
  foldGutter(),
  drawSelection(),
  dropCursor(),
  EditorState.allowMultipleSelections.of(true),
  EditorView.lineWrapping,
  indentOnInput(),
  bracketMatching(),
  rectangularSelection(),
  crosshairCursor(),
  highlightActiveLine(),
  keymap.of([
    ...defaultKeymap,
    ...historyKeymap,
    ...foldKeymap,
    indentWithTab,
  ]),
];
