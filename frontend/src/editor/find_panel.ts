/** The panel to find and replace: one row, and more behind a button. How its parts share the width is in panels.css. */

import {
  findNext,
  findPrevious,
  getSearchQuery,
  replaceAll,
  replaceNext,
  SearchQuery,
  selectMatches,
  setSearchQuery,
} from "@codemirror/search";
import { type Command, type EditorView, type Panel, runScopeHandlers, type ViewUpdate } from "@codemirror/view";
import { matchesIn, selectedMatch } from "./matches";
import { isInSearchedPart, setSearchedPart } from "./searched_part";

/** The words of it. */
export interface FindWords {
  label: string;
  find: string;
  replaceWith: string;
  /** Of the button that shows what is behind it. */
  more: string;
  next: string;
  previous: string;
  matchCase: string;
  wholeWords: string;
  pattern: string;
  inSelection: string;
  inSelectionHint: string;
  selectAll: string;
  replace: string;
  replaceAll: string;
  close: string;
  /** `at` is 0 when none of them is selected; `isAll` is false when there are more. */
  matches: (at: number, count: number, isAll: boolean) => string;
  none: string;
  bad: (why: string) => string;
}

const ARROW_UP = "M12 19V5M6 11l6-6 6 6";
const ARROW_DOWN = "M12 5v14M6 13l6 6 6-6";
const CHEVRON = "M9 6l6 6-6 6";
const CROSS = "M6 6l12 12M18 6L6 18";

export class FindPanel implements Panel {
  readonly dom: HTMLElement;
  readonly #find: HTMLInputElement;
  readonly #replace: HTMLInputElement;
  readonly #said = element("output", { className: "find-said" });
  readonly #more: HTMLButtonElement;
  readonly #replacing: HTMLElement;
  readonly #options;

