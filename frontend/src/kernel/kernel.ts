/**
 * The instance of the C kernel (src/wasm/exports.h) and the bytes that cross
 * its boundary.
 *
 * There is one instance for the page. Handles are addresses in its memory;
 * whoever makes one frees it. Memory may move under us: any call that
 * allocates can grow it, which detaches every typed array, so `memory.buffer`
 * is looked at afresh after such a call and views are never kept.
 */

/** The functions of src/wasm/exports.h. Pointers and sizes are plain numbers. */
export interface Exports {
  memory: WebAssembly.Memory;
  kp_alloc(sizeBytes: number): number;
  kp_free(ptr: number): void;
  kp_heap_used(): number;

  kp_op_new(): number;
  kp_op_free(op: number): void;
  kp_op_retain(op: number, points: number): number;
  kp_op_insert(op: number, utf8: number, lenBytes: number): number;
  kp_op_delete(op: number, points: number): number;
  kp_op_code(op: number): number;
  kp_op_code_len(op: number): number;
  kp_op_base(op: number): number;
  kp_op_target(op: number): number;
  kp_op_is_noop(op: number): number;
  kp_op_compose(a: number, b: number, out: number): number;
  kp_op_transform(a: number, b: number, order: number, a1: number, b1: number): number;
  kp_op_invert(op: number, base: number, out: number): number;
  kp_op_cut(op: number, jsonBytes: number, components: number, growthBytes: number, first: number, rest: number): number;
  kp_op_apply(op: number, rope: number): number;
  kp_op_move_caret(op: number, atPoints: number): number;

  kp_rope_new(): number;
  kp_rope_free(rope: number): void;
  kp_rope_set(rope: number, utf8: number, lenBytes: number): number;
  kp_rope_bytes(rope: number): number;
  kp_rope_points(rope: number): number;
  kp_rope_u16(rope: number): number;
  kp_rope_u16_of_points(rope: number, atPoints: number): number;
  kp_rope_points_of_u16(rope: number, atU16: number): number;
  kp_rope_read(rope: number, atPoints: number, countPoints: number): number;
  kp_rope_read_len(): number;
}

/** A call the kernel refused: operations that do not fit together, text that
 * is not text, or no memory left. What the call was to change is unchanged. */
export class KernelError extends Error {
  override name = "KernelError";
}

let instance: Exports | null = null;

/** Makes the instance from the bytes of kernel.wasm. It comes before anything else of
 * this folder is used; calling it again changes nothing. Throws when the browser
 * cannot run the module. */
export function initKernel(bytes: BufferSource): void {
  // Not asynchronously: so small a module is compiled sooner than a promise would come back.
  instance ??= new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as unknown as Exports;
}

/** The instance. Throws before initKernel(). */
export function kernel(): Exports {
  if (!instance) throw new KernelError("the kernel is not initialised");
  return instance;
}

/** Bytes the kernel holds for us now; for leak tests. */
export function kernelHeapBytes(): number {
  return kernel().kp_heap_used();
}

/** Throws unless `status` is OK. */
export function check(status: number, doing: string): void {
  if (status !== 0) throw new KernelError(`${doing}: the kernel refused it (error ${status})`);
}

/** A handle, or an error when the kernel had no memory for it. */
export function handle(ptr: number): number {
  if (ptr === 0) throw new KernelError("out of memory");
  return ptr;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Lends `text` as UTF-8 to `use` for the length of the call. */
export function withUtf8<T>(text: string, use: (ptr: number, lenBytes: number) => T): T {
  const k = kernel();
  // A UTF-16 unit is at most three bytes of UTF-8.
  const room = text.length * 3;
  const ptr = handle(k.kp_alloc(Math.max(room, 1)));
  try {
    const { written } = encoder.encodeInto(text, new Uint8Array(k.memory.buffer, ptr, room));
    return use(ptr, written);
  } finally {
    k.kp_free(ptr);
  }
}

/** A copy of kernel memory as bytes. */
export function bytesAt(ptr: number, lenBytes: number): Uint8Array {
  return new Uint8Array(kernel().memory.buffer, ptr, lenBytes).slice();
}

/** The text that those bytes of UTF-8 are. */
export function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
