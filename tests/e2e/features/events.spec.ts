// The event stream of a pad, as a browser's own EventSource reads it and comes back to it.
import { expect, test } from '../pad.ts';

type Seen = { id: string; kind: string };

test('an EventSource is told numbers, and comes back with the epoch', async ({ open, server }) => {
  const write = (body: string) => server.get('/api/text/followed', { method: 'POST', body });
  await write('one');
  const pad = await (await open()).ready();
  const asked: (string | undefined)[] = [];
  pad.page.on('request', (request) => {
    if (request.url().includes('/api/events/')) void request.allHeaders().then((headers) => asked.push(headers['last-event-id']));
  });
  await pad.page.evaluate(() => {
    const seen: Seen[] = [];
    Object.assign(window, { seen });
    new EventSource('/api/events/followed').onmessage = ({ data, lastEventId }) => seen.push({ id: lastEventId, kind: Object.keys(JSON.parse(data as string) as object)[0] as string });
  });
  const seen = (): Promise<Seen[]> => pad.page.evaluate(() => (window as unknown as { seen: Seen[] }).seen);
  await expect.poll(seen).toEqual([{ id: '1', kind: 'Snapshot' }, { id: '1', kind: 'Users' }]);
  await write('two');
  await expect.poll(async () => (await seen()).at(-1)).toEqual({ id: '2', kind: 'History' });

  await server.restart();
  await write('three');
  await expect.poll(async () => (await seen()).filter(({ kind }) => kind === 'History').at(-1)).toEqual({ id: '3', kind: 'History' });
  expect((await seen()).filter(({ kind }) => kind === 'Snapshot')).toHaveLength(1); // it went on where it was
  expect(asked[0]).toBeUndefined();
  expect(asked.at(-1)).toMatch(/^2-[\w-]{22}$/);
});