  constructor(
    private readonly view: EditorView,
    private readonly words: FindWords,
    /** Closes it. */
    close: Command,
  ) {
    const { words: w } = this;
    const button = (name: string, label: string, path: string, run: () => void) => {
      const made = element("button", { type: "button", name, title: label, onclick: run }, { "aria-label": label });
      made.append(icon(path));
      return made;
    };
    const wordy = (name: string, label: string, run: Command) =>
      element("button", { type: "button", name, className: "cm-button", textContent: label, onclick: () => void run(view) });
    const field = (name: string, label: string) => {
      const properties = { name, placeholder: label, className: "cm-textfield", oninput: () => this.#commit() };
      return element("input", properties, { "aria-label": label, autocomplete: "off", spellcheck: "false", enterkeyhint: "search" });
    };
    const option = (name: string, label: string, sign: string, hint = label, onchange = () => this.#commit()) => {
      const box = element("input", { type: "checkbox", name, onchange }, { "aria-label": label });
      const around = element("label", { title: hint });
      around.append(box, element("span", { textContent: sign }, { "aria-hidden": "true" }));
      return { box, around };
    };
    this.#find = field("search", w.find);
    this.#find.setAttribute("main-field", "true"); // CodeMirror gives it the keyboard
    this.#replace = field("replace", w.replaceWith);
    this.#more = button("more", w.more, CHEVRON, () => this.expand(this.dom.dataset["more"] === undefined));
    const box = element("div", { className: "find-box" });
    box.append(this.#find, this.#said);
    this.#options = {
      case: option("case", w.matchCase, "Aa"),
      word: option("word", w.wholeWords, "ab|"),
      re: option("re", w.pattern, ".*"),
      part: option("part", w.inSelection, "[…]", w.inSelectionHint, () => this.#limit()),
    };
    const options = element("div", { className: "find-options" });
    options.append(...Object.values(this.#options).map(({ around }) => around));
    this.#replacing = element("div", { className: "find-replacing" });
    this.#replacing.append(this.#replace, wordy("one", w.replace, replaceNext), wordy("all", w.replaceAll, replaceAll));
    const all = wordy("select", w.selectAll, selectMatches);
    all.classList.add("find-select");
    this.dom = element("div", { className: "cm-search", onkeydown: (event) => this.#key(event) }, { role: "search", "aria-label": w.label });
    this.dom.append(
      this.#more,
      box,
      button("prev", w.previous, ARROW_UP, () => void findPrevious(view)),
      button("next", w.next, ARROW_DOWN, () => void findNext(view)),
      options,
      button("close", w.close, CROSS, () => void close(view)),
      this.#replacing,
      all,
    );
    this.expand(false);
    this.#show(getSearchQuery(view.state));
    this.#followState();
  }

  mount(): void {
    this.#find.select();
  }

  /** Shows what is behind the button: how to search where there is no room for it in the row, and what to replace. */
  expand(isMore: boolean): void {
    if (isMore) this.dom.dataset["more"] = "";
    else delete this.dom.dataset["more"];
    this.#more.setAttribute("aria-expanded", `${isMore}`);
  }

  /** Goes to what takes the place of what is found; false: the text cannot be edited. */
  goToReplacement(): boolean {
    if (this.view.state.readOnly) return false;
    this.expand(true);
    this.#replace.focus();
    this.#replace.select();
    return true;
  }

  update({ state, transactions }: ViewUpdate): void {
    for (const { effects } of transactions) for (const effect of effects) if (effect.is(setSearchQuery)) this.#show(effect.value);
    if (transactions.length > 0 || this.#replacing.hidden !== state.readOnly) this.#followState();
  }

  #key(event: KeyboardEvent): void {
    const isField = event.target === this.#find || event.target === this.#replace;
    if (event.isComposing || event.keyCode === 229) return; // an input method has it; Safari says so by the number alone
    if (runScopeHandlers(this.view, event, "search-panel")) event.preventDefault();
    else if (event.key === "Enter" && isField) {
      event.preventDefault();
      this.#enter(event);
    }
  }

  #enter({ target, shiftKey, altKey }: KeyboardEvent): void {
    if (altKey) selectMatches(this.view);
    else if (target === this.#replace) replaceNext(this.view);
    else (shiftKey ? findPrevious : findNext)(this.view);
  }

  #commit(): void {
    const query = this.#query();
    if (!query.eq(getSearchQuery(this.view.state))) this.view.dispatch({ effects: setSearchQuery.of(query) });
  }

  #query(): SearchQuery {
    const { case: cases, word, re, part } = this.#options;
    return new SearchQuery({
      search: this.#find.value,
      replace: this.#replace.value,
      caseSensitive: cases.box.checked,
      wholeWord: word.box.checked,
      regexp: re.box.checked,
      ...(part.box.checked && { test: isInSearchedPart }),
    });
  }

  /** Limits the search to what is selected now, or not any more. */
  #limit(): void {
    const { from, to } = this.view.state.selection.main;
    const isLimited = this.#options.part.box.checked;
    this.view.dispatch({ effects: [setSearchedPart.of(isLimited ? { from, to } : null), setSearchQuery.of(this.#query())] });
  }

  /** The fields as that search is; what has the caret in it is left alone where it is so already. */
  #show(query: SearchQuery): void {
    if (this.#find.value !== query.search) this.#find.value = query.search;
    if (this.#replace.value !== query.replace) this.#replace.value = query.replace;
    const { case: cases, word, re, part } = this.#options;
    cases.box.checked = query.caseSensitive;
    word.box.checked = query.wholeWord;
    re.box.checked = query.regexp;
    part.box.checked = query.test !== undefined;
  }

  #followState(): void {
    const { state } = this.view;
    const { box } = this.#options.part;
    this.#replacing.hidden = state.readOnly;
    box.disabled = !box.checked && state.selection.main.empty;
    const query = getSearchQuery(state);
    const isBad = query.search !== "" && !query.valid;
    const said = isBad ? this.words.bad(faultOf(query.search)) : this.#count(query);
    this.dom.classList.toggle("bad", isBad);
    this.#find.setAttribute("aria-invalid", `${isBad}`);
    if (said !== null && this.#said.textContent !== said) this.#said.textContent = said;
  }

  /** null: it is not known yet, and what was said before stays. */
  #count(query: SearchQuery): string | null {
    if (query.search === "") return "";
    const found = matchesIn(this.view.state);
    if (!found) return null;
    if (found.list.length === 0) return this.words.none;
    return this.words.matches(selectedMatch(this.view.state, found), found.list.length, found.isAll);
  }
}

/** What the browser says of the pattern, without the pattern itself. */
function faultOf(pattern: string): string {
  try {
    return String(new RegExp(pattern, "u"));
  } catch (error) {
    return (error as Error).message.replace(/^.*\/[a-z]*: /su, "");
  }
}

type Tags = HTMLElementTagNameMap;

function element<Tag extends keyof Tags>(tag: Tag, properties: Partial<Tags[Tag]>, attributes: Record<string, string> = {}): Tags[Tag] {
  const made = Object.assign(document.createElement(tag), properties);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

function icon(path: string): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}
