// network_namespace.ts - two machines and the cable between them, or several and a
// switch, as namespaces of this one's kernel. Nothing of the network outside is touched,
// and what is sent goes nowhere else.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { Machine } from './postgres.ts';
import { temporaryFolder } from './server_process.ts';

const run = (command: string): string => execFileSync('sh', ['-c', command], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

export const SERVER_ADDRESS = '10.231.0.1';
const CLIENT_ADDRESS = '10.231.0.2';

/** Why there can be no namespaces here; null when there can. */
export function whyNoNamespaces(): string | null {
  const name = `kp-try-${process.pid}`;
  try {
    run(`ip netns add ${name}`);
  } catch (error) {
    return `no network namespaces here: ${(error as Error).message.split('\n').at(-2) ?? 'ip netns'}`;
  }
  try {
    run(`ip -n ${name} link add cable type veth peer name end && ip netns exec ${name} iptables -A INPUT -j ACCEPT`);
    return null;
  } catch (error) {
    return `no veth or no iptables here: ${(error as Error).message.split('\n').at(-2) ?? ''}`;
  } finally {
    run(`ip netns del ${name}`);
  }
}

export class Cable {
  private constructor(
    private readonly server: string,
    private readonly client: string,
  ) {}

  /** For the test. */
  static lay(): Cable {
    const cable = new Cable(`kp-server-${process.pid}`, `kp-client-${process.pid}`);
    const { server, client } = cable;
    onTestFinished(() => void run(`ip netns del ${server}; ip netns del ${client}; true`));
    run(`ip netns add ${server} && ip netns add ${client} && ip -n ${server} link add cable type veth peer name cable netns ${client}`);
    for (const [name, address] of [[server, SERVER_ADDRESS], [client, CLIENT_ADDRESS]]) {
      run(`ip -n ${name} addr add ${address}/24 dev cable && ip -n ${name} link set cable up && ip -n ${name} link set lo up`);
    }
    return cable;
  }

  get atServer(): string[] {
    return ['ip', 'netns', 'exec', this.server];
  }

  get atClient(): string[] {
    return ['ip', 'netns', 'exec', this.client];
  }

  /** What goes that way vanishes, and nobody is told. */
  swallow(...ways: ('up' | 'down')[]): void {
    for (const way of ways) this.filter(`-A ${way === 'up' ? 'OUTPUT' : 'INPUT'} -j DROP`);
  }

  heal(): void {
    this.filter('-F');
  }

  private filter(rule: string): void {
    run(`ip netns exec ${this.client} iptables ${rule}`);
  }
}

const LAN = '10.231.1';
/** Passes each connection to the socket in the file system on to the port. */
const DOOR = `const net = require('node:net');
const [path, port] = process.argv.slice(1);
net.createServer({ allowHalfOpen: true }, (near) => {
  const far = net.connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
  for (const [from, to] of [[near, far], [far, near]]) from.on('error', () => to.destroy()).on('close', () => to.destroy()).pipe(to);
}).listen(path, () => console.log('open'));`;

/** Machines on one switch. What each sends to each other one can be made to vanish. */
export class Lan<Name extends string> {
  private constructor(private readonly names: readonly Name[]) {}

  /** For the test. */
  static lay<Name extends string>(...names: Name[]): Lan<Name> {
    const lan = new Lan(names);
    const { spaces } = lan;
    onTestFinished(() => void run(`${spaces.map((space) => `ip netns del ${space}`).join('; ')}; true`));
    for (const space of spaces) run(`ip netns add ${space}`);
    const [hub] = spaces;
    run(`ip -n ${hub} link add name switch type bridge && ip -n ${hub} link set switch up`);
    for (const name of names) {
      const space = lan.space(name);
      run(`ip -n ${hub} link add name ${name} type veth peer name eth netns ${space} && ip -n ${hub} link set ${name} master switch up`);
      run(`ip -n ${space} addr add ${lan.address(name)}/24 dev eth && ip -n ${space} link set eth up && ip -n ${space} link set lo up`);
    }
    return lan;
  }

  address(name: Name): string {
    return `${LAN}.${this.names.indexOf(name) + 1}`;
  }

  machine(name: Name): Machine {
    return { prefix: ['ip', 'netns', 'exec', this.space(name)], address: this.address(name), network: `${LAN}.0/24` };
  }

  /** What `from` sends to `to` vanishes, and nobody is told. */
  swallow(from: Name, to: Name): void {
    run(`ip netns exec ${this.space(to)} iptables -A INPUT -s ${this.address(from)} -j DROP`);
  }

  heal(): void {
    for (const name of this.names) run(`ip netns exec ${this.space(name)} iptables -F`);
  }

  /** For the test: on this machine, too, the port leads to that machine's own. */
  async open(name: Name, port: number): Promise<void> {
    const socket = path.join(temporaryFolder(), 'door');
    const [ip, ...rest] = [...this.machine(name).prefix, process.execPath, '-e', DOOR, socket, String(port)];
    const there = spawn(ip!, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void there.kill());
    await once(there.stdout, 'data');
    const here = net.createServer({ allowHalfOpen: true }, (near) => {
      const far = net.connect({ path: socket, allowHalfOpen: true });
      for (const [from, to] of [[near, far], [far, near]] as const)
        from.on('error', () => to.destroy()).on('close', () => to.destroy()).pipe(to);
    });
    onTestFinished(() => void here.close());
    await once(here.listen(port, '127.0.0.1'), 'listening');
  }

  private space(name: Name): string {
    return `kp-${name}-${process.pid}`;
  }

  /** The switch's first. */
  private get spaces(): string[] {
    return [`kp-switch-${process.pid}`, ...this.names.map((name) => this.space(name))];
  }
}
