// old_client.ts - a v1 client, on the tests' own operations. It does the best
// that v1 allows: what was in flight when a connection broke is dropped (to send
// it again might double it), and it begins at revision 0 with each connection.
import { WebSocket } from 'ws';
import { V1Client } from '../blackbox/support/clients.ts';
import { Builder, points } from '../blackbox/support/operation.ts';
import { Replica } from '../blackbox/support/replica.ts';
import type { Server } from '../blackbox/support/server_process.ts';
import type { Person, Surroundings } from './person.ts';
import { strokes } from './typing.ts';
import type { Unsent } from './unsent.ts';
import { unsentIn } from './unsent.ts';

/** Longer than any heartbeat of a plan. */
const SILENCE_MS = 7000;

export class OldClient implements Person {
  private client: V1Client | null = null;
  private replica = new Replica();
  private isFrozen = false;
  private isGone = false;

  constructor(private readonly around: Surroundings) {
    this.connect();
  }

  get name(): string {
    return this.around.name;
  }

  get pad(): string {
    return this.around.pad;
  }

  get network() {
    return this.around.network;
  }

  get text(): string {
    return this.replica.text.join('');
  }

  get isAway(): boolean {
    return this.isGone || this.isFrozen;
  }

  get isSettled(): boolean {
    return this.client !== null && this.replica.settled;
  }

  describe(): string {
    return `${this.name} (v1): ${this.client ? 'up' : 'down'}, revision ${this.replica.revision}, ${this.replica.text.length} points`;
  }

  unsent(): Unsent {
    const { server, outstanding, buffer } = this.replica;
    return unsentIn(server, [outstanding, buffer]);
  }

  act(): void {
    if (this.isAway || this.client?.socket.readyState !== WebSocket.OPEN || this.replica.revision === 0) return;
    const { text } = this.replica;
    const made = strokes(text.length, this.around.random, this.around.ledger);
    const op = new Builder();
    let at = 0;
    for (const { from, to, insert } of made) {
      this.around.ledger.inserted(this.pad, this.name, insert);
      this.around.ledger.deleted(this.name, text.slice(from, to).join(''));
      op.retain(from - at).insert(insert).delete(to - from);
      at = to;
    }
    if (made.length > 0) this.client.edit(op.retain(text.length - at).done());
  }

  freeze(): void {
    this.isFrozen = true;
    this.client?.socket.pause();
  }

  thaw(): void {
    this.isFrozen = false;
    this.client?.socket.resume();
  }

  /** A v1 client keeps nothing. */
  async crash(): Promise<void> {
    this.client?.socket.terminate();
  }

  async leave(): Promise<void> {
    if (this.isGone) return;
    this.forgetUnsent();
    this.close();
  }

  close(): void {
    this.isGone = true;
    this.client?.socket.terminate();
  }

  private connect(): void {
    if (this.isGone) return;
    const server = { socketUrl: (id: string, query: string) => `ws://127.0.0.1:${this.network.port}/api/socket/${id}${query}` };
    V1Client.open(server as unknown as Server, this.pad, { handshakeTimeout: 10_000 })
      .then((client) => this.opened(client))
      .catch(() => this.retry());
  }

  private opened(client: V1Client): void {
    this.client = client;
    this.replica = client.replica;
    const ended = () => {
      this.around.history.note(this.name, `down: ${client.closed?.code} ${client.closed?.reason}`);
      this.client = null;
      this.forgetUnsent();
      this.retry();
    };
    if (client.closed || this.isGone) return ended();
    client.socket.once('close', ended);
    this.watch(client);
    this.around.history.note(this.name, 'up');
  }

  /** v1 has no Ping of its own, but the server's come at least every five seconds. */
  private watch(client: V1Client, before = -1): void {
    const signs = client.pings + client.raw.length;
    if (signs === before && !this.isFrozen) client.socket.terminate();
    else if (!client.closed) setTimeout(() => this.watch(client, this.isFrozen ? -1 : signs), SILENCE_MS);
  }

  private retry(): void {
    setTimeout(() => this.connect(), this.around.random.between(50, 400));
  }

  private forgetUnsent(): void {
    const { inserted, deleted } = this.unsent();
    this.around.ledger.doubt(this.name, inserted, deleted);
    const { revision, server } = this.replica;
    this.replica = Object.assign(new Replica(), { revision, server, text: points(server.join('')) });
  }
}
