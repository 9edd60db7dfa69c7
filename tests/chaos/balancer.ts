// balancer.ts - which server a connection goes to: one after the other of those that
// say they are well. It knows nothing of pads, and leaves connections alone once they are made.
import { request } from '../blackbox/support/http.ts';

const EVERY_MS = 250;
const PATIENCE_MS = 1000;

export type Backend = { readonly port: number };

export class Balancer {
  private readonly well = new Set<Backend>();
  private readonly timers: NodeJS.Timeout[];
  private uses = 0;

  constructor(private readonly backends: readonly Backend[]) {
    this.timers = backends.map((backend) => setInterval(() => void this.ask(backend), EVERY_MS));
  }

  /** Of the next that is well; of any when none is. */
  get port(): number {
    const choice = this.well.size > 0 ? this.backends.filter((backend) => this.well.has(backend)) : this.backends;
    return choice[this.uses++ % choice.length]!.port;
  }

  close(): void {
    this.timers.forEach(clearInterval);
  }

  private async ask(backend: Backend): Promise<void> {
    const late = new Promise<number>((resolve) => setTimeout(() => resolve(0), PATIENCE_MS));
    const answer = request(backend.port, '/api/health').then(({ status }) => status);
    const status = await Promise.race([answer.catch(() => 0), late]);
    if (status === 200) this.well.add(backend);
    else this.well.delete(backend);
  }
}
