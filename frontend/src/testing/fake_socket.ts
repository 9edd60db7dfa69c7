/** A WebSocket that does what a test says. */
export class FakeSocket extends EventTarget {
  static readonly OPEN = 1;
  /** All sockets that were made since the test began. */
  static all: FakeSocket[] = [];
  readyState = 0;
  readonly sent: string[] = [];
  isClosed = false;

  constructor(
    readonly url: string,
    readonly protocol: string,
  ) {
    super();
    FakeSocket.all.push(this);
  }

  /** The newest of them. */
  static get last(): FakeSocket {
    return FakeSocket.all.at(-1)!;
  }

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.isClosed = true;
    this.readyState = 3;
  }

  /* ---- the test ---- */

  /** The server has accepted. */
  opens(): void {
    this.readyState = FakeSocket.OPEN;
    this.dispatchEvent(new Event("open"));
  }

  /** The server says that. */
  says(data: string): void {
    this.dispatchEvent(Object.assign(new Event("message"), { data }));
  }

  /** The connection ends with that code. */
  ends(code: number, reason = ""): void {
    this.dispatchEvent(Object.assign(new Event("close"), { code, reason }));
  }

  /** The bodies of the messages of that name that were sent. */
  sentAs(name: string): unknown[] {
    const messages = this.sent.map((text) => JSON.parse(text) as Record<string, unknown>);
    return messages.flatMap((message) => (name in message ? [message[name]] : []));
  }
}
