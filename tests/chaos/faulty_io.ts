// faulty_io.ts - the hand on faulty_io.c: builds it, and tells a running server
// what its disk and its clock do.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const SOURCE = path.join(import.meta.dirname, 'faulty_io.c');
const LIBRARY = path.join(import.meta.dirname, '../../build/chaos/faulty_io.so');
const BYTES = 32;

/** struct control, field by field. */
const FIELDS = { writeErrno: 0, syncErrno: 4, percent: 8, torn: 12, slowUs: 16 } as const;
const FAILURES_AT = 20;
const CLOCK_AT = 24;

export const ERRNO = { EIO: 5, ENOSPC: 28 } as const;

/** Builds the library when it is missing or older than its source. */
export function buildFaultyIo(): void {
  const isFresh = fs.existsSync(LIBRARY) && fs.statSync(LIBRARY).mtimeMs >= fs.statSync(SOURCE).mtimeMs;
  if (isFresh) return;
  fs.mkdirSync(path.dirname(LIBRARY), { recursive: true });
  const made = `${LIBRARY}.${process.pid}`;
  execFileSync('cc', ['-std=c17', '-O1', '-Wall', '-Wextra', '-shared', '-fPIC', '-o', made, SOURCE]);
  fs.renameSync(made, LIBRARY);
}

export class FaultyIo {
  private readonly file: number;

  constructor(private readonly controlPath: string) {
    fs.writeFileSync(controlPath, Buffer.alloc(BYTES));
    this.file = fs.openSync(controlPath, 'r+');
  }

  /** What the server's environment needs. */
  get settings(): Record<string, string> {
    return { LD_PRELOAD: LIBRARY, KP_FAULTY_IO: this.controlPath };
  }

  disk(state: Partial<Record<keyof typeof FIELDS, number>>): void {
    for (const [name, at] of Object.entries(FIELDS)) {
      const value = Buffer.alloc(4);
      value.writeInt32LE(state[name as keyof typeof FIELDS] ?? 0);
      fs.writeSync(this.file, value, 0, 4, at);
    }
  }

  clock(offMs: number): void {
    const value = Buffer.alloc(8);
    value.writeBigInt64LE(BigInt(offMs));
    fs.writeSync(this.file, value, 0, 8, CLOCK_AT);
  }

  get failures(): number {
    const value = Buffer.alloc(4);
    fs.readSync(this.file, value, 0, 4, FAILURES_AT);
    return value.readUInt32LE();
  }

  close(): void {
    fs.closeSync(this.file);
  }
}
