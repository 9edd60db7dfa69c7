/**
 * A text with an index: src/text/rope.h. Finds the UTF-16 offset of a code
 * point and back in O(log n), which is what stands between CodeMirror's
 * positions and the wire's.
 *
 * A Rope owns memory of the kernel; whoever holds it frees it.
 */

import { bytesAt, check, handle, kernel, KernelError, textOf, withUtf8 } from "./kernel";

export class Rope {
  /** Address in the kernel's memory; 0 once it is freed. */
  #ptr: number;

  /** Throws a KernelError when there is no memory for it. */
  constructor(text = "") {
    this.#ptr = handle(kernel().kp_rope_new());
    if (text !== "") this.set(text);
  }

  /** Gives the memory back. Throws when that was done before. */
  free(): void {
    kernel().kp_rope_free(this.ptr);
    this.#ptr = 0;
  }

  /** Replaces the whole text. Throws, and changes nothing, for text that is not well formed. */
  set(text: string): void {
    withUtf8(text, (ptr, len) => check(kernel().kp_rope_set(this.ptr, ptr, len), "set text"));
  }

  /** For calls of the kernel. Throws when it was freed. */
  get ptr(): number {
    if (this.#ptr === 0) throw new KernelError("rope used after free");
    return this.#ptr;
  }

  /** Length in bytes of UTF-8. */
  get bytes(): number {
    return kernel().kp_rope_bytes(this.ptr);
  }

  /** Length in code points. */
  get points(): number {
    return kernel().kp_rope_points(this.ptr);
  }

  /** Length in UTF-16 units. */
  get u16(): number {
    return kernel().kp_rope_u16(this.ptr);
  }

  /** The UTF-16 offset of a code point; what is beyond the end counts as the end. */
  u16OfPoints(at: number): number {
    return kernel().kp_rope_u16_of_points(this.ptr, Math.min(at, this.points));
  }

  /** The code point at a UTF-16 offset; what is beyond the end counts as the end. */
  pointsOfU16(at: number): number {
    return kernel().kp_rope_points_of_u16(this.ptr, Math.min(at, this.u16));
  }

  /** The text from a code point on; by default all of it. */
  read(atPoints = 0, countPoints = this.points - atPoints): string {
    if (countPoints === 0) return "";
    const k = kernel();
    const ptr = handle(k.kp_rope_read(this.ptr, atPoints, countPoints));
    const text = textOf(bytesAt(ptr, k.kp_rope_read_len()));
    k.kp_free(ptr);
    return text;
  }
}
