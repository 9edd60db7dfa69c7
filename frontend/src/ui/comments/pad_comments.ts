/**
 * The comments of an open pad: brings together what the server tells of them, their marks in the text, and what is being
 * written. The panel shows it; palette, menus and keys act on it.
 *
 * What is being written outlives the panel and a reload, and what one leaves by Escape is there the next time.
 */

import { batch, effect, signal, untracked } from "@preact/signals";
import { type Comment, CommentRequests, type Destination, Draft, hasAuthorToken, KeptDrafts, type NewComment, type Thread, Threads } from "../../comments";
import { loadChunk } from "../../browser";
import { type Editor, loadScrollMarks } from "../../editor";
import { RightsError } from "../../sharing";
import { isNarrow } from "../base/media";
import { showText } from "../pad/mode";
import { openComments, seesComments } from "../pad/open_comments";
import type { Pad } from "../pad/pad";
import { excerpt } from "./excerpt";
import * as marks from "./marks_in_text";
import { commentWords } from "./words";

/** What is new is shown so soon. */
const LAG_MS = 40;
/** More at once are only counted. */
const NAMED_MOST = 2;
const SPOKEN_MS = 6_000;
/** The name under which a comment that begins a thread is kept. */
const NEW = "new";

export class PadComments {
  readonly threads: Threads;
  /** The thread that the caret, the pointer or the keyboard is at; null: none. */
  readonly lit = signal<string | null>(null);
  /** The thread that is to be seen, and have the keyboard; null: none. */
  readonly wanted = signal<string | null>(null);
  /** Our key among the authors of the pad; null: we have written nothing, or it is not known yet. */
  readonly me = signal<string | null>(null);
  /** A comment on a piece of the text that is being written; null: none is. */
  readonly fresh = signal<{ draft: Draft; quote: string } | null>(null);
  /** What is being written whose box is to have the keyboard now; null: the keyboard stays where it is. */
  readonly askedFor = signal<Draft | null>(null);
  /** What has just happened, for those who do not see it. */
  readonly spoken = signal("");
  readonly #requests: CommentRequests;
  /** By what they answer or change. */
  readonly #drafts = new Map<string, Draft>();
  readonly #kept: KeptDrafts;
  /** What was left by Escape. */
  #left: Draft | null = null;
  /** New comments of which it is not known yet whether they are ours. */
  #untold: NewComment[] = [];
  /** So many requests of ours are under way. */
  #asking = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly pad: Pad) {
    const { session } = pad;
    this.threads = new Threads(session.comments);
    this.#requests = new CommentRequests(session, document.baseURI);
    this.#kept = new KeptDrafts(session.padId);
    effect(() => {
      if (pad.editor.value) this.#putMarks(pad.editor.value);
    });
    effect(() => {
      const { open, detached } = this.threads.sorted.value;
      openComments(session).value = open.length + detached.length;
      if (hasAuthorToken() && this.me.peek() === null && open.length + detached.length > 0) void this.#learnWhoWeAre();
    });
    effect(() => {
      void session.access.comments.value;
      untracked(() => this.#showMarks());
    });
    session.comments.onNews = () => void (this.#timer ??= setTimeout(() => this.#refresh(), LAG_MS));
    this.#refresh();
  }

  /* ---- going there ---- */

  /** Brings the piece of that thread into view, with the caret in it, and gives the text the keyboard. */
  async goTo(id: string): Promise<void> {
    this.pad.closeMenu();
    await showText(this.pad.session);
    const view = this.pad.editor.peek()?.view;
    const place = this.threads.shown().find((it) => it.id === id);
    if (!place || !view) return;
    marks.goToMark(view, place);
    this.light(id);
  }

  /** The same for the next one, or the one before; the panel shows its thread, and it is read out. */
  step(by: 1 | -1): void {
    const view = this.pad.editor.peek()?.view;
    const all = view ? marks.commentMarksIn(view.state) : [];
    if (!view || all.length === 0) return void this.pad.notify(commentWords.now.none);
    const at = all.findIndex(({ id }) => id === this.lit.peek());
    const { head } = view.state.selection.main;
    const behind = all.findIndex(({ from }) => from > head);
    const beside = by > 0 ? (behind < 0 ? 0 : behind) : (behind < 0 ? all.length : behind) - 1;
    const { id } = all[((at < 0 ? beside : at + by) + all.length) % all.length]!;
    void this.goTo(id);
    const first = this.threads.find(id)?.comments[0];
    if (first) this.#say(commentWords.now.news(first.author.name, excerpt(first.text)));
  }

  /** Lights that thread and its piece; null: none. */
  light(id: string | null): void {
    this.lit.value = id;
    const view = this.pad.editor.peek()?.view;
    if (view) marks.lightCommentMark(view, id);
  }

  /** Opens the panel at that thread. */
  open(id: string): void {
    this.pad.panel.open("comments");
    this.light(id);
    this.wanted.value = id;
  }

  /* ---- writing ---- */

  /** Begins a comment on what is selected, or else on the word or the line at the caret. One that is being written goes
   * on: about the selection, unless it is on its way. */
  async begin(): Promise<void> {
    const { pad } = this;
    const view = pad.editor.peek()?.view;
    if (!view || pad.past.peek()?.shown.peek()) return;
    await showText(pad.session);
    const draft = this.fresh.peek()?.draft ?? this.#left ?? this.#newDraft(view);
    const isOnItsWay = draft.isUncertain || draft.state.peek() !== "written";
    const piece = isOnItsWay ? marks.draftIn(view.state) : marks.pieceToComment(view.state);
    if (!piece && !isOnItsWay) return void pad.notify(commentWords.now.nothing);
    if (!isOnItsWay) {
      marks.markDraft(view, piece);
      draft.problem.value = null;
    }
    const quote = piece ? excerpt(view.state.sliceDoc(piece.from, piece.to)) : (this.fresh.peek()?.quote ?? "");
    this.askedFor.value = draft;
    this.fresh.value = { draft, quote };
    this.#left = null;
    if (pad.panel.id.peek() === "comments") return;
    pad.panel.open("comments");
  }

  /** Sends it. */
  async send(): Promise<void> {
    const { draft } = this.fresh.peek()!;
    const arrived = await this.#asked(() => draft.send());
    if (!arrived) return;
    this.me.value ??= arrived.comment?.author.key ?? null;
    this.#refresh();
    this.#say(commentWords.now.sent);
    if (this.#left === draft) this.#left = null;
    this.#kept.forget(NEW);
    if (this.fresh.peek()?.draft !== draft) return; // it was left meanwhile
    this.fresh.value = null;
    this.#unmark();
    if (isNarrow.peek()) this.wanted.value = arrived.thread;
    else this.pad.editor.peek()?.focus();
  }

  /** Leaves it; its words are kept for the next time. */
  leave(): void {
    const draft = this.fresh.peek()?.draft ?? null;
    draft?.stop();
    this.#left = draft?.text.peek() ? draft : null;
    this.fresh.value = null;
    if (!draft?.isUncertain) this.#unmark();
    if (!isNarrow.peek()) this.pad.editor.peek()?.focus();
  }

  /** The answer in that thread that is being written. */
  replyTo({ id }: Thread): Draft {
    return this.#draftOf(id, () => this.#made(id, { kind: "reply", thread: id }));
  }

  /** Other words for that comment, as far as they are written. */
  editOf(thread: Thread, { id, text }: Comment): Draft {
    const to = { kind: "edit", thread: thread.id, comment: id } as const;
    return this.#draftOf(`edit ${id}`, () => this.#made(`edit ${id}`, to, text));
  }

  /** Sends one of these; true when it has arrived. */
  async sendDraft(draft: Draft): Promise<boolean> {
    const arrived = await this.#asked(() => draft.send());
    if (!arrived) return false;
    this.me.value ??= arrived.comment?.author.key ?? null;
    this.forget(draft);
    this.#refresh();
    this.#say(commentWords.now.sent);
    return true;
  }

  /** Its words are not wanted any more. */
  forget(draft: Draft): void {
    draft.stop();
    for (const [key, it] of this.#drafts) {
      if (it !== draft) continue;
      this.#drafts.delete(key);
      this.#kept.forget(key);
    }
  }

  /** Whether words for that are kept. */
  hasReplyTo({ id }: Thread): boolean {
    return Boolean(this.#drafts.get(id)?.text.peek() ?? this.#kept.of(id)?.text);
  }

  /* ---- what is there ---- */

  /** True of a comment that this browser has written. */
  isMine({ author }: Comment): boolean {
    return author.key !== null && author.key === this.me.value;
  }

  /** True where this tab may delete it. */
  mayRemove(comment: Comment): boolean {
    const { role, rights } = this.pad.session.access;
    return this.isMine(comment) || role.value === "own" || (role.value === "edit" && !rights.value.owner);
  }

  /** Resolves a thread, or opens it again. */
  resolve({ id }: Thread, isResolved: boolean): Promise<boolean> {
    return this.#do("PATCH", `/${id}`, { resolved: isResolved });
  }

  /** Deletes a comment, and with the last one the thread. */
  async remove({ id }: Thread, comment: Comment): Promise<void> {
    if (await this.#do("DELETE", `/${id}/${comment.id}`)) this.#say(commentWords.now.removed);
  }

  /* ---- within ---- */

  #newDraft(view: Editor["view"]): Draft {
    const piece = () => marks.draftIn(view.state);
    return this.#made(NEW, { kind: "thread", piece });
  }

  /** One that is written down while it is written, beginning with what was. */
  #made(name: string, to: Destination, text = ""): Draft {
    const draft = new Draft(to, this.#requests, this.pad.session, this.#kept.of(name) ?? { text, asked: null });
    this.#follow(name, draft, text);
    return draft;
  }

  #follow(name: string, draft: Draft, text: string): void {
    effect(() => {
      const { kept } = draft;
      if (kept.text === text && !kept.asked) this.#kept.forget(name);
      else this.#kept.keep(name, kept);
    });
  }

  #draftOf(key: string, make: () => Draft): Draft {
    const draft = this.#drafts.get(key) ?? make();
    this.#drafts.set(key, draft);
    return draft;
  }

  #unmark(): void {
    const view = this.pad.editor.peek()?.view;
    if (view) marks.markDraft(view, null);
  }

