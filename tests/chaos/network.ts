// network.ts - the network between one client and the server: a TCP proxy that
// does what networks do.
import net from 'node:net';

/** What happens to bytes of one direction. */
export type Road = {
  /** Each piece arrives so much later, in order: it takes longer, and as much gets through. */
  delayMs: number;
  /** One byte at a time. */
  drips: boolean;
  /** Nothing arrives, and nobody is told. */
  swallows: boolean;
  /** So many more bytes arrive, then the connection is cut. */
  cutAfterBytes: number;
};

const clear = (): Road => ({ delayMs: 0, drips: false, swallows: false, cutAfterBytes: Infinity });

/** The two ends of one connection. */
class Line {
  private readonly roads: [net.Socket, net.Socket, Road][];
  private readonly pending = new Map<Road, Promise<void>>();
  /** Roads on which bytes were lost: nothing that follows would make sense. */
  private readonly dead = new Set<Road>();

  constructor(
    near: net.Socket,
    far: net.Socket,
    up: Road,
    down: Road,
    private readonly onEnd: (line: Line) => void,
  ) {
    this.roads = [
      [near, far, up],
      [far, near, down],
    ];
    for (const [from, to, road] of this.roads) {
      from.setNoDelay(true);
      from.on('data', (bytes) => this.carry(bytes, to, road));
      from.on('end', () => this.isDead(road) || void this.after(road).then(() => to.end()));
      from.on('error', () => undefined);
      from.on('close', () => this.isDead(road) || void this.after(road).then(() => this.cut()));
    }
  }

  cut(): void {
    for (const [from] of this.roads) from.destroy();
    this.onEnd(this);
  }

  private isDead(road: Road): boolean {
    if (road.swallows) this.dead.add(road);
    return this.dead.has(road);
  }

  private after(road: Road): Promise<void> {
    return this.pending.get(road) ?? Promise.resolve();
  }

  /** In order, whatever each piece is held up by. */
  private carry(bytes: Buffer, to: net.Socket, road: Road): void {
    if (this.isDead(road)) return;
    const isCut = bytes.length > road.cutAfterBytes;
    const passed = isCut ? bytes.subarray(0, road.cutAfterBytes) : bytes;
    road.cutAfterBytes = isCut ? Infinity : road.cutAfterBytes - passed.length;
    if (isCut) this.dead.add(road); // what comes while this piece is held up must not follow it
    const { delayMs, drips } = road;
    const dueAtMs = performance.now() + delayMs;
    const sent = this.after(road).then(async () => {
      const waitMs = delayMs > 0 ? dueAtMs - performance.now() : 0;
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      if (to.destroyed) return;
      if (drips) for (const byte of passed) to.write(Buffer.of(byte));
      else to.write(passed);
      if (isCut) setImmediate(() => this.cut()); // after what was written has left
    });
    this.pending.set(road, sent);
  }
}

export class Network {
  up = clear();
  down = clear();
  private readonly lines = new Set<Line>();
  private isUnplugged = false;
  // paused until the far end is there, so that no byte is missed
  private readonly listener = net.createServer({ pauseOnConnect: true }, (near) => this.connect(near));

  private constructor(
    /** Where it is entered. */
    public port: number,
    private readonly serverPort: () => number,
  ) {}

  /** On any port, or on that. */
  static async open(serverPort: () => number, port = 0): Promise<Network> {
    const network = new Network(port, serverPort);
    await network.listen();
    return network;
  }

  /** As after open(), on the same port. */
  async listen(): Promise<void> {
    if (this.listener.listening) return;
    this.plug();
    await new Promise<void>((resolve, reject) => this.listener.once('error', reject).listen(this.port, '127.0.0.1', resolve));
    this.port = (this.listener.address() as net.AddressInfo).port;
  }

  /** Ends every connection, like a router that was switched off. */
  cut(): void {
    for (const line of [...this.lines]) line.cut();
  }

  /** No connections, and no new ones, until plug(). */
  unplug(): void {
    this.isUnplugged = true;
    this.cut();
  }

  plug(): void {
    this.isUnplugged = false;
  }

  /** All is well again, but for connections that have lost bytes: those stay dead. */
  heal(): void {
    Object.assign(this.up, clear());
    Object.assign(this.down, clear());
  }

  /** No connections, and whoever comes is refused. */
  async close(): Promise<void> {
    this.unplug();
    if (this.listener.listening) await new Promise((resolve) => this.listener.close(resolve));
  }

  private connect(near: net.Socket): void {
    near.on('error', () => undefined);
    if (this.isUnplugged) return void near.destroy();
    const far = net.connect(this.serverPort(), '127.0.0.1');
    far.on('error', () => near.destroy());
    far.once('connect', () => {
      if (near.destroyed || this.isUnplugged) {
        near.destroy();
        return void far.destroy();
      }
      const line = new Line(near, far, this.up, this.down, (ended) => this.lines.delete(ended));
      this.lines.add(line);
      near.resume();
    });
  }
}
