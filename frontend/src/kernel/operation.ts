/**
 * One edit of a whole text: src/ot/op.h, semantics included, in the hands of
 * TypeScript.
 *
 * Units are code points. An Operation owns memory of the kernel: whoever holds
 * it frees it, exactly once. Methods borrow their arguments and give results
 * that belong to the caller.
 */

import { bytesAt, check, handle, kernel, KernelError, textOf, withUtf8 } from "./kernel";
import type { Rope } from "./rope";

/** An operation as it travels: retain 5, insert "text", delete 3. */
export type Components = readonly (number | string)[];

/** The same, a component at a time; `points` counts code points. */
export type Component =
  | { kind: "retain"; points: number }
  | { kind: "delete"; points: number }
  | { kind: "insert"; points: number; text: string };

/** Which of two inserts at one place stands first: the smaller text, or that of one
 * side. The numbers are those of enum op_order. */
export const InsertOrder = { byText: 0, thisFirst: 1, otherFirst: 2 } as const;
export type InsertOrder = (typeof InsertOrder)[keyof typeof InsertOrder];

/** What the first part of cut() may be; whole numbers below 2^31. */
export interface Room {
  /** As JSON, brackets included. */
  jsonBytes: number;
  /** Besides the retain at its end. */
  components: number;
  /** Of the text, while the rest is still to come. */
  growthBytes: number;
}

const KINDS = ["retain", "delete", "insert"] as const;

export class Operation {
  /** Address in the kernel's memory; 0 once it is freed. */
  #ptr: number;

  private constructor(ptr: number) {
    this.#ptr = ptr;
  }

  /** The empty operation, "" to "". */
  static empty(): Operation {
    return new Operation(handle(kernel().kp_op_new()));
  }

  /** Builds from the wire's form, and brings it into normal form. Throws a KernelError
   * for text that is not text, and for lengths beyond the kernel's bounds. */
  static of(components: Components): Operation {
    const op = Operation.empty();
    try {
      for (const part of components) {
        if (typeof part === "string") op.insert(part);
        else if (part > 0) op.retain(part);
        else op.delete(-part);
      }
      return op;
    } catch (error) {
      op.free();
      throw error;
    }
  }

