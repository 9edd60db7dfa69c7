// tab_process.ts - a tab that can be stopped, and put into another network,
// like a process: because it is one.
import type { ChildProcess } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import type { TabState } from './tab_program.ts';
import { until } from './wait.ts';

const TESTS = path.resolve(import.meta.dirname, '../..');
const BUNDLE = path.resolve(TESTS, `../build/tab_program.${process.pid}.mjs`);
const KERNEL = path.resolve(TESTS, '../frontend/src/kernel/kernel.wasm');

/** For beforeAll: makes one file of the program. */
export async function buildTab(): Promise<void> {
  const source = path.join(TESTS, 'blackbox/support/tab_program.ts');
  const bundler = path.join(TESTS, 'node_modules/.bin/rolldown');
  await promisify(execFile)(bundler, [source, '--file', BUNDLE, '--format', 'esm', '--platform', 'node'], { cwd: TESTS });
  process.once('exit', () => fs.rmSync(BUNDLE, { force: true }));
}

export class TabProcess {
  state: TabState | undefined;
  private errors = '';
  private unread = '';

  private constructor(private readonly child: ChildProcess) {
    child.stdout!.on('data', (chunk: Buffer) => this.read(chunk.toString()));
    child.stderr!.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
    child.stdin!.on('error', () => undefined); // it ended; whoever waits for it is told
  }

  /** For the test; `prefix` is a command that runs it, in another namespace perhaps. */
  static start(url: string, prefix: readonly string[] = []): TabProcess {
    const [program, ...args] = [...prefix, process.execPath, BUNDLE, url, KERNEL];
    const child = spawn(program!, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    return new TabProcess(child);
  }

  type(text: string): void {
    this.child.stdin!.write(`${text}\n`);
  }

  freeze(): void {
    this.child.kill('SIGSTOP');
  }

  thaw(): void {
    this.child.kill('SIGCONT');
  }

  async until(what: string, probe: (state: TabState) => boolean): Promise<TabState> {
    await until(what, () => {
      if (this.child.exitCode !== null) throw new Error(`the tab ended: ${this.errors}`);
      return this.state && probe(this.state);
    }).catch((error: Error) => {
      throw new Error(`${error.message}; the tab: ${JSON.stringify(this.state)?.slice(0, 400)}`);
    });
    return this.state!;
  }

  sees(text: string): Promise<TabState> {
    return this.until(`the text ${JSON.stringify(text)}, acknowledged`, (state) => state.isUp && state.unsaved === 0 && state.text === text);
  }

  private read(chunk: string): void {
    const lines = (this.unread + chunk).split('\n');
    this.unread = lines.pop()!;
    const last = lines.at(-1);
    if (last !== undefined) this.state = JSON.parse(last) as TabState;
  }
}
