// server_process.ts - the real server as a child process: on a free port, with
// a data folder of its own, stopped by its process id, its log kept.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Answer, RequestOptions } from './http.ts';
import { request } from './http.ts';
import { NODES, databaseUrl } from './store.ts';
import { PATIENCE_MS, until } from './wait.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
export const SERVER_PATH = path.resolve(ROOT, process.env['KP_SERVER'] ?? 'bin/kolabpad-server');

export type Settings = Record<string, string | number | undefined>;
export type Exit = { code: number | null; signal: NodeJS.Signals | null };
export type Run = Exit & { out: string; ms: number };

/** Below the ports that Linux gives to connections. */
const [FIRST_PORT, END_OF_PORTS] = [10_240, 32_768];
const SANITIZER = /WARNING: ThreadSanitizer|ERROR: AddressSanitizer|ERROR: LeakSanitizer|runtime error:/;
const children = new Set<ChildProcess>();
process.on('exit', () => children.forEach((child) => child.kill('SIGKILL')));

function environment(settings: Settings): NodeJS.ProcessEnv {
  const inherited = ['PATH', 'HOME', 'LANG', 'TSAN_OPTIONS', 'ASAN_OPTIONS', 'UBSAN_OPTIONS'];
  const env: NodeJS.ProcessEnv = {};
  for (const name of inherited) if (process.env[name] !== undefined) env[name] = process.env[name];
  for (const [name, value] of Object.entries(settings)) if (value !== undefined) env[name] = String(value);
  return env;
}

/**
 * A port for a server that may be restarted on it. Not one that the system
 * gives: those are where connections start from, so that by the time the server
 * listens, some client anywhere may have it.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * (END_OF_PORTS - FIRST_PORT));
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  const probe = net.createServer();
  return new Promise((resolve) => {
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/** A folder that lives as long as the test (or the file, when made in a hook). */
export function temporaryFolder(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'kolabpad-test-'));
}

