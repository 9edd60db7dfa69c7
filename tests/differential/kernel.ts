/**
 * The browser's build of the kernel, called directly: what the page's own
 * binding does is tested by the page. Operations come back through their
 * bytes, decoded here a second time, so the codec is compared as well.
 */
import { readFileSync } from 'node:fs';
import type { Components } from './random.ts';

type Call = (...args: number[]) => number;
type Exports = { memory: WebAssembly.Memory } & Record<`kp_${string}`, Call>;

const file = new URL('../../build/wasm/kernel.wasm', import.meta.url);
const module = new WebAssembly.Module(readFileSync(file));
export const kp = new WebAssembly.Instance(module).exports as unknown as Exports;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

export class KernelRefused extends Error {}

function must(code: number): void {
  if (code !== 0) throw new KernelRefused(`error ${code}`);
}

/** The kernel's memory, which moves when it grows: never kept. */
export const bytesAt = (address: number, length: number): Uint8Array =>
  new Uint8Array(kp.memory.buffer, address, length);

/** Calls `use` with the text in the kernel's memory. */
function withText<T>(text: string, use: (address: number, length: number) => T): T {
  const bytes = encoder.encode(text);
  const address = kp.kp_alloc!(bytes.length);
  bytesAt(address, bytes.length).set(bytes);
  try {
    return use(address, bytes.length);
  } finally {
    kp.kp_free!(address);
  }
}

/** Everything made inside `use` is freed after it. */
function scope<T>(use: (op: (of?: Components) => number, rope: (of: string) => number) => T): T {
  const ops: number[] = [];
  const ropes: number[] = [];
  const op = (of: Components = []) => {
    const handle = kp.kp_op_new!();
    ops.push(handle);
    for (const c of of) append(handle, c);
    return handle;
  };
  const rope = (of: string) => {
    const handle = kp.kp_rope_new!();
    ropes.push(handle);
    must(withText(of, (address, length) => kp.kp_rope_set!(handle, address, length)));
    return handle;
  };
  try {
    return use(op, rope);
  } finally {
    ops.forEach((handle) => kp.kp_op_free!(handle));
    ropes.forEach((handle) => kp.kp_rope_free!(handle));
  }
}

function append(op: number, component: number | string): void {
  if (typeof component === 'string') {
    must(withText(component, (address, length) => kp.kp_op_insert!(op, address, length)));
  } else {
    must(component > 0 ? kp.kp_op_retain!(op, component) : kp.kp_op_delete!(op, -component));
  }
}

/** Decodes the bytes of an operation: src/ot/op.h. */
function read(op: number): Components {
  const code = bytesAt(kp.kp_op_code!(op), kp.kp_op_code_len!(op));
  const out: Components = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = code[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < code.length) {
    const head = varint();
    const count = Math.floor(head / 4);
    if (head % 4 === 2) {
      const length = varint();
      out.push(decoder.decode(code.slice(at, at + length)));
      at += length;
    } else {
      out.push(head % 4 === 0 ? count : -count);
    }
  }
  return out;
}

export const normal = (a: Components): Components => scope((op) => read(op(a)));

export const compose = (a: Components, b: Components): Components =>
  scope((op) => {
    const out = op();
    must(kp.kp_op_compose!(op(a), op(b), out));
    return read(out);
  });

/** enum op_order of src/ot/op.h. */
export const ORDERS = ['by text', 'a first', 'b first'] as const;

export const transform = (a: Components, b: Components, order: (typeof ORDERS)[number] = 'by text'): [Components, Components] =>
  scope((op) => {
    const [a1, b1] = [op(), op()];
    must(kp.kp_op_transform!(op(a), op(b), ORDERS.indexOf(order), a1, b1));
    return [read(a1), read(b1)];
  });

export const invert = (text: string, a: Components): Components =>
  scope((op, rope) => {
    const out = op();
    must(kp.kp_op_invert!(op(a), rope(text), out));
    return read(out);
  });

export const apply = (text: string, a: Components): string =>
  scope((op, rope) => {
    const r = rope(text);
    must(kp.kp_op_apply!(op(a), r));
    const address = kp.kp_rope_read!(r, 0, kp.kp_rope_points!(r));
    const after = decoder.decode(bytesAt(address, kp.kp_rope_read_len!()));
    kp.kp_free!(address);
    return after;
  });

export const caret = (a: Components, at: number): number => scope((op) => kp.kp_op_move_caret!(op(a), at));

export const heapUsed = (): number => kp.kp_heap_used!();
