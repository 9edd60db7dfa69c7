import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import type { Comment, Thread } from "../../comments";
import { shortDate } from "../base/dates";
import { Face } from "../base/face";
import { useHeir } from "../base/heir";
import { Question } from "../base/question";
import { Words } from "../base/words";
import { mayComment } from "../pad/open_comments";
import type { Pad } from "../pad/pad";
import { Composer } from "./composer";
import { excerpt } from "./excerpt";
import type { PadComments } from "./pad_comments";
import { commentWords } from "./words";

/** Of a thread with more, the first and the last ones are shown. */
const SHOWN_MOST = 5;
const SHOWN_LAST = 3;
/** Of a longer comment the beginning is shown. */
const TEXT_UNITS_MOST = 500;

interface Props {
  pad: Pad;
  comments: PadComments;
  thread: Thread;
  /** False: its text is not there. */
  isPlaced: boolean;
}

/** A thread: what it is about, its comments, and what can be done with it. */
export function ThreadCard({ pad, comments, thread, isPlaced }: Props) {
  const words = commentWords.now;
  const heading = useId();
  const card = useRef<HTMLElement>(null);
  const isLit = comments.lit.value === thread.id;
  useWanted(comments, thread, card);
  useHeir(card, beside);
  const quote = excerpt(thread.quote);
  const title = words.thread(quote, thread.comments[0]!.author.name, thread.comments.length);
  return (
    <li class={isLit ? "thread lit" : "thread"} onPointerEnter={() => isPlaced && comments.light(thread.id)}>
      <article ref={card} tabIndex={-1} aria-labelledby={heading} onFocusIn={() => isPlaced && comments.light(thread.id)}>
        <h3 id={heading} class="visually-hidden">
          <Words text={title} />
        </h3>
        {isPlaced ? (
          <button type="button" class="quiet quote" dir="auto" title={words.goTo} aria-label={`${words.goTo}: “${quote}”`} onClick={() => void comments.goTo(thread.id)}>
            <Quote text={quote} />
          </button>
        ) : (
          <p class="quote" dir="auto">
            <Quote text={quote} />
          </p>
        )}
        <Said pad={pad} comments={comments} thread={thread} />
        {thread.resolved && (
          <p class="hint">
            <Words text={words.resolvedBy(thread.resolved.by.name, shortDate(thread.resolved.at * 1000))} />
          </p>
        )}
        {mayComment(pad.session) && <Deeds comments={comments} thread={thread} quote={quote} />}
      </article>
    </li>
  );
}

/** The thread that is next in its list, or the one before, or the button for a new one. An answer that is being written
 * comes up again where its thread does, with the keyboard. */
function beside(card: HTMLElement): HTMLElement | null | undefined {
  if (document.activeElement instanceof HTMLTextAreaElement) return null;
  const item = card.parentElement;
  const next = item?.nextElementSibling ?? item?.previousElementSibling;
  return next?.querySelector("article") ?? card.closest(".comments")?.querySelector<HTMLElement>(".add-comment");
}

/** It runs as its first letter does, and so does what it stands in, with the line beside it. */
function Quote({ text }: { text: string }) {
  return (
    <span translate={false}>
      <Words text={text} />
    </span>
  );
}

/** Brings the card into view, with the keyboard, when somebody wants it; and into view when the caret comes to its text. */
function useWanted({ wanted, lit }: PadComments, { id }: Thread, card: { current: HTMLElement | null }): void {
  const isWanted = wanted.value === id;
  const isLit = lit.value === id;
  useEffect(() => {
    if (!isWanted) return;
    wanted.value = null;
    card.current!.focus();
    card.current!.scrollIntoView({ block: "nearest" });
  }, [isWanted]);
  useEffect(() => {
    // Not while one is in the list oneself: it must not move under a pointer or the keyboard.
    if (isLit && !card.current!.closest(".panel-body, dialog")?.matches(":hover, :focus-within")) card.current!.scrollIntoView({ block: "nearest" });
  }, [isLit]);
}

function Said({ pad, comments, thread }: Omit<Props, "isPlaced">) {
  const isWhole = useSignal(false);
  const { comments: all } = thread;
  const hidden = isWhole.value || all.length <= SHOWN_MOST ? 0 : all.length - 1 - SHOWN_LAST;
  const one = (comment: Comment) => <One key={comment.id} pad={pad} comments={comments} thread={thread} comment={comment} />;
  return (
    <ul class="said">
      {one(all[0]!)}
      {hidden > 0 && (
        <li key="more">
          <button type="button" class="quiet" onClick={() => (isWhole.value = true)}>
            {commentWords.now.more(hidden)}
          </button>
        </li>
      )}
      {all.slice(1 + hidden).map(one)}
    </ul>
  );
}

