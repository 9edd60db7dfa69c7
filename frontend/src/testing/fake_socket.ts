/** A WebSocket that does what a test says. */
export class FakeSocket extends EventTarget {
  static readonly OPEN = 1;
  /** All that were made since the test began. */
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

  opens(): void {
    this.readyState = FakeSocket.OPEN;
    this.dispatchEvent(new Event("open"));
  }

  says(data: string): void {
    this.dispatchEvent(Object.assign(new Event("message"), { data }));
  }

  ends(code: number, reason = ""): void {
    this.dispatchEvent(Object.assign(new Event("close"), { code, reason }));
  }

  /** What was sent in messages of that name. */
  sentAs(name: string): unknown[] {
    const messages = this.sent.map((text) => JSON.parse(text) as Record<string, unknown>);
    return messages.flatMap((message) => (name in message ? [message[name]] : []));
  }
}
