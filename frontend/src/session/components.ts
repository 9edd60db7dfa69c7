/**
 * The components of a session, made in the one order in which each finds what it
 * needs. They call downwards only: what they have to tell is heard by whoever
 * calls listen() or follow(), and that is the session, when all of them are there.
 */

import { type Signal, signal } from "@preact/signals";
import type { UnsentRecord } from "../browser";
import { Sync } from "../sync";
import { Backoff, type Socket, Transport } from "../transport";
import { type ClientMessage, encode, type Hello, type ServerMessage, SUBPROTOCOL_V2 } from "../wire";
import { newClientToken, socketUrl } from "./address";
import { changesIn } from "./batch_size";
import { CaretSender } from "./caret_sender";
import { EditSender } from "./edit_sender";
import type { Environment } from "./environment";
import { helloOf } from "./hello";
import { Inbox, onPainted } from "./inbox";
import { PadState } from "./pad_state";
import { KeptText } from "./kept_text";
import { LateAnswer } from "./late_answer";
import { Painter } from "./painter";
import { Refusals } from "./refusals";
import { RemovalGuard } from "./removal_guard";
import { SessionHandoff } from "./session_handoff";
import type { Link } from "./types";
import { UnmergedTexts } from "./unmerged_texts";
import { UnsentSaver } from "./unsent_saver";

/** A session by its pad, and what it begins with. */
export interface SessionOptions {
  padId: string;
  otp: string | null;
  base: string;
  /** The owner's token that the address has; null: none. */
  owner: string | null;
  /** The changes that an earlier tab left unsent: the session goes on as that tab. null: there are none. */
  draft: UnsentRecord | null;
  /** A socket that was opened for the session before its code was there; null: there is none. */
  socket: Socket | null;
}

/** A session may begin with these. By default it begins with nothing, in the browser that runs this code. */
export type StartOptions = Partial<Pick<SessionOptions, "draft" | "owner" | "socket">> & { environment?: Environment };

/** All that a session consists of. */
export interface SessionComponents {
  sync: Sync;
  /** Makes the first message on a connection. */
  hello: () => Hello;
  unmerged: UnmergedTexts;
  saver: UnsentSaver;
  link: Signal<Link>;
  transport: Transport;
  /** Sends a message; false when there is no connection to say it on. */
  send: (message: ClientMessage) => boolean;
  edits: EditSender;
  answers: LateAnswer;
  carets: CaretSender;
  state: PadState;
  refusals: Refusals;
  removals: RemovalGuard;
  kept: KeptText;
  painter: Painter;
  inbox: Inbox<ServerMessage>;
  handoff: SessionHandoff;
}

/** Makes them. Nothing is connected, and nothing is told, before the session asks for it. */
export function buildComponents(options: SessionOptions, environment: Environment): SessionComponents {
  const { padId, otp, base, draft, owner } = options;
  const { clock, page, timing } = environment;
  const token = draft?.token ?? newClientToken();

  // The copy of the document needs nothing, and most of the others read it.
  const sync = new Sync();
  if (draft) sync.resume(draft.kept);

  const unmerged = new UnmergedTexts(padId, environment.tabStorage);

  // Reads what is unsent from the copy. A record that is there already is that of the draft.
  const saver = new UnsentSaver(token, padId, () => ({ kept: sync.keep(), changes: sync.unsaved }), environment);
  if (draft) saver.adoptRecord();

  // Needs none of the others. It does nothing before it is told to connect.
  const link = signal<Link>({ kind: "connecting" });
  const transport = new Transport(socketUrl(base, padId), SUBPROTOCOL_V2, (n) => encode({ Ping: n }), {
    first: options.socket,
    openSocket: environment.openSocket,
    clock,
    backoff: new Backoff(environment.random, clock.elapsed, timing.backoff),
    timing: timing.transport,
  });
  const send = (message: ClientMessage) => link.value.kind === "up" && transport.send(encode(message));

  // Sends by the transport, and waits for the saver.
  const edits = new EditSender(transport, saver);
  // These two have something to send.
  const carets = new CaretSender((data) => send({ CursorData: data }), clock, timing.caretPauseMs);
  const state = new PadState(sync, { base, padId, token, otp, owner }, send, environment);

  // Asks whether we may write.
  const refusals = new Refusals(sync, state.access, environment);

  const kept = new KeptText(sync, state.language);

  // Is told how much waits.
  const answers = new LateAnswer(clock);

  // Knows people by their ids alone.
  const removals = new RemovalGuard(clock, (id) => state.presence.people.nameOf(id));

  // Takes from the copy, and from who is where; shows the guard what it takes away.
  const painter = new Painter(sync, state.presence, removals, clock);

  // Asks the copy who we are, so that an echo is told from what others do.
  const inbox = new Inbox<ServerMessage>({
    canWait: (message) => canWait(message, sync.userId),
    changesIn,
    schedule: (run, afterMs) => void clock.setTimeout(run, afterMs),
    painted: (run) => onPainted(run, page, clock),
    isHidden: page.isHidden,
    elapsed: clock.elapsed,
  });

  // Stops everything that speaks or writes, so it comes last.
  const handoff = new SessionHandoff(
    unmerged,
    {
      unsaved: () => sync.unsaved,
      text: () => sync.localText(),
      saveUnsent: () => saver.onPageHide(),
      shutDown: (reason) => {
        transport.stop();
        inbox.clear();
        answers.changed(0);
        saver.stop();
        sync.disconnected();
        link.value = { kind: "stopped", reason, detail: "" };
      },
    },
    base,
    environment,
  );
  // From here on another tab may claim the token; whichever way we learn of it, the page ends.
  saver.listen(() => handoff.claimedElsewhere());
  environment.tabs.hold(token, () => handoff.claimedElsewhere());

  const hello = () => helloOf(padId, token, state, sync);
  return { sync, hello, unmerged, saver, link, transport, send, edits, answers, carets, state, refusals, removals, kept, painter, inbox, handoff };
}

/** True for a message that can wait for the next frame: nobody would see it sooner. An echo brings nothing to the
 * screen; to wait with it would ask for a frame that shows nothing. */
function canWait(message: ServerMessage, me: number): boolean {
  if (message.type === "UserCursor") return message.id !== me;
  if (message.type === "UserInfo") return true;
  return message.type === "History" && message.operations.some(({ id }) => id !== me);
}
