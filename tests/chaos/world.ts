// world.ts - a run: the real server, the people, the networks between them,
// and what is done to all of it.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { WriteLock } from '../blackbox/support/sqlite.ts';
import type { Exit } from '../blackbox/support/server_process.ts';
import { Server, temporaryFolder } from '../blackbox/support/server_process.ts';
import { sleep, until } from '../blackbox/support/wait.ts';
import { FaultyIo } from './faulty_io.ts';
import { FAULTS } from './faults.ts';
import { History } from './history.ts';
import type { Mark } from './ledger.ts';
import { Ledger, without } from './ledger.ts';
import { Network } from './network.ts';
import { OldClient } from './old_client.ts';
import type { Person } from './person.ts';
import type { Plan, PlannedPerson } from './plan.ts';
import { Random } from '../../frontend/src/testing/random.ts';
import { Tab } from './tab.ts';

/** How long everything may take to come together again. */
const CALM_MS = Number(process.env['KP_PATIENCE_MS'] ?? 45_000);

export class World {
  readonly ledger = new Ledger();
  readonly history = new History();
  readonly people: Person[] = [];
  readonly violations: string[] = [];
  readonly folder = temporaryFolder();
  readonly io = new FaultyIo(path.join(this.folder, 'faulty_io'));
  server!: Server;
  isTyping = true;
  private turn: Promise<void> = Promise.resolve();
  private backup: Mark | undefined;

  private constructor(readonly plan: Plan) {}

  /** The whole story; what was violated, if anything. */
  static async run(plan: Plan): Promise<World> {
    const world = new World(plan);
    try {
      await world.live();
    } catch (error) {
      world.violated(`the run broke off: ${(error as Error).message}`);
    }
    await world.end();
    return world;
  }

  private async live(): Promise<void> {
    this.server = await Server.start(this.settings, this.folder);
    for (const person of this.plan.people) await this.join(person);
    await until('everybody to be there', () => this.people.every(({ isSettled }) => isSettled), CALM_MS);
    const typing = this.people.map((person) => this.typeOn(person));
    await this.goWrong();
    this.isTyping = false;
    await Promise.all(typing);
    await this.calm();
    if (await this.comeTogether()) await this.audit();
  }

