// An assistant, by the public SDK of the Model Context Protocol and `kolabpad mcp`, in a pad beside two browsers.
import path from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { Server } from '../../blackbox/support/server_process.ts';
import type { Pad } from '../pad.ts';
import { expect, test as base } from '../pad.ts';

const PROGRAM = path.resolve(import.meta.dirname, '../../../', process.env['KP_CLI'] ?? 'bin/kolabpad');

type Said = { text: string; isError: boolean };
type Assistant = { call: (name: string, args?: Record<string, unknown>) => Promise<Said>; leave: () => Promise<void> };

async function assistant(server: Server): Promise<Assistant> {
  const env = { PATH: process.env['PATH']!, KOLABPAD_URL: `http://127.0.0.1:${server.port}/` };
  const transport = new StdioClientTransport({ command: PROGRAM, args: ['mcp'], env, stderr: 'pipe' });
  const client = new Client({ name: 'test-client', title: 'Robin', version: '1.0.0' });
  await client.connect(transport);
  const call = async (name: string, args: Record<string, unknown> = {}): Promise<Said> => {
    const result = (await client.callTool({ name, arguments: args })) as CallToolResult;
    const [content] = result.content as [{ type: string; text: string }];
    return { text: content.text, isError: result.isError === true };
  };
  return { call, leave: () => client.close() };
}

/** Each leaves when the test ends. */
const test = base.extend<{ join: () => Promise<Assistant> }>({
  join: async ({ server }, use) => {
    const all: Assistant[] = [];
    await use(async () => {
      const one = await assistant(server);
      all.push(one);
      return one;
    });
    await Promise.all(all.map((one) => one.leave()));
  },
});

const AGENT = 'Robin (agent)';

test('people see it, what it does stands beside what they type, and what they undo is theirs', async ({ open, join }) => {
  const alice = await (await open()).ready();
  const bob = await (await open()).ready();
  await alice.type('# Minutes\nfirst point\n');
  await bob.shows('# Minutes\nfirst point\n');
  const robin = await join();
  expect((await robin.call('open_pad', { pad: 'shared' })).text).toMatch(/You may read and write/);
  for (const one of [alice, bob]) await expect(await one.people()).toContainText([AGENT]);

  await bob.type('from Bob');
  await bob.saved();
  expect(await robin.call('edit_pad', { old: 'first point', new: 'first point, checked' })).toMatchObject({ isError: false });
  expect(await robin.call('insert_text', { line: 2, text: 'from the agent' })).toMatchObject({ isError: false });
  const whole = '# Minutes\nfrom the agent\nfirst point, checked\nfrom Bob';
  for (const one of [alice, bob]) await one.shows(whole);
  // Its caret stands where it wrote last, under its name.
  await expect(alice.carets.filter({ hasText: AGENT })).toHaveCount(1);

  // Bob takes back his own words; the agent's stay, and are not taken back by pressing on.
  await bob.pressUntil('Control+z', '# Minutes\nfrom the agent\nfirst point, checked\n');
  await bob.page.keyboard.press('Control+z');
  await alice.shows('# Minutes\nfrom the agent\nfirst point, checked\n');
  await bob.shows('# Minutes\nfrom the agent\nfirst point, checked\n');

  // What a person writes reaches it while it waits, as lines of others. It waits for what it has not read yet, and only
  // until nobody types for a moment: of what a slow hand writes it sees a part.
  await expect.poll(async () => (await robin.call('read_pad')).text).not.toContain('from Bob');
  const waiting = robin.call('wait_for_changes', { seconds: 60 });
  await alice.type('done');
  expect((await waiting).text).toMatch(/\td(o|on|one)?\n/);
  await expect.poll(async () => (await robin.call('read_pad')).text).toContain('\tdone');
  await robin.leave();
  for (const one of [alice, bob]) await expect(await one.people()).not.toContainText([AGENT]);
});

/** The token of a link for reading, as whoever edits makes it. */
async function viewLink(server: Server): Promise<string> {
  const answer = await server.get('/api/document/shared/links', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"role":"view"}' });
  return (JSON.parse(answer.text) as { token: string }).token;
}

async function readOnly(robin: Assistant, address: string): Promise<void> {
  expect((await robin.call('open_pad', { pad: address })).text).toMatch(/only read/);
  for (const [name, args] of [['edit_pad', { old: 'kept', new: 'x' }], ['append_text', { text: 'x' }], ['insert_text', { line: 1, text: 'x' }]] as const)
    expect(await robin.call(name, args)).toMatchObject({ isError: true, text: expect.stringContaining('only read') });
}

test('by a link for reading it sees what people type, and changes nothing', async ({ open, join, server }) => {
  const alice: Pad = await (await open()).ready();
  await alice.type('kept');
  await alice.saved();
  const robin = await join();
  await readOnly(robin, `http://127.0.0.1:${server.port}/#/link/${await viewLink(server)}`);
  const bob = await (await open()).ready();
  await bob.type(' by Bob');
  await alice.shows('kept by Bob');
  await expect.poll(async () => (await robin.call('read_pad')).text).toContain('\tkept by Bob');
  await expect(alice.carets.filter({ hasText: AGENT })).toHaveCount(0);
  expect(await server.text('shared')).toBe('kept by Bob');
});
