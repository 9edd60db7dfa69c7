/** The text area of a pad: CodeMirror, bound to a session. */

import { defaultKeymap, history, historyKeymap, indentWithTab, isolateHistory, redo, undo } from "@codemirror/commands";
import { bracketMatching, foldGutter, foldKeymap, indentOnInput } from "@codemirror/language";
import { EditorState, type Extension } from "@codemirror/state";
import {
  crosshairCursor,
  drawSelection,
  dropCursor,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  placeholder,
  rectangularSelection,
  type ViewUpdate,
} from "@codemirror/view";
import { effect, type ReadonlySignal, signal } from "@preact/signals";
import { type FileForm, loadChunk } from "../browser";
import { changesBetween, cleanText, type Offered, type Person, type Session } from "../session";
import { sessionBinding, editorPortOf } from "./binding";
import { caretOf, lightCarets, peopleIn, remoteCarets, setPeople } from "./carets";
import { cleanInput } from "./clean_input";
import { type EmptyInput, refuseEmptyInput } from "./empty_input";
import { boundFloods } from "./floods";
import { Following } from "./following";
import type { Indentation } from "./indentation";
import { loadLanguages } from "./languages";
import { offered } from "./offered";
import { openedFile, rememberOpened } from "./opened_file";
import { LazyCompartment } from "./lazy_compartment";
import { peopleMarks } from "./people_marks";
import { Preferences } from "./preferences";
import type { Tick } from "./tasks";
import { ReactiveCompartment } from "./reactive_compartment";
import type { FindWords } from "./find_panel";
import { showSpecialCharacters } from "./special_characters";
import { appearance } from "./theme";

/** The words that the editor says to people, in their language. */
export interface EditorStrings {
  label: string;
  loading: string;
  empty: string;
  /** The same to somebody who may not type. */
  emptyToRead: string;
  commandLine: string;
  /** Said of a line that has no colours. */
  uncoloured: string;
  /** Those of the panel to find and replace, which come with it. */
  find: () => Promise<FindWords>;
  /** CodeMirror's own words. */
  phrases: Record<string, string>;
}

/** What can be done by perform(). */
export type EditorCommand = "undo" | "redo" | keyof (typeof import("./deferred_extensions"))["commands"];

/** What the editor tells the page of. */
export interface EditorEvents {
  /** Input was refused, since there was no text in it. */
  onEmptyInput(what: EmptyInput): void;
  /** Somebody saved by a command of Vim, or left by it. */
  onSave(leaves: boolean): void;
  /** Something is about to be done in the text, which may not be shown; resolves when it is. null: it is shown. */
  onWanted(): Promise<void> | null;
}

/** A title is looked for in this much of the text. */
const FIRST_LINES_UNITS = 400;

export class Editor {
  /** CodeMirror's. */
  readonly view: EditorView;
  readonly #language = new LazyCompartment();
  readonly #deferred = new LazyCompartment();
  readonly #access: ReactiveCompartment;
  readonly #preferences: Preferences;
  readonly #following = new Following();
  /** The beginning of the text, for a title. */
  readonly firstLines = signal("");
  /** Counts the changes of the text, whoever made them. */
  readonly changes = signal(0);
  /** Counts how often there is another parser: that of a language comes later than the language. */
  readonly parsers = signal(0);
  /** Counts the changes of text and selection. */
  readonly moves = signal(0);
  /** Resolves when what comes later is there too, or could not be loaded. */
  readonly isComplete: Promise<void>;
  readonly #listeners = new Set<(update: ViewUpdate) => void>();
  /** Where the view was scrolled to last. */
  readonly topLine = signal<TopLine>({ line: 0, end: 0 });
  /** Counts the changes of where lines are in the view, which are no changes of the text: of its width, for example. */
  readonly layouts = signal(0);

  constructor(
    parent: HTMLElement,
    private readonly session: Session,
    private readonly strings: EditorStrings,
    private readonly events: EditorEvents,
  ) {
    this.#preferences = new Preferences(strings.commandLine, events.onSave, session.language);
    this.#access = new ReactiveCompartment(() => this.#accessOf(session));
    this.view = new EditorView({
      parent,
      extensions: [
        this.#preferences.extension,
        refuseEmptyInput(events.onEmptyInput),
        cleanInput(),
        sessionBinding(session),
        remoteCarets(session.people.byId.peek()),
        this.#following.extension,
        rememberOpened(session.padId),
        this.#watched(),
        this.#deferred.extension, // before `editing`: its keys win
        editing,
        appearance,
        EditorState.phrases.of(strings.phrases),
        EditorView.contentAttributes.of({ "aria-label": strings.label, tabindex: "0" }),
        this.#language.extension,
        this.#access.extension,
      ],
    });
    this.#follow(session);
    session.start(editorPortOf(this.view));
    void loadLanguages();
    this.isComplete = this.#deferred.want(this.view, "search and completion", () => this.#loadDeferred());
  }