  /** Gives the memory back. Throws when that was done before. */
  free(): void {
    if (this.#ptr === 0) throw new KernelError("operation freed twice");
    kernel().kp_op_free(this.#ptr);
    this.#ptr = 0;
  }

  /* ---- build ---- */

  /** Appends: the next so many code points stay. */
  retain(points: number): this {
    check(kernel().kp_op_retain(this.ptr, points), "retain");
    return this;
  }

  /** Appends: this text comes in. */
  insert(text: string): this {
    withUtf8(text, (ptr, len) => check(kernel().kp_op_insert(this.ptr, ptr, len), "insert"));
    return this;
  }

  /** Appends: the next so many code points go. */
  delete(points: number): this {
    check(kernel().kp_op_delete(this.ptr, points), "delete");
    return this;
  }

  /* ---- look ---- */

  /** For calls of the kernel. Throws when it was freed. */
  get ptr(): number {
    if (this.#ptr === 0) throw new KernelError("operation used after free");
    return this.#ptr;
  }

  /** Length of the text that it can be applied to, in code points. */
  get basePoints(): number {
    return kernel().kp_op_base(this.ptr);
  }

  /** Length of the text that comes of it. */
  get targetPoints(): number {
    return kernel().kp_op_target(this.ptr);
  }

  /** True when it leaves every text as it is. */
  get isNoop(): boolean {
    return kernel().kp_op_is_noop(this.ptr) !== 0;
  }

  /** True when both do the same: the normal form is unique. */
  equals(other: Operation): boolean {
    const a = this.code();
    const b = other.code();
    return a.length === b.length && a.every((byte, i) => byte === b[i]);
  }

  /** The components in order. */
  *components(): Generator<Component> {
    const code = this.code();
    let at = 0;
    const varint = () => {
      let value = 0;
      for (let factor = 1; ; factor *= 128) {
        const byte = code[at++]!;
        value += (byte & 127) * factor;
        if (byte < 128) return value;
      }
    };
    while (at < code.length) {
      const head = varint();
      const kind = KINDS[head & 3]!;
      const points = Math.floor(head / 4);
      if (kind !== "insert") {
        yield { kind, points };
        continue;
      }
      const lenBytes = varint();
      yield { kind, points, text: textOf(code.subarray(at, at + lenBytes)) };
      at += lenBytes;
    }
  }

  /** The wire's form. */
  toJSON(): (number | string)[] {
    return [...this.components()].map((part) =>
      part.kind === "insert" ? part.text : part.kind === "retain" ? part.points : -part.points,
    );
  }

  private code(): Uint8Array {
    const k = kernel();
    return bytesAt(k.kp_op_code(this.ptr), k.kp_op_code_len(this.ptr));
  }

  /* ---- the algebra ---- */

  /** The same once more. */
  copy(): Operation {
    const nothing = Operation.empty().retain(this.targetPoints);
    const copy = this.compose(nothing);
    nothing.free();
    return copy;
  }

  /** One operation that does this and then `next`. Throws when they do not follow each other. */
  compose(next: Operation): Operation {
    const out = Operation.empty();
    return made([out], kernel().kp_op_compose(this.ptr, next.ptr, out.ptr), "compose")[0]!;
  }

  /** For two edits of the same text: gives this as it reads after `other`, and
   * `other` as it reads after this. `order` is for inserts at one place. Throws
   * when their base lengths differ. */
  transform(other: Operation, order: InsertOrder = InsertOrder.byText): [Operation, Operation] {
    const out: [Operation, Operation] = [Operation.empty(), Operation.empty()];
    made(out, kernel().kp_op_transform(this.ptr, other.ptr, order, out[0].ptr, out[1].ptr), "transform");
    return out;
  }

  /** The operation that undoes this one; `base` is the text before it. */
  invert(base: Rope): Operation {
    const out = Operation.empty();
    return made([out], kernel().kp_op_invert(this.ptr, base.ptr, out.ptr), "invert")[0]!;
  }

  /** Cuts this in two: the first has `room`, or does the least that there is to do, and the rest follows
   * it; a no-op when there is room for all. */
  cut({ jsonBytes, components, growthBytes }: Room): [first: Operation, rest: Operation] {
    const out: [Operation, Operation] = [Operation.empty(), Operation.empty()];
    made(out, kernel().kp_op_cut(this.ptr, jsonBytes, components, growthBytes, out[0].ptr, out[1].ptr), "cut");
    return out;
  }

  /** Changes the text. Throws, and changes nothing, when its length is another. */
  applyTo(text: Rope): void {
    check(kernel().kp_op_apply(this.ptr, text.ptr), "apply");
  }

  /** The place at which a caret of the base text stands afterwards, both in code points. */
  moveCaret(atPoints: number): number {
    return kernel().kp_op_move_caret(this.ptr, atPoints);
  }
}

/** The results of a call; when it was refused, frees them and throws. */
function made(results: Operation[], status: number, doing: string): Operation[] {
  if (status !== 0) for (const op of results) op.free();
  check(status, doing);
  return results;
}

/** Composes a run of operations, each on the result of the one before, and
 * frees them; null for none. It goes by pairs, so that many small ones cost n log n
 * and not n². */
export function composeAll(ops: Operation[]): Operation | null {
  while (ops.length > 1) {
    const halved: Operation[] = [];
    for (let i = 0; i < ops.length; i += 2) {
      const [first, second] = [ops[i]!, ops[i + 1]];
      if (!second) {
        halved.push(first);
        continue;
      }
      halved.push(first.compose(second));
      first.free();
      second.free();
    }
    ops = halved;
  }
  return ops[0] ?? null;
}