interface OneProps extends Omit<Props, "isPlaced"> {
  comment: Comment;
}

function One({ pad, comments, thread, comment }: OneProps) {
  const words = commentWords.now;
  const isEdited = useSignal(false);
  const item = useRef<HTMLLIElement>(null);
  useHeir(item, (going) => going.closest("article"));
  const { author, text, made_at, edited_at } = comment;
  const made = new Date(made_at * 1000);
  const isMine = comments.isMine(comment);
  const editing = useRef<HTMLButtonElement>(null);
  const edited = () => {
    isEdited.value = false;
    requestAnimationFrame(() => editing.current?.focus());
  };
  const edit = () => {
    comments.askedFor.value = comments.editOf(thread, comment);
    isEdited.value = true;
  };
  return (
    <li ref={item} class="one">
      <div class="one-head">
        <Face name={author.name} hue={author.hue} />
        <span class="name" translate={false} title={author.name}>
          <Words text={author.name} />
        </span>
        {isMine && <span class="you">{words.mine}</span>}
        <time dateTime={made.toISOString()} title={made.toLocaleString()}>
          <Words text={shortDate(made_at * 1000) + (edited_at === null ? "" : `, ${words.edited}`)} />
        </time>
      </div>
      {isEdited.value ? <Edit {...{ comments, thread, comment }} done={edited} /> : <Text text={text} />}
      {mayComment(pad.session) && comments.mayRemove(comment) && !isEdited.value && (
        <div class="one-deeds">
          {isMine && (
            <button ref={editing} type="button" class="quiet" aria-label={words.editOf(excerpt(text))} onClick={edit}>
              {words.edit}
            </button>
          )}
          <Question
            label={words.remove}
            longLabel={words.removeOf(excerpt(text))}
            quiet
            question={words.sure}
            yes={words.remove}
            no={words.keep}
            isIdle={false}
            act={() => void comments.remove(thread, comment)}
          />
        </div>
      )}
    </li>
  );
}

function Text({ text }: { text: string }) {
  const isWhole = useSignal(false);
  const isCut = !isWhole.value && text.length > TEXT_UNITS_MOST;
  return (
    <>
      <p class="one-text" dir="auto">
        <Words text={isCut ? `${text.slice(0, TEXT_UNITS_MOST).toWellFormed().replace(/\uFFFD$/, "")}…` : text} />
      </p>
      {isCut && (
        <button type="button" class="quiet" onClick={() => (isWhole.value = true)}>
          {commentWords.now.wholeText}
        </button>
      )}
    </>
  );
}

function Edit({ comments, thread, comment, done }: Omit<OneProps, "pad"> & { done: () => void }) {
  const draft = comments.editOf(thread, comment);
  const send = async () => {
    if (await comments.sendDraft(draft)) done();
  };
  return <Composer draft={draft} askedFor={comments.askedFor} label={commentWords.now.label} send={commentWords.now.save} onSend={() => void send()} onLeave={() => (draft.stop(), done())} />;
}

/** Answers, and ends the matter. */
function Deeds({ comments, thread, quote }: { comments: PadComments; thread: Thread; quote: string }) {
  const words = commentWords.now;
  const isAnswering = useSignal(comments.hasReplyTo(thread));
  const isBusy = useSignal(false);
  const answer = useRef<HTMLButtonElement>(null);
  const isResolved = thread.resolved !== null;
  const done = () => {
    isAnswering.value = false;
    requestAnimationFrame(() => answer.current?.focus());
  };
  const begin = () => {
    comments.askedFor.value = comments.replyTo(thread);
    isAnswering.value = true;
  };
  const resolve = async () => {
    if (isBusy.value) return;
    isBusy.value = true;
    await comments.resolve(thread, !isResolved);
    isBusy.value = false;
  };
  if (isAnswering.value) {
    const draft = comments.replyTo(thread);
    const send = async () => {
      if (await comments.sendDraft(draft)) done();
    };
    const label = words.replyTo(thread.comments[0]!.author.name);
    return <Composer {...{ draft, label }} askedFor={comments.askedFor} send={words.send} onSend={() => void send()} onLeave={() => (draft.stop(), done())} />;
  }
  return (
    <div class="thread-deeds">
      <button ref={answer} type="button" class="quiet" onClick={begin}>
        {words.reply}
      </button>
      <button type="button" class="quiet" aria-busy={isBusy.value} aria-label={isResolved ? words.reopenOf(quote) : words.resolveOf(quote)} onClick={() => void resolve()}>
        {isResolved ? words.reopen : words.resolve}
      </button>
    </div>
  );
}