  /** Gives the text the keyboard. */
  focus(): void {
    this.view.focus();
  }

  /** Makes the whole text this one, as an edit of the user: one that touches only the lines that differ.
   * `offer` says what becomes of it where others do the same at the same time; `file` is the one that
   * it comes from, and then it is downloaded as that; null: it comes from none. */
  replaceText(text: string, offer: Offered, file?: FileForm | null): void {
    const changes = changesBetween(this.text(), cleanText(text));
    const annotations = [offered.of(offer), isolateHistory.of("full")];
    const effects = file === undefined ? [] : openedFile.of(file);
    this.view.dispatch({ changes, annotations, effects, scrollIntoView: true });
  }

  /** Puts text in place of the selection. */
  insertText(text: string): void {
    if (text === "") return;
    this.view.dispatch(this.view.state.replaceSelection(text), { scrollIntoView: true });
  }

  /** Loads what makes the task in a line of a Markdown text, counted from 0, done or not done, as an edit of the user. */
  async loadTicks(): Promise<(line: number, isDone: boolean) => Tick> {
    const { tickTask } = await import("./deferred_extensions");
    return (line, isDone) => tickTask(this.view, line, isDone, this.session.unsentState() === null);
  }

  /** So much of the text's beginning, in UTF-16 units. */
  beginning(units: number): string {
    return this.view.state.sliceDoc(0, units);
  }

  /** The whole text. */
  text(): string {
    return this.view.state.doc.toString();
  }

  /** Where the caret is, counted from 1, and how much is selected: in UTF-16 units, which takes no walk over a long line. */
  place(): { line: number; column: number; selected: number } {
    const { doc, selection } = this.view.state;
    const { head } = selection.main;
    const { number, from } = doc.lineAt(head);
    return { line: number, column: head - from + 1, selected: selection.ranges.reduce((sum, it) => sum + it.to - it.from, 0) };
  }

  /** The indentation that the text has already; null: it does not tell. */
  get indentation(): ReadonlySignal<Indentation | null> {
    return this.#preferences.found;
  }

  /** Does what a key would do, for those who have no such key. Resolves when it is done. */
  async perform(action: EditorCommand): Promise<void> {
    const shown = this.events.onWanted();
    if (shown) await shown;
    this.view.focus();
    if (action === "undo") undo(this.view);
    else if (action === "redo") redo(this.view);
    else (await loadChunk("search", () => import("./deferred_extensions")))?.commands[action](this.view);
  }

  /** The user whose caret is kept in view; null: nobody's is. */
  get following(): ReadonlySignal<number | null> {
    return this.#following.id;
  }

  /** Keeps that user's caret in view; null: nobody's. */
  follow(id: number | null): void {
    if (id === null) this.#following.stop();
    else this.#following.start(this.view, id);
  }

  /** Brings that user's caret into view; false: it is nowhere. */
  showCaretOf(id: number): boolean {
    const at = caretOf(this.view.state, id);
    if (at === null) return false;
    this.view.dispatch({ effects: EditorView.scrollIntoView(at, { y: "center" }) });
    return true;
  }

  /** Lights that user's carets, with their name; null: nobody's. */
  lightCaretsOf(id: number | null): void {
    this.view.dispatch({ effects: lightCarets.of(id) });
  }

