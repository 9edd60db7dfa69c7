import "../style/comments.css";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Thread } from "../../comments";
import { shownKeys } from "../base/keys";
import { Words } from "../base/words";
import { mayComment } from "../pad/open_comments";
import type { Pad } from "../pad/pad";
import { COMMENT_KEYS } from "./comments_by_key";
import { Composer } from "./composer";
import { commentsOf, loadCommentsOf, type PadComments } from "./pad_comments";
import { ThreadCard } from "./thread_card";
import { commentWords } from "./words";

/** The panel, once its words are there. */
export async function loadCommentsPanel() {
  await commentWords.load();
  return CommentsPanel;
}

/** The threads of a pad, and the box for another one. */
function CommentsPanel({ pad }: { pad: Pad }) {
  const words = commentWords.now;
  const comments = commentsOf(pad);
  const isMissing = useSignal(false);
  useEffect(() => {
    loadCommentsOf(pad).catch(() => (isMissing.value = true));
  }, [pad]);
  if (!comments) return isMissing.value ? <p class="hint">{words.gone}</p> : null;
  return (
    <div class="comments" onPointerLeave={() => comments.light(null)}>
      <p class="visually-hidden" role="status">
        <Words text={comments.spoken.value} />
      </p>
      <div role="status">
        {pad.session.link.value.kind !== "up" && <Hint text={words.offline} />}
        {pad.session.access.comments.value === "read" && <Hint text={words.notWritable} />}
      </div>
      {mayComment(pad.session) && <New comments={comments} />}
      <Lists pad={pad} comments={comments} />
    </div>
  );
}

function Hint({ text }: { text: string }) {
  return (
    <p class="hint">
      <Words text={text} />
    </p>
  );
}

function New({ comments }: { comments: PadComments }) {
  const words = commentWords.now;
  const fresh = comments.fresh.value;
  if (!fresh) {
    return (
      // The selection of the text must not go with the press.
      <button type="button" class="add-comment" onPointerDown={(event) => event.preventDefault()} onClick={() => void comments.begin()}>
        {words.add}
      </button>
    );
  }
  return (
    <section class="thread new" aria-label={words.heading(fresh.quote)}>
      <p class="quote" dir="auto">
        <span translate={false}>
          <Words text={fresh.quote} />
        </span>
      </p>
      <Composer draft={fresh.draft} askedFor={comments.askedFor} label={words.label} send={words.send} onSend={() => void comments.send()} onLeave={() => comments.leave()} />
    </section>
  );
}

function Lists({ pad, comments }: { pad: Pad; comments: PadComments }) {
  const words = commentWords.now;
  const { open, detached, resolved } = comments.threads.sorted.value;
  const isNone = open.length + detached.length + resolved.length === 0;
  if (isNone && !mayComment(pad.session)) return <Hint text={words.emptyToRead} />;
  if (isNone) return comments.fresh.value ? null : <Hint text={words.empty(shownKeys(COMMENT_KEYS, words.keyNames))} />;
  return (
    <>
      <List {...{ pad, comments }} threads={open} label={words.list} isPlaced />
      {detached.length > 0 && (
        <section aria-labelledby="comments-detached">
          <h3 id="comments-detached">{words.detached}</h3>
          <List {...{ pad, comments }} threads={detached} label={words.detached} isPlaced={false} />
        </section>
      )}
      {resolved.length > 0 && <Resolved {...{ pad, comments }} threads={resolved} />}
    </>
  );
}

interface ListProps {
  pad: Pad;
  comments: PadComments;
  threads: readonly Thread[];
}

function List({ pad, comments, threads, label, isPlaced }: ListProps & { label: string; isPlaced: boolean }) {
  if (threads.length === 0) return null;
  return (
    <ul class="threads" aria-label={label}>
      {threads.map((thread) => (
        <ThreadCard key={thread.id} pad={pad} comments={comments} thread={thread} isPlaced={isPlaced} />
      ))}
    </ul>
  );
}

/** Folded, since these matters are settled. */
function Resolved({ pad, comments, threads }: ListProps) {
  const words = commentWords.now;
  const isOpen = useSignal(false);
  return (
    <section>
      <button type="button" class="quiet" aria-expanded={isOpen.value} onClick={() => (isOpen.value = !isOpen.value)}>
        <span class="fold" aria-hidden="true" />
        <Words text={words.resolved(threads.length)} />
      </button>
      {isOpen.value && <List {...{ pad, comments, threads }} label={words.resolved(threads.length)} isPlaced={false} />}
    </section>
  );
}
