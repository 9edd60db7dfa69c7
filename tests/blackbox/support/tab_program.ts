// tab_program.ts - a tab as a process of its own: the page's sync machine and
// wire with a socket and timers, and a user who types what comes in on stdin.
// Says how it is, as a line of JSON, whenever that has changed. Started by
// tab_process.ts, bundled:  node tab_program.mjs SOCKET_URL KERNEL_WASM
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import readline from 'node:readline';
import { WebSocket } from 'ws';
import { initKernel, Sync } from '../../../frontend/src/sync/index.ts';
import type { ServerMessage } from '../../../frontend/src/wire/index.ts';
import { decode, encode, SUBPROTOCOL_V2 } from '../../../frontend/src/wire/index.ts';

/** What it tells of itself. */
export type TabState = {
  /** Joined, and caught up. */
  isUp: boolean;
  text: string;
  revision: number;
  unsaved: number;
  /** Connections that the server answered, and how many of them resumed. */
  welcomes: number;
  resumes: number;
  /** Connections that ended because nothing was heard. */
  silences: number;
};

const PING_EVERY_MS = 300;
const SILENCE_MS = 2000;
const RETRY_MS = 200;

class Tab {
  private readonly sync = new Sync();
  private readonly token = randomBytes(16).toString('base64url');
  private socket: WebSocket | null = null;
  private text = '';
  private heardAt = 0;
  private readonly counts = { welcomes: 0, resumes: 0, silences: 0 };
  private isUp = false;
  private told = '';

  constructor(private readonly url: string) {
    this.connect();
    setInterval(() => this.ping(), PING_EVERY_MS);
  }

  type(insert: string): void {
    const { length } = this.text;
    this.sync.edit([{ from: length, to: length, insert }]);
    this.text += insert;
    this.after();
  }

  private connect(): void {
    const socket = new WebSocket(this.url, SUBPROTOCOL_V2, { perMessageDeflate: false, handshakeTimeout: SILENCE_MS });
    socket.on('open', () => this.say({ Hello: { client: this.token, otp: null, ...this.sync.position, name: 'Tab', hue: 0 } }));
    socket.on('message', (data) => socket === this.socket && this.hear(decode(data.toString())));
    socket.on('close', () => socket === this.socket && this.down());
    socket.on('error', () => undefined); // what matters follows in 'close'
    this.socket = socket;
    this.heardAt = performance.now();
  }

  private down(): void {
    this.socket?.terminate();
    this.socket = null;
    this.isUp = false;
    this.sync.disconnected();
    setTimeout(() => this.connect(), RETRY_MS);
    this.after();
  }

  private ping(): void {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    if (performance.now() - this.heardAt > SILENCE_MS) {
      this.counts.silences += 1;
      return this.down();
    }
    if (this.isUp) this.say({ Ping: 1 });
  }

  private say(message: Parameters<typeof encode>[0]): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(encode(message));
  }

  private hear(message: ServerMessage): void {
    this.heardAt = performance.now();
    if (message.type === 'Welcome') {
      const { user_id: userId, epoch, resumed, committed } = message.welcome;
      this.counts.welcomes += 1;
      if (resumed) this.counts.resumes += 1;
      this.sync.welcome({ userId, epoch, resumed, committed });
    } else if (message.type === 'Snapshot') this.joined(() => this.sync.snapshot(message.revision, message.text));
    else if (message.type === 'History') this.joined(() => this.sync.history(message.start, message.operations));
    this.after();
  }

  private joined(take: () => void): void {
    take();
    this.isUp = true;
  }

  private after(): void {
    if (this.sync.takeChanges().length > 0) this.text = this.sync.localText();
    if (this.sync.isOutOfStep) throw new Error('out of step');
    const edit = this.sync.takeEdit();
    if (edit) this.say({ Edit: edit });
    this.tell();
  }

  private tell(): void {
    const { revision, unsaved } = this.sync;
    const state: TabState = { isUp: this.isUp, text: this.text, revision, unsaved, ...this.counts };
    const line = JSON.stringify(state);
    if (line !== this.told) process.stdout.write(`${line}\n`);
    this.told = line;
  }
}

const [url, kernel] = process.argv.slice(2) as [string, string];
await initKernel(new Uint8Array(fs.readFileSync(kernel)));
const tab = new Tab(url);
readline.createInterface({ input: process.stdin }).on('line', (line) => tab.type(line)).on('close', () => process.exit(0));