  /** Calls `listener` with each update of the view, within it; what is given ends that. */
  listen(listener: (update: ViewUpdate) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Calls `measured` with topLine as it is once the browser has laid out the text, before the next frame: until then
   * CodeMirror knows the heights that lines had before, in a view that has just become narrower, for example. */
  measureTopLine(measured: (top: TopLine) => void): void {
    const write = (top: TopLine) => {
      const { line, end } = this.topLine.peek();
      if (line !== top.line || end !== top.end) this.topLine.value = top;
      measured(top);
    };
    this.view.requestMeasure({ read: topOf, write });
  }

  /** Scrolls so that the line is at the top, counted from 0, with a fraction for what of it is above. */
  scrollToLine(line: number): void {
    const { doc } = this.view.state;
    const { from } = doc.line(Math.min(Math.floor(line) + 1, doc.lines));
    const yMargin = -(line % 1) * this.view.lineBlockAt(from).height;
    this.view.dispatch({ effects: EditorView.scrollIntoView(from, { y: "start", yMargin }) });
  }

  /** Puts the caret at the beginning of a line, counted from 0, in view, and gives the text the keyboard. */
  goToLine(line: number): void {
    const { doc } = this.view.state;
    this.view.dispatch({ selection: { anchor: doc.line(Math.min(line + 1, doc.lines)).from } });
    const { head } = this.view.state.selection.main;
    this.view.dispatch({ effects: EditorView.scrollIntoView(head, { y: "nearest", yMargin: 40 }) });
    this.view.focus();
  }

  #watched(): Extension {
    return [
      EditorView.updateListener.of((update) => {
        const { docChanged, selectionSet, geometryChanged, state } = update;
        if (docChanged) {
          this.firstLines.value = state.sliceDoc(0, FIRST_LINES_UNITS);
          this.changes.value++; // before `layouts`: who shows an older text has no place to go to
        }
        if (geometryChanged) this.layouts.value++;
        if (docChanged || selectionSet) this.moves.value++;
        for (const listener of this.#listeners) listener(update);
      }),
      EditorView.domEventHandlers({
        scroll: () => this.measureTopLine(() => {}),
      }),
    ];
  }

  /** Keeps the view as the session's signals say. */
  #follow(session: Session): void {
    this.#access.follow(this.view);
    effect(() => this.#show(session.people.byId.value));
    effect(() => {
      const id = session.language.value;
      void this.#language.want(this.view, id, () => this.#loadColours(id!)).then(() => this.parsers.value++);
    });
    this.#preferences.follow(this.view);
  }

  async #loadDeferred(): Promise<Extension> {
    const [{ deferred, helpIn }, words] = await Promise.all([import("./deferred_extensions"), this.strings.find()]);
    this.#preferences.help.value = helpIn;
    return deferred(words, peopleMarks);
  }

  async #loadColours(id: string): Promise<Extension> {
    const load = async () => (await loadLanguages())?.loadLanguage(id);
    const [language, { colours }] = await Promise.all([load(), import("./colours")]);
    return language ? [language, colours(this.strings.uncoloured)] : [];
  }

  #show(people: ReadonlyMap<number, Person>): void {
    if (people !== peopleIn(this.view.state)) this.view.dispatch({ effects: setPeople.of(people) });
  }

  #accessOf(session: Session): Extension {
    const { empty, emptyToRead, loading } = this.strings;
    const isReader = session.access.isReader.value;
    const text = !session.isLoaded.value ? loading : isReader ? emptyToRead : empty;
    // What only can be read has no caret, and brings up no keyboard on the screen.
    const looks = EditorView.editorAttributes.of({ class: isReader ? "reader" : "" });
    return [EditorState.readOnly.of(session.isReadOnly.value), EditorView.editable.of(!isReader), looks, placeholder(text)];
  }
}

/** Where the view is scrolled to. */
export interface TopLine {
  /** The line at its top, counted from 0, with a fraction for what of it is above. */
  readonly line: number;
  /** How much of the last screenful has been scrolled through: 1 at the end of the text, 0 above. */
  readonly end: number;
}

function topOf(view: EditorView): TopLine {
  const { scrollTop, scrollHeight, clientHeight } = view.scrollDOM;
  const most = scrollHeight - clientHeight;
  const screen = Math.min(most, clientHeight);
  const end = screen > 1 ? Math.min(Math.max((scrollTop - (most - screen)) / screen, 0), 1) : 0;
  return { line: lineAtTop(view), end };
}

/** The line at the top of the view: counted from 0, with a fraction for what of it is above. Lines that are folded
 * into one count as that many. */
function lineAtTop(view: EditorView): number {
  const { scrollTop } = view.scrollDOM;
  const { from, to, top, height } = view.lineBlockAtHeight(scrollTop);
  const { doc } = view.state;
  const first = doc.lineAt(from).number;
  const count = doc.lineAt(to).number - first + 1;
  const above = height > 0 ? Math.min(Math.max((scrollTop - top) / height, 0), 1) : 0;
  return first - 1 + above * count;
}

const editing: Extension = [
  lineNumbers(),
  highlightActiveLineGutter(),
  showSpecialCharacters(),
  boundFloods(),
  history(),
  foldGutter(),
  drawSelection(),
  dropCursor(),
  EditorState.allowMultipleSelections.of(true),
  indentOnInput(),
  bracketMatching(),
  // Each line runs as its own first letters do.
  EditorView.perLineTextDirection.of(true),
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
