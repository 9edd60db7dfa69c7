// tab.ts - a browser tab: the page's own sync machine and wire, with a socket
// and timers that do what the page does, only faster.
import { randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import type { Change, Edit, Kept } from '../../frontend/src/sync/index.ts';
import { Sync } from '../../frontend/src/sync/index.ts';
import { closingOf } from '../../frontend/src/transport/close_codes.ts';
import type { ServerMessage, Welcome } from '../../frontend/src/wire/index.ts';
import { decode, encode, SUBPROTOCOL_V2 } from '../../frontend/src/wire/index.ts';
import { apply, points } from '../blackbox/support/operation.ts';
import type { Person, Surroundings, Unsent } from './person.ts';
import type { Stroke } from './typing.ts';
import { strokes } from './typing.ts';

const PING_EVERY_MS = 600;
/** Generous: the machine may be loaded, and an answer that comes late is no fault. */
const PONG_MS = 4000;
const ANSWER_MS = 10_000;
const KEEP_EVERY_MS = 250;
/** How long the browser may take to write a record. */
const WRITE_MS = 30;
const RETRY_MS = 300;

export class Tab implements Person {
  private sync = new Sync();
  private shown = '';
  private token = randomBytes(16).toString('base64url');
  private socket: WebSocket | null = null;
  private waiting: ServerMessage[] = [];
  private attempts = 0;
  private deadline: NodeJS.Timeout | undefined;
  /** Runs from a Ping to the next sign of life. */
  private silence: NodeJS.Timeout | undefined;
  private isFrozen = false;
  private isGone = false;
  private readonly thawed: (() => void)[] = [];
  private readonly beats: NodeJS.Timeout[];
  /** Changes as they were last written down: what a crash leaves behind. */
  private kept: Kept | null = null;
  /** Runs while an edit waits for the record of it to be written. */
  private writing: NodeJS.Timeout | undefined;
  /** The text here may be taken back by what the server says next, and deletions in it with it: the database went back. */
  isOfThePast = false;

  constructor(private readonly around: Surroundings) {
    this.beats = [setInterval(() => this.ping(), PING_EVERY_MS), setInterval(() => this.keep(), KEEP_EVERY_MS)];
    this.connect();
  }

  get name(): string {
    return this.around.name;
  }

  get pad(): string {
    return this.around.pad;
  }

  get network() {
    return this.around.network;
  }

  get text(): string {
    return this.shown;
  }

  get isAway(): boolean {
    return this.isGone || this.isFrozen;
  }

  get isSettled(): boolean {
    return this.isUp && this.sync.isLoaded && this.sync.unsaved === 0 && this.waiting.length === 0;
  }

  unsent(): Unsent {
    return unsentOf(this.sync.keep());
  }

  /** What cannot have reached the server: not even in flight. */
  get unsaid(): string {
    const kept = this.sync.keep();
    return (kept?.buffer?.operation ?? []).filter((part) => typeof part === 'string').join('');
  }

  describe(): string {
    const { revision, unsaved, refusal, isOutOfStep } = this.sync;
    return `${this.name}: ${this.isUp ? 'up' : 'down'}, revision ${revision}, ${unsaved} unsaved, ${points(this.shown).length} points, refusal ${refusal?.code}, out of step ${isOutOfStep}`;
  }

  /* ---- the user ---- */

  act(): void {
    if (this.isAway || !this.sync.isLoaded) return;
    this.deliver();
    const text = points(this.shown);
    const made = strokes(text.length, this.around.random, this.around.ledger);
    for (const { from, to, insert } of made) {
      this.around.ledger.inserted(this.pad, this.name, insert);
      this.around.ledger.deleted(this.name, text.slice(from, to).join(''), this.isOfThePast ? 'perhaps' : 'surely');
    }
    const changes = inUnits(made, text);
    this.sync.edit(changes);
    this.shown = applied(this.shown, changes);
    this.pump();
  }

  freeze(): void {
    this.isFrozen = true;
    this.socket?.pause();
  }

  thaw(): void {
    this.isFrozen = false;
    this.socket?.resume();
    for (const run of this.thawed.splice(0)) run();
  }

  /** The browser dies. The next one finds what was written down last, if anything was. */
  crash(): void {
    const { kept } = this;
    const now = this.unsent();
    const rescued = unsentOf(kept);
    const lost = points(now.inserted).filter((point) => !rescued.inserted.includes(point));
    const forgotten = points(now.deleted).filter((point) => !rescued.deleted.includes(point));
    this.around.ledger.doubt(this.name, lost.join(''), forgotten.join('') + rescued.inserted);
    this.around.history.note(this.name, kept ? `crashed, ${points(rescued.inserted).length} points kept` : 'crashed, nothing kept');
    this.drop();
    this.sync.free();
    this.sync = new Sync();
    this.shown = '';
    this.kept = null;
    if (kept) this.sync.resume(kept);
    else this.token = randomBytes(16).toString('base64url');
    this.shown = applied('', this.sync.takeChanges());
    this.connect();
  }

  leave(): void {
    if (this.isGone) return;
    const { inserted, deleted } = this.unsent();
    this.around.ledger.doubt(this.name, inserted, deleted);
    this.around.history.note(this.name, 'left for good');
    this.close();
  }

  /** The end of the run. */
  close(): void {
    if (this.isGone) return;
    this.isGone = true;
    this.beats.forEach(clearInterval);
    this.drop();
    this.sync.free();
  }

  /* ---- the connection ---- */

  private get isUp(): boolean {
    return this.socket?.readyState === WebSocket.OPEN && this.deadline === undefined;
  }

  private connect(): void {
    if (this.isGone) return;
    const url = `ws://127.0.0.1:${this.network.port}/api/socket/${this.pad}`;
    const socket = new WebSocket(url, SUBPROTOCOL_V2, { perMessageDeflate: false, handshakeTimeout: ANSWER_MS });
    const isCurrent = () => this.socket === socket;
    socket.on('open', () => isCurrent() && this.whenAwake(() => isCurrent() && this.hello()));
    socket.on('message', (data) => isCurrent() && this.hear(data.toString()));
    socket.on('close', (code, reason) => isCurrent() && this.whenAwake(() => isCurrent() && this.down(code, reason.toString())));
    socket.on('error', () => undefined);
    this.socket = socket;
    this.expectWithin(ANSWER_MS);
  }

  private hello(): void {
    this.expectWithin(ANSWER_MS);
    this.say({ Hello: { client: this.token, otp: null, ...this.sync.position, name: this.name, hue: 0 } });
  }

  /** Without an answer by then the other side counts as dead. */
  private expectWithin(ms: number): void {
    clearTimeout(this.deadline);
    this.deadline = setTimeout(() => this.whenAwake(() => this.deadline && this.down(0, 'no answer')), ms);
  }

  private answered(): void {
    clearTimeout(this.deadline);
    this.deadline = undefined;
  }

  private ping(): void {
    if (!this.isUp || this.isFrozen || !this.sync.isLoaded) return;
    this.say({ Ping: 1 });
    const { socket } = this;
    this.silence ??= setTimeout(() => this.whenAwake(() => this.socket === socket && this.silence && this.down(0, 'no Pong')), PONG_MS);
  }

  private down(code: number, why: string): void {
    this.deliver();
    const { reason } = closingOf(code);
    this.around.history.note(this.name, `down: ${code} ${why}`);
    if (reason === 'bad_message' || reason === 'message_too_large') this.around.violated(`${this.name} was told ${code} ${why}`);
    this.drop();
    this.sync.disconnected();
    if (reason === 'out_of_step') this.sync.dropEpoch();
    this.retry();
  }

  private retry(): void {
    const longest = Math.min(60 * 2 ** this.attempts++, 1000);
    setTimeout(() => this.whenAwake(() => this.socket === null && this.connect()), this.around.random.between(longest / 4, longest));
  }

  private drop(): void {
    clearTimeout(this.deadline);
    clearTimeout(this.silence);
    clearTimeout(this.writing);
    this.deadline = this.silence = this.writing = undefined;
    this.waiting = [];
    const { socket } = this;
    this.socket = null;
    socket?.terminate();
  }

  private say(message: Parameters<typeof encode>[0]): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(encode(message));
  }

  private whenAwake(run: () => void): void {
    if (this.isFrozen) this.thawed.push(run);
    else if (!this.isGone) run();
  }

  /* ---- what the server says ---- */

  /** Held for a frame or not, as in the page. */
  private hear(text: string): void {
    clearTimeout(this.silence);
    this.silence = undefined;
    this.waiting.push(decode(text));
    if (this.waiting.length > 1) return;
    if (this.around.random.chance(50)) this.deliver();
    else setTimeout(() => this.whenAwake(() => this.deliver()), this.around.random.between(1, 16));
  }

  private deliver(): void {
    const messages = this.waiting;
    this.waiting = [];
    for (const message of messages) this.handle(message);
    if (messages.length > 0) this.settle();
  }

  private handle(message: ServerMessage): void {
    switch (message.type) {
      case 'Welcome':
        return this.welcomed(message.welcome);
      case 'Snapshot': {
        const isTold = this.sync.isSetBack(message.revision, message.text);
        const gone = this.around.ledger.takenBack(this.name, this.sync.serverText(), message.text);
        if (gone.length > 0 && !isTold) this.around.violated(`${this.name} is not told that ${gone.length} points of his were taken back`);
        this.sync.snapshot(message.revision, message.text);
        this.isOfThePast = false;
        return this.answered();
      }
      case 'History':
        this.sync.history(message.start, message.operations);
        this.isOfThePast = false;
        return this.answered();
      case 'Rejected':
        this.around.history.note(this.name, `refused: ${message.code}`);
        this.sync.rejected({ code: message.code, message: message.message, limit: message.limit });
        setTimeout(() => this.whenAwake(() => this.again()), RETRY_MS);
        return;
      default:
    }
  }

  private welcomed({ user_id: userId, epoch, resumed, committed, revision }: Welcome): void {
    this.around.history.note(this.name, `welcome: revision ${this.sync.revision} to ${revision}, ${resumed ? 'resumed' : 'afresh'}, committed ${committed}`);
    this.attempts = 0;
    this.sync.welcome({ userId, epoch, resumed, committed });
  }

  private settle(): void {
    this.shown = applied(this.shown, this.sync.takeChanges());
    if (this.shown !== this.sync.localText()) this.around.violated(`${this.name}: the editor shows another text than the copy`);
    if (this.sync.isOutOfStep) {
      this.around.violated(`${this.name} lost step at revision ${this.sync.revision}`);
      this.drop();
      this.sync.disconnected();
      this.sync.dropEpoch();
      return this.retry();
    }
    this.pump();
  }

  private again(): void {
    this.sync.retry();
    this.pump();
  }

  private pump(): void {
    const edit = this.sync.takeEdit();
    if (edit && this.kept) this.writing = setTimeout(() => this.whenAwake(() => this.sayWritten(edit)), this.around.random.below(WRITE_MS));
    else if (edit) this.say({ Edit: edit });
  }

  /** Where a record exists, the edit is in it before it is sent. */
  private sayWritten(edit: Edit): void {
    if (!this.writing) return; // its connection is gone
    this.writing = undefined;
    this.kept = this.sync.keep();
    this.say({ Edit: edit });
  }

  /** Later than things happen, and so is the end of the record. */
  private keep(): void {
    if (!this.isAway) this.kept = this.sync.keep();
  }
}

/* ---- texts ---- */

function unsentOf(kept: Kept | null): Unsent {
  const unsent = { inserted: '', deleted: '' };
  if (!kept) return unsent;
  let text = points(kept.serverText);
  for (const pending of [kept.inflight, kept.buffer]) {
    if (!pending) continue;
    let at = 0;
    for (const part of pending.operation) {
      if (typeof part === 'string') unsent.inserted += part;
      else if (part < 0) unsent.deleted += text.slice(at, at - part).join('');
      if (typeof part === 'number') at += Math.abs(part);
    }
    text = apply(pending.operation, text);
  }
  return unsent;
}

/** The same in UTF-16 units. */
function inUnits(made: readonly Stroke[], text: readonly string[]): Change[] {
  const offset = (at: number) => text.slice(0, at).join('').length;
  return made.map(({ from, to, insert }) => ({ from: offset(from), to: offset(to), insert }));
}

function applied(text: string, changes: readonly Change[]): string {
  let result = '';
  let at = 0;
  for (const { from, to, insert } of changes) {
    result += text.slice(at, from) + insert;
    at = to;
  }
  return result + text.slice(at);
}