/** Runs the program to its end: for --help, and for settings it must refuse. */
export async function run(settings: Settings, args: string[] = [], cwd?: string): Promise<Run> {
  const started = Date.now();
  const child = spawn(SERVER_PATH, args, { env: environment(settings), cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (out += chunk.toString()));
  const limit = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  const exit = await new Promise<Exit>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  clearTimeout(limit);
  children.delete(child);
  return { ...exit, out, ms: Date.now() - started };
}

export class Server {
  private ownLog = '';
  /** KP_NODES: the other servers on the same database. */
  private companions: Server[] = [];
  private uses = 0;
  private child!: ChildProcess;
  private gone!: Promise<Exit>;
  private isAskedToEnd = false;

  private constructor(
    readonly folder: string,
    public settings: Settings,
    private readonly ownPort: number,
    /** A command that runs the server: in another network namespace, say. */
    private readonly prefix: readonly string[],
  ) {}

  /** Starts and waits for `Listening on :PORT`. */
  static async start(settings: Settings = {}, folder: string = temporaryFolder()): Promise<Server> {
    const server = await Server.launch(settings, folder);
    await server.listening();
    return server;
  }

  /** Starts without waiting. */
  static async launch(settings: Settings = {}, folder: string = temporaryFolder(), prefix: readonly string[] = []): Promise<Server> {
    const usesDefault = settings['SQLITE_URI'] === undefined && settings['DATABASE_URL'] === undefined;
    const url = usesDefault ? await databaseUrl(folder) : undefined;
    const own = url === undefined ? settings : { ...settings, DATABASE_URL: url };
    const server = new Server(folder, own, Number(settings['PORT'] ?? (await freePort())), prefix);
    while (url !== undefined && server.companions.length < NODES - 1)
      server.companions.push(new Server(folder, own, await freePort(), prefix));
    server.spawn();
    return server;
  }

  /** Where to speak to it; with companions to each of them in turn. */
  get port(): number {
    return this.ports[this.uses++ % NODES] ?? this.ownPort;
  }

  /** Of it and its companions. */
  get ports(): number[] {
    return [this.ownPort, ...this.companions.map(({ ownPort }) => ownPort)];
  }

  get log(): string {
    return this.ownLog + this.companions.map(({ log }) => log).join('');
  }

  get database(): string {
    return path.join(this.folder, 'kolabpad.db');
  }

  get pid(): number {
    return this.child.pid!;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  socketUrl(id: string, query = ''): string {
    return `ws://127.0.0.1:${this.port}/api/socket/${id}${query}`;
  }

  get(target: string, options: RequestOptions = {}): Promise<Answer> {
    return request(this.port, target, options);
  }

  /** The document's text as the HTTP API gives it. */
  async text(id: string, otp?: string): Promise<string> {
    const headers = otp === undefined ? {} : { authorization: `Bearer ${otp}` };
    const answer = await this.get(`/api/text/${encodeURIComponent(id)}`, { headers });
    if (answer.status !== 200) throw new Error(`GET /api/text/${id}: ${answer.status} ${answer.text}`);
    return answer.text;
  }

  /** With companions: the sums. */
  async stats(): Promise<Record<string, number>> {
    const all = await Promise.all(this.ports.map((port) => request(port, '/api/stats')));
    const [sum, ...others] = all.map(({ text }) => JSON.parse(text) as Record<string, number>);
    for (const other of others) for (const [name, value] of Object.entries(other)) if (typeof value === 'number') sum![name]! += value;
    return sum!;
  }

  /** Waits for `Listening on :PORT`, or for an answer where the settings hide that line. */
  listening(): Promise<unknown> {
    const hidden = ['warn', 'error'].includes(String(this.settings['BACKEND_LOG_LEVEL'])) || this.settings['LOG_FILE'];
    if (!hidden) return Promise.all(this.ports.map((port) => this.logged(new RegExp(`Listening on :${port}\\b`))));
    return until('an answer', () => {
      if (!this.running) throw new Error(`the server ended early; its log:\n${this.log}`);
      return this.get('/api/health').catch(() => undefined);
    });
  }

  /** Waits until the log holds the pattern. */
  async logged(pattern: RegExp | string): Promise<RegExpMatchArray> {
    return until(`"${pattern}" in the log`, () => {
      const found = this.log.match(pattern);
      if (found === null && !this.running) throw new Error(`the server ended early; its log:\n${this.log}`);
      return found;
    }).catch((error: Error) => {
      throw new Error(`${error.message}; the log:\n${this.log.slice(-4000)}`);
    });
  }

  signal(name: NodeJS.Signals): void {
    if (name !== 'SIGHUP') this.isAskedToEnd = true;
    this.child.kill(name);
    for (const companion of this.companions) companion.signal(name);
  }

  /** Stops reading what the server logs, so that its pipe fills; or goes on. */
  deaf(isDeaf: boolean): void {
    for (const stream of [this.child.stdout, this.child.stderr]) isDeaf ? stream?.pause() : stream?.resume();
  }

  /** With companions: the last of them, and the exit of one that did not end as it should. */
  async exited(): Promise<Exit> {
    const exits = [await this.gone, ...(await Promise.all(this.companions.map((companion) => companion.exited())))];
    return exits.find(({ code }) => code !== 0) ?? exits[0]!;
  }

  /** SIGTERM, and the exit that follows. */
  async stop(): Promise<Exit> {
    this.signal('SIGTERM');
    const limit = setTimeout(() => this.signal('SIGKILL'), PATIENCE_MS * 2);
    const exit = await this.exited();
    clearTimeout(limit);
    return exit;
  }

  /** kill -9, as a power cut for the process. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.exited();
  }

  /** Starts again on the same port and the same data. */
  async restart(settings: Settings = {}): Promise<void> {
    if (this.running) await this.stop();
    for (const one of [this, ...this.companions]) {
      one.settings = { ...one.settings, ...settings };
      one.ownLog = '';
    }
    this.spawn();
    await this.listening();
  }

  /** The end of a test: a clean stop, or the reason why there was none. */
  async dispose(): Promise<void> {
    const { running, isAskedToEnd } = this;
    const { code, signal } = running ? await this.stop() : await this.exited();
    fs.rmSync(this.folder, { recursive: true, force: true });
    const end = !running && !isAskedToEnd ? `ended by itself (${signal ?? code})` : running && code !== 0 ? `stopped with ${signal ?? code}` : undefined;
    if (end !== undefined) throw new Error(`the server ${end}:\n${this.log.slice(-8000)}`);
    if (SANITIZER.test(this.log)) throw new Error(`sanitizer report:\n${this.log.slice(-8000)}`);
  }

  private spawn(): void {
    for (const companion of this.companions) companion.spawn();
    const isOneOfSeveral = NODES > 1 && this.settings['DATABASE_URL'] !== undefined;
    const env = environment({
      HOST: '127.0.0.1',
      CLUSTER_ADDRESS: isOneOfSeveral ? `127.0.0.1:${this.ownPort}` : undefined,
      SQLITE_URI: this.database,
      STATIC_DIR: path.join(import.meta.dirname, '../fixtures/static'),
      ...this.settings,
      PORT: this.ownPort,
    });
    const [program, ...args] = [...this.prefix, SERVER_PATH];
    const child = spawn(program!, args, { env, cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    this.isAskedToEnd = false;
    children.add(child);
    const keep = (chunk: Buffer): void => {
      this.ownLog += chunk.toString();
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    this.gone = new Promise((resolve) => {
      child.once('error', (error) => {
        this.ownLog += String(error);
        resolve({ code: null, signal: null });
      });
      child.once('close', (code, signal) => {
        children.delete(child);
        resolve({ code, signal });
      });
    });
  }
}
