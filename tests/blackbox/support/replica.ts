// replica.ts - a client's copy of the document.
//
//   synchronised            nothing of ours is unsent or unanswered
//   awaiting                `outstanding` was sent
//   awaiting with buffer    and `buffer` was typed since
//
// What the user sees is always  server · outstanding · buffer.
import type { Operation, Order, Text } from './operation.ts';
import { apply, compose, difference, mirrored, moveCaret, transform } from './operation.ts';

export class Replica {
  revision = 0;
  server: Text = [];
  text: Text = [];
  outstanding: Operation | undefined;
  buffer: Operation | undefined;
  /** Where the user types next; what others insert there comes behind it. */
  caret = 0;

  /** The user types. Returns what is to be sent now, if anything. */
  edit(op: Operation): Operation | undefined {
    this.text = apply(op, this.text);
    if (this.outstanding === undefined) return (this.outstanding = op);
    this.buffer = this.buffer === undefined ? op : compose(this.buffer, op);
    return undefined;
  }

  /** Somebody else's operation became the next revision; `order` is that of ours (a) and theirs (b). */
  remote(op: Operation, order: Order = 'text'): void {
    this.revision += 1;
    this.server = apply(op, this.server);
    this.rebase(op, order);
  }

  /** Ours became the next revision. Returns what is to be sent now. */
  acknowledge(): Operation | undefined {
    this.revision += 1;
    this.server = apply(this.outstanding as Operation, this.server);
    return this.promote();
  }

  /** A whole new text. `applied` says that it already holds what is outstanding. */
  snapshot(revision: number, text: Text, applied: boolean): void {
    let known = this.server;
    if (applied && this.outstanding !== undefined) {
      known = apply(this.outstanding, known);
      this.promote();
    }
    this.rebase(difference(known, text), 'text');
    this.revision = revision;
    this.server = text;
  }

  get settled(): boolean {
    return this.outstanding === undefined;
  }

  private promote(): Operation | undefined {
    this.outstanding = this.buffer;
    this.buffer = undefined;
    return this.outstanding;
  }

  private rebase(op: Operation, order: Order): void {
    let over = op;
    if (this.outstanding !== undefined) {
      const next = transform(this.outstanding, over, order);
      over = transform(over, this.outstanding, mirrored(order));
      this.outstanding = next;
    }
    if (this.buffer !== undefined) {
      const next = transform(this.buffer, over, order);
      over = transform(over, this.buffer, mirrored(order));
      this.buffer = next;
    }
    this.text = apply(over, this.text);
    this.caret = moveCaret(over, this.caret);
  }
}