  /** What is already gone counts as done. */
  async #do(method: "DELETE" | "PATCH", path: string, body?: object): Promise<boolean> {
    try {
      await this.#asked(() => this.#requests.ask(method, path, body));
    } catch (error) {
      const code = error instanceof RightsError ? error.code : "internal";
      if (method === "DELETE" && code === "not_found") return true;
      const { problems, otherProblem } = commentWords.now;
      this.pad.notify(problems[code] ?? otherProblem(code));
      return false;
    }
    this.#refresh();
    return true;
  }

  /** Does it, and tells of what came meanwhile when it is known whose that is. */
  async #asked<T>(act: () => Promise<T>): Promise<T> {
    this.#asking += 1;
    try {
      return await act();
    } finally {
      this.#asking -= 1;
      setTimeout(() => this.#tell());
    }
  }

  async #learnWhoWeAre(): Promise<void> {
    try {
      const { you } = (await this.#asked(() => this.#requests.ask("GET", ""))) as { you?: unknown };
      if (typeof you === "string") this.me.value = you;
    } catch {
      // Until we write, our own comments cannot be changed here.
    }
  }

  #putMarks({ view }: Editor): void {
    marks.putCommentMarks(view, {
      onEntered: (id) => this.light(id),
      onPressed: (id) => this.open(id),
    });
    this.#showMarks();
    void loadChunk("marks", loadScrollMarks).then((chunk) => {
      if (chunk) marks.markInScrollBar(view, chunk.scrollMarks);
    });
  }

  #refresh(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    batch(() => this.#untold.push(...this.threads.takeIn()));
    this.#showMarks();
    this.#tell();
  }

  #showMarks(): void {
    const editor = this.pad.editor.peek();
    if (!editor) return;
    const open = new Set(this.threads.sorted.peek().open.map(({ id }) => id));
    const places = seesComments(this.pad.session) ? this.threads.shown() : [];
    marks.showCommentMarks(editor.view, places.filter(({ id }) => open.has(id)));
  }

  /** Tells of comments of others, once. */
  #tell(): void {
    if (this.#asking > 0 || this.#untold.length === 0) return;
    const news = this.#untold.splice(0).filter(({ comment }) => !this.isMine(comment));
    const words = commentWords.now;
    const sayings = news.map(({ comment }) => words.news(comment.author.name, excerpt(comment.text)));
    const said = news.length > NAMED_MOST ? words.newsOfMany(news.length) : sayings.join(" ");
    if (said === "") return;
    if (this.pad.panel.id.peek() === "comments") return this.#say(said);
    const show = { label: words.show, run: () => this.open(news[0]!.thread.id) };
    this.pad.notify(said, { about: "comment", action: show });
  }

  #say(words: string): void {
    this.spoken.value = words;
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => (this.spoken.value = ""), SPOKEN_MS);
  }
}

/** One of each pad. */
const all = new WeakMap<Pad, Promise<PadComments>>();
const loaded = signal<ReadonlyMap<Pad, PadComments>>(new Map());

/** The comments of that pad; null: they are not there yet. */
export function commentsOf(pad: Pad): PadComments | null {
  return loaded.value.get(pad) ?? null;
}

/** The same, once they are there. */
export function loadCommentsOf(pad: Pad): Promise<PadComments> {
  const known = all.get(pad);
  if (known) return known;
  const coming = commentWords.load().then(() => {
    const made = new PadComments(pad);
    loaded.value = new Map([...loaded.peek(), [pad, made]]);
    return made;
  });
  all.set(pad, coming);
  coming.catch(() => all.delete(pad)); // to be tried again
  return coming;
}
