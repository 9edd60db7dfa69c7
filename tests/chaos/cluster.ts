// cluster.ts - three servers on one PostgreSQL, and a balancer before them.
import type { Random } from '../../frontend/src/testing/random.ts';
import { request } from '../blackbox/support/http.ts';
import { WITNESS_SETTINGS, brokenRules, watchTables } from '../blackbox/support/invariants.ts';
import { Postgres } from '../blackbox/support/postgres.ts';
import { sleep, until } from '../blackbox/support/wait.ts';
import { Balancer } from './balancer.ts';
import { CLUSTER_FAULTS } from './cluster_faults.ts';
import { CLIENT_FAULTS } from './faults.ts';
import { Node } from './node.ts';
import { shortIntervals } from './plan.ts';
import type { Kind, Settings, Site, Teller } from './site.ts';

const NAMES = ['n1', 'n2', 'n3'];
const TEXT_WITHIN_MS = 30_000;

export class Cluster implements Site {
  nodes: Node[] = [];
  /** The one that takes writes. */
  postgres!: Postgres;
  /** Every commit waits for it, while there is one. */
  standby: Postgres | undefined;
  /** All that were started. */
  private readonly databases: Postgres[] = [];
  private balancer!: Balancer;
  /** Of each server. */
  private readonly settings: Settings;
  private readonly hasStandby: boolean;

  constructor(
    { STANDBY, ...settings }: Settings,
    private readonly teller: Teller,
  ) {
    this.hasStandby = STANDBY !== undefined;
    this.settings = { MAX_DOCUMENT_SIZE_KB: 4096, ...settings };
  }

  get port(): number {
    return this.balancer.port;
  }

  get log(): string {
    const parts = this.nodes.map(({ name, log }) => `${name}:\n${log.slice(-6000)}`);
    return [...parts, ...this.databases.map(({ log }) => `PostgreSQL:\n${log.slice(-2000)}`)].join('\n');
  }

  async start(): Promise<void> {
    this.postgres = await this.started(Postgres.start(WITNESS_SETTINGS));
    watchTables(this.postgres);
    if (this.hasStandby) await this.addStandby();
    for (const name of NAMES) {
      const node = await Node.open(name, this.postgres.port, this.settings, this.teller);
      this.nodes.push(node);
      await node.start();
    }
    this.balancer = new Balancer(this.nodes);
  }

  /** What all of them say, whichever has it. */
  async text(pad: string): Promise<string> {
    const texts = await Promise.all(this.nodes.map((node) => this.textAt(node, pad)));
    const [first] = texts;
    if (texts.some((text) => text !== first)) this.teller.violated(`${pad} is not the same text at all servers: ${texts.map(({ length }) => length)}`);
    return first!;
  }

  async heal(): Promise<void> {
    for (const node of this.nodes) await node.heal();
  }

  async renew(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.end('SIGKILL')));
    for (const node of this.nodes) await node.start();
  }

  audit(): string[] {
    const conflicts = this.nodes.flatMap(({ name, log }) => (log.match(/.*document_conflict.*/g) ?? []).map((line) => `${name}: ${line}`));
    return [...brokenRules(this.postgres), ...conflicts];
  }

  async dispose(): Promise<void> {
    this.balancer?.close();
    const wrong: unknown[] = [];
    for (const node of this.nodes) await node.dispose().catch((error: unknown) => wrong.push(error));
    for (const database of this.databases) await database.dispose().catch((error: unknown) => wrong.push(error));
    if (wrong.length > 0) throw wrong[0];
  }

  /* ---- what goes wrong ---- */

  /** The process that has the most pads, by what the database says: the one that matters. */
  owner(random: Random): Node {
    const rows = this.ask<{ address: string }>('SELECT n.address FROM kp_placement p JOIN kp_nodes n ON n.incarnation = p.owner WHERE n.dead_at IS NULL');
    const owners = this.nodes.filter(({ road }) => rows.some(({ address }) => address.endsWith(`:${road.port}`)));
    return random.pick(owners.length > 0 ? owners : this.nodes);
  }

  /** The primary ends, and its standby takes its place. */
  async failOver(awayMs: number): Promise<void> {
    const { standby } = this;
    if (standby === undefined) return;
    this.standby = undefined;
    await this.postgres.kill();
    await sleep(awayMs);
    standby.promote();
    standby.set('synchronous_standby_names', '');
    this.postgres = standby;
    for (const { database } of this.nodes) await database.say(`upstream ${standby.port}`);
  }

  private async addStandby(): Promise<void> {
    const { postgres } = this;
    this.standby = await this.started(Postgres.startReplica(postgres, 'two'));
    postgres.set('synchronous_standby_names', 'two');
    await until('the standby to be synchronous', () => postgres.psql('SELECT sync_state FROM pg_stat_replication').trim() === 'sync', TEXT_WITHIN_MS);
  }

  private ask<Row>(query: string): Row[] {
    try {
      return this.postgres.sql<Row>(query);
    } catch {
      return []; // it is away
    }
  }

  private async started(starting: Promise<Postgres>): Promise<Postgres> {
    const postgres = await starting;
    this.databases.push(postgres);
    return postgres;
  }

  private async textAt({ port }: Node, pad: string): Promise<string> {
    const answer = await until(`the text at ${port}`, async () => {
      const { status, text } = await request(port, `/api/text/${pad}`).catch(() => ({ status: 0, text: '' }));
      return status === 200 ? { text } : undefined;
    }, TEXT_WITHIN_MS);
    return answer.text;
  }
}

export const CLUSTER: Kind<Cluster> = {
  faults: [...CLIENT_FAULTS, ...CLUSTER_FAULTS],
  settings: (random) => ({
    ...shortIntervals(random),
    CLUSTER_LEASE_SECONDS: 2,
    ...(random.chance(30) ? { STANDBY: 1 } : {}),
    ...(random.chance(30) ? { DRAIN_SECONDS: 1 } : {}),
  }),
  open: (settings, teller) => new Cluster(settings, teller),
};
