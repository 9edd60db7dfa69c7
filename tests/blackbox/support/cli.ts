// cli.ts - the command line as a child process, with an environment of its own.
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { Server } from './server_process.ts';
import { PATIENCE_MS, until } from './wait.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
export const CLI_PATH = path.resolve(ROOT, process.env['KP_CLI'] ?? 'bin/kolabpad');

export type Ended = { code: number | null; signal: NodeJS.Signals | null; out: string; err: string };
export type Environment = Record<string, string | undefined>;

/** The address of a pad as the page shows it. */
export const addressOf = (server: Server, id: string, otp?: string): string =>
  `http://127.0.0.1:${server.port}/#${encodeURIComponent(id)}${otp === undefined ? '' : `&otp=${otp}`}`;

const INHERITED = ['PATH', 'HOME', 'LANG', 'ASAN_OPTIONS', 'UBSAN_OPTIONS'] as const;

/** One call that goes on. It is killed when the test ends before it does. */
export class Cli {
  out = Buffer.alloc(0);
  err = '';
  readonly ended: Promise<Ended>;
  private readonly child: ChildProcessWithoutNullStreams;

  constructor(args: readonly string[], env: Environment = {}) {
    const own: NodeJS.ProcessEnv = {};
    for (const name of INHERITED) if (process.env[name] !== undefined) own[name] = process.env[name];
    this.child = spawn(CLI_PATH, args, { env: { ...own, ...env }, stdio: 'pipe', detached: true }); // no terminal to ask on
    this.child.stdout.on('data', (chunk: Buffer) => (this.out = Buffer.concat([this.out, chunk])));
    this.child.stderr.on('data', (chunk: Buffer) => (this.err += chunk.toString()));
    this.child.stdin.on('error', () => undefined); // it may end without having read everything
    this.ended = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code, signal) => resolve({ code, signal, out: this.out.toString(), err: this.err }));
    });
    onTestFinished(() => void this.child.kill('SIGKILL'));
  }

  get pid(): number {
    return this.child.pid!;
  }

  write(text: string | Buffer): void {
    this.child.stdin.write(text);
  }

  end(): void {
    this.child.stdin.end();
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Waits until what it has printed holds that. */
  async prints(text: string): Promise<void> {
    await until(`${JSON.stringify(text.slice(0, 80))} in ${JSON.stringify(this.out.toString().slice(-400))}, ${this.err}`, () =>
      this.out.includes(text),
    );
  }

  /** Waits until it has said that on standard error. */
  async says(pattern: RegExp): Promise<void> {
    await until(`${pattern} in what it says`, () => pattern.test(this.err));
  }
}

/** One call to its end. */
export async function cli(args: readonly string[], options: { env?: Environment; input?: string | Buffer } = {}): Promise<Ended> {
  const one = new Cli(args, options.env);
  one.write(options.input ?? '');
  one.end();
  const limit = setTimeout(() => one.signal('SIGKILL'), PATIENCE_MS * 2);
  const ended = await one.ended;
  clearTimeout(limit);
  if (/Sanitizer|runtime error:/.test(ended.err)) throw new Error(ended.err);
  return ended;
}