  private async end(): Promise<void> {
    for (const person of this.people) (person as Tab | OldClient).close();
    await Promise.all(this.people.map(({ network }) => network.close()));
    await this.server?.dispose().catch((error: Error) => this.violated(error.message));
    this.io.close();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  get settings(): Record<string, string | number> {
    return { MAX_DOCUMENT_SIZE_KB: 4096, ...this.plan.settings, ...this.io.settings };
  }

  get isLazy(): boolean {
    return this.plan.settings['DURABILITY'] === 'lazy';
  }

  violated(what: string): void {
    this.history.note('!', what);
    this.violations.push(what);
  }

  /* ---- people ---- */

  async join({ name, version, pad }: PlannedPerson): Promise<void> {
    const network = await Network.open(() => this.server.port);
    const around = {
      name,
      pad,
      network,
      ledger: this.ledger,
      history: this.history,
      random: Random.of(this.plan.seed, name),
      violated: (what: string) => this.violated(what),
    };
    this.people.push(version === 1 ? new OldClient(around) : new Tab(around));
  }

  /** One who left is replaced by a newcomer. */
  async replace(person: Person): Promise<void> {
    person.leave();
    this.people.splice(this.people.indexOf(person), 1);
    await person.network.close();
    const name = `${person.name}+`;
    await this.join({ name, version: person instanceof Tab ? 2 : 1, pad: person.pad });
    void this.typeOn(this.people.at(-1)!);
  }

  private async typeOn(person: Person): Promise<void> {
    const random = Random.of(this.plan.seed, `typing ${person.name}`);
    while (this.isTyping && this.people.includes(person)) {
      for (let burst = random.chance(10) ? 8 : 1; burst > 0 && this.isTyping && this.people.includes(person); burst--) {
        person.act();
        await sleep(random.between(1, 15));
      }
      await sleep(random.between(5, 150));
    }
  }

  /* ---- what goes wrong ---- */

  private async goWrong(): Promise<void> {
    const began = performance.now();
    const running: Promise<void>[] = [];
    for (const { name, atMs, seed } of this.plan.faults) {
      await sleep(Math.max(0, atMs - (performance.now() - began)));
      const fault = FAULTS.find((each) => each.name === name);
      if (fault) running.push(this.commit(fault, new Random(seed)));
    }
    await sleep(Math.max(0, this.plan.ms - (performance.now() - began)));
    await Promise.all(running);
  }

  private async commit(fault: (typeof FAULTS)[number], random: Random): Promise<void> {
    const run = async () => {
      this.history.note('fault', fault.name);
      await fault.run(this, random);
      this.history.note('fault', `${fault.name} is over`);
    };
    if (!fault.isOfServer) return run();
    // one at a time: they are about the same process and file
    const before = this.turn;
    const mine = before.then(() => (this.isTyping ? run() : undefined));
    this.turn = mine.catch((error: Error) => this.violated(`${fault.name}: ${error.message}`));
    return this.turn;
  }

  /* ---- the server ---- */

  /** The server ends, in that way, and something happens before it starts again. */
  async restart(how: 'SIGTERM' | 'SIGKILL', between: () => Promise<void> | void = () => undefined): Promise<void> {
    this.mustRun();
    if (how === 'SIGKILL') await this.server.kill();
    else this.mustHaveStopped(await this.server.stop(), this.server);
    await between();
    await this.server.restart();
  }

  /** Another server takes the database over when this one ends. */
  async handOver(how: 'SIGTERM' | 'SIGKILL', headStartMs: number): Promise<void> {
    this.mustRun();
    const next = await Server.launch(this.settings, this.folder);
    await sleep(headStartMs);
    const before = this.server;
    before.signal(how);
    this.server = next;
    const exit = await before.exited();
    if (how === 'SIGTERM') this.mustHaveStopped(exit, before);
    await next.listening();
  }

  /** For so long another program holds the database. */
  async lockDatabase(ms: number): Promise<void> {
    const lock = await WriteLock.hold(this.server.database);
    await sleep(ms);
    await lock.release();
  }

  /** A copy of the database as it is now. What is acknowledged by now is in it. */
  takeBackup(): void {
    const mark = this.ledger.mark();
    for (const person of this.people) {
      const { inserted, deleted } = person.unsent();
      without(mark, person.name, inserted, deleted);
    }
    execFileSync('sqlite3', [this.server.database, '-cmd', '.timeout 5000', `.backup '${this.backupFile}'`]);
    this.backup = mark;
  }

  /** The copy takes the place of the database. */
  async restoreBackup(): Promise<void> {
    const mark = this.backup;
    if (mark === undefined) return this.takeBackup();
    await this.restart('SIGKILL', async () => {
      for (const suffix of ['', '-wal', '-shm']) fs.rmSync(this.server.database + suffix, { force: true });
      fs.copyFileSync(this.backupFile, this.server.database);
      await sleep(50); // connections end, and v1 clients count their losses
      const unsent = new Set<string>();
      for (const tab of this.people.filter((person) => person instanceof Tab)) {
        // what is in flight may be acknowledged in a message that is still on its way
        for (const point of tab.unsaid) unsent.add(point);
        tab.isOfThePast = true;
      }
      this.ledger.wentBack(mark, unsent);
    });
  }

  private get backupFile(): string {
    return path.join(this.folder, 'backup.db');
  }

  private mustHaveStopped({ code, signal }: Exit, server: Server): void {
    if (code !== 0) this.violated(`the server stopped with ${signal ?? code}:\n${server.log.slice(-3000)}`);
  }

  private mustRun(): void {
    if (!this.server.running) throw new Error(`the server ended by itself:\n${this.server.log.slice(-3000)}`);
  }

  /* ---- the end ---- */

  private async calm(): Promise<void> {
    this.history.note('run', 'all is well from here on');
    this.io.disk({});
    for (const person of this.people) {
      person.network.heal();
      person.network.plug();
      person.thaw();
    }
    this.mustRun();
  }

  private get pads(): string[] {
    return [...new Set(this.people.map(({ pad }) => pad))];
  }

  /** Everything is acknowledged and everybody sees the same. */
  private async comeTogether(): Promise<boolean> {
    const end = Date.now() + CALM_MS;
    for (const pad of this.pads) {
      const here = this.people.filter((person) => person.pad === pad);
      for (;;) {
        const text = here.every(({ isSettled }) => isSettled) ? await this.server.text(pad).catch(() => null) : null;
        if (text !== null && here.every((person) => person.text === text)) break;
        if (Date.now() > end) {
          for (const person of here) this.violated(`did not come together: ${person.describe()}`);
          return false;
        }
        await sleep(30);
      }
    }
    this.history.note('run', 'all have the same text');
    return true;
  }

  /** Twice: what clients and server agree on, and what a new server finds after the old one was killed. */
  private async audit(): Promise<void> {
    for (const pad of this.pads) this.auditPad(pad, await this.server.text(pad));
    const before = await Promise.all(this.pads.map((pad) => this.server.text(pad)));
    await this.restart(this.isLazy ? 'SIGTERM' : 'SIGKILL');
    const after = await Promise.all(this.pads.map((pad) => this.server.text(pad)));
    if (after.join('|') !== before.join('|')) this.violated('another text after the last restart');
  }

  private auditPad(pad: string, text: string): void {
    const wrong = this.ledger.audit(pad, text);
    for (const line of wrong.slice(0, 10)) this.violated(line);
    if (wrong.length > 10) this.violated(`and ${wrong.length - 10} more`);
  }
}
