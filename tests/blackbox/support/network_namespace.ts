// network_namespace.ts - two machines and the cable between them, as namespaces
// of this one's kernel. Nothing of the network outside is touched, and what is
// sent goes nowhere else.
import { execFileSync } from 'node:child_process';
import { onTestFinished } from 'vitest';

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
