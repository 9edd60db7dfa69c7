// pg_proxy.ts - the hand on tests/support/pg_proxy.c, which stands between a
// server and PostgreSQL. pg_proxy.h says which faults it knows.
import type { ChildProcessByStdio } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { until } from './wait.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../support');
const SOURCES = ['pg_proxy_main.c', 'pg_proxy.c', 'pg_proxy.h'].map((name) => path.join(FOLDER, name));
const PROGRAM = path.resolve(FOLDER, '../../build/tests/pg_proxy');

/** Builds the program when it is missing or older than its sources. */
function build(): void {
  const made = fs.existsSync(PROGRAM) ? fs.statSync(PROGRAM).mtimeMs : 0;
  if (SOURCES.every((source) => fs.statSync(source).mtimeMs <= made)) return;
  fs.mkdirSync(path.dirname(PROGRAM), { recursive: true });
  const fresh = `${PROGRAM}.${process.pid}`;
  const sources = SOURCES.filter((source) => source.endsWith('.c'));
  execFileSync('cc', ['-std=c17', '-D_GNU_SOURCE', '-O1', '-Wall', '-Wextra', '-pthread', `-I${path.dirname(FOLDER)}`, '-o', fresh, ...sources]);
  fs.renameSync(fresh, PROGRAM);
}

export class PgProxy {
  port = 0;
  private readonly child: ChildProcessByStdio<Writable, Readable, null>;
  private readonly waiting: ((line: string) => void)[] = [];

  private constructor(upstream: number) {
    this.child = spawn(PROGRAM, [String(upstream)], { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface({ input: this.child.stdout }).on('line', (line) => this.waiting.shift()?.(line));
  }

  static async start(upstream: number): Promise<PgProxy> {
    build();
    const proxy = new PgProxy(upstream);
    proxy.port = Number((await proxy.answer()).split(' ')[1]);
    return proxy;
  }

  /** A line of pg_proxy.h; how often rules have applied before it. */
  async say(line: string): Promise<number> {
    const answer = this.answer();
    this.child.stdin.write(`${line}\n`);
    const [word, fired] = (await answer).split(' ');
    if (word !== 'ok') throw new Error(`pg_proxy does not understand "${line}"`);
    return Number(fired);
  }

  /** A rule, which stands now; what is given back waits until it has applied. */
  async rule(line: string): Promise<() => Promise<unknown>> {
    const before = await this.say(line);
    return () => until(`"${line}" to apply`, async () => (await this.say('')) > before);
  }

  /** The same for a rule that applies to what goes on anyway, until it has. */
  async sayAndWait(line: string): Promise<void> {
    await (await this.rule(line))();
  }

  async dispose(): Promise<void> {
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.stdin.end();
    await gone;
  }

  private answer(): Promise<string> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
