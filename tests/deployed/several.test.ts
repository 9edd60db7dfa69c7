// Several servers behind one address: KP_SERVERS are theirs, KP_TUNNELS says whether the balancer
// sends a pad's people to the same one ("none" have to be passed on) or not ("some").
import { expect, test } from 'vitest';
import { ask, freshPad, join } from './site.ts';

const SERVERS = (process.env['KP_SERVERS'] ?? '').split(',').filter((url) => url !== '');
const PEOPLE = 4;

async function tunnels(): Promise<number> {
  const stats = await Promise.all(SERVERS.map((url) => ask('/api/stats', { base: new URL(url) })));
  return stats.reduce((sum, { text }) => sum + (JSON.parse(text) as { tunnels: number }).tunnels, 0);
}

test.runIf(SERVERS.length > 0)('whoever comes to whichever server, a pad has one text', async () => {
  const pads = Array.from({ length: 8 }, freshPad);
  const people = await Promise.all(pads.map((pad) => Promise.all(Array.from({ length: PEOPLE }, () => join(pad)))));
  await Promise.all(people.flat().map((person) => person.type('x', 0)));
  for (const person of people.flat()) await person.sees('x'.repeat(PEOPLE));
  for (const pad of pads) expect((await ask(`/api/text/${pad}`)).text).toBe('x'.repeat(PEOPLE));
  const passedOn = await tunnels();
  console.log(`typed in ${pads.length} pads, ${passedOn} of ${people.flat().length} people were passed on`);
  if (process.env['KP_TUNNELS'] === 'none') expect(passedOn).toBe(0);
  else expect(passedOn).toBeGreaterThan(0);
});
