// raw_http.ts - bytes to the server as they are, and its answers taken apart as
// RFC 9112 says. No client library stands between, so that a test can send what
// none of them would.
import net from 'node:net';
import { onTestFinished } from 'vitest';
import { PATIENCE_MS } from './wait.ts';

export type RawAnswer = {
  version: string;
  status: number;
  /** By lower-case name; lines of the same name joined with ", ". */
  headers: Record<string, string>;
  body: Buffer;
};

export class RawHttp {
  private received = Buffer.alloc(0);
  private isClosed = false;
  private wake: () => void = () => undefined;

  private constructor(readonly socket: net.Socket) {
    socket.on('data', (data: Buffer) => {
      this.received = Buffer.concat([this.received, data]);
      this.wake();
    });
    socket.on('error', () => undefined); // 'close' follows
    socket.on('close', () => {
      this.isClosed = true;
      this.wake();
    });
  }

  /** A connection for the test. */
  static async connect(port: number, allowHalfOpen = false): Promise<RawHttp> {
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen });
    onTestFinished(() => void socket.destroy());
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    socket.setNoDelay();
    return new this(socket);
  }

  send(bytes: string | Buffer): this {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
    return this;
  }

  /** Everything that came and was not read as an answer. */
  get rest(): Buffer {
    return this.received;
  }

  take(bytes: number): Buffer {
    const taken = this.received.subarray(0, bytes);
    this.received = this.received.subarray(bytes);
    return taken;
  }

  /** Waits until `probe` is so; fails when the connection closes before. */
  async until<T>(what: string, probe: () => T | undefined): Promise<T> {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const found = probe();
      if (found !== undefined) return found;
      const state = this.isClosed ? 'the connection closed' : Date.now() > end ? 'nothing came' : undefined;
      if (state !== undefined) throw new Error(`${state}, waiting for ${what}; unread: ${JSON.stringify(this.received.toString('latin1'))}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 100);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** The next answer, a 1xx included. To a HEAD request it has no body, whatever it says. */
  async answer(method = 'GET'): Promise<RawAnswer> {
    const end = await this.until('the head of an answer', () => {
      const at = this.received.indexOf('\r\n\r\n');
      return at < 0 ? undefined : at;
    });
    const [line = '', ...fields] = this.take(end + 4).toString('latin1').slice(0, -4).split('\r\n');
    const start = /^(HTTP\/1\.[01]) (\d{3}) /.exec(line);
    if (start === null) throw new Error(`not a status line: ${line}`);
    const headers: Record<string, string> = {};
    for (const field of fields) {
      const colon = field.indexOf(':');
      const name = field.slice(0, colon).toLowerCase();
      const value = field.slice(colon + 1).trim();
      headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
    }
    const status = Number(start[2]);
    const hasBody = method !== 'HEAD' && status >= 200 && status !== 204 && status !== 304;
    const length = hasBody ? Number(headers['content-length'] ?? NaN) : 0;
    if (Number.isNaN(length)) throw new Error(`no Content-Length in ${line} ${JSON.stringify(headers)}`);
    const body = await this.until('the body', () => (this.received.length < length ? undefined : this.take(length)));
    return { version: start[1] as string, status, headers, body };
  }

  /** Waits until the server has closed, and fails when it said anything more. */
  async closed(): Promise<void> {
    await this.until('the end', () => (this.isClosed ? true : undefined));
    if (this.received.length > 0) throw new Error(`behind the last answer: ${this.received.toString('latin1')}`);
  }
}
