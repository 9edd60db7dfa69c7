// Two people type at random while their networks are cut and restored at
// random. Every key is a character of its own, so that a lost one and a doubled
// one are seen. KP_SEED=n replays a run.
import { seedOfRun } from '../blackbox/support/random.ts';
import { Random } from '../../frontend/src/testing/random.ts';
import { Network } from '../chaos/network.ts';
import { expect, test } from './pad.ts';
import type { Pad } from './pad.ts';

const KEYS = 60;
const MOVES = ['Home', 'End', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'Control+Home', 'Control+End'] as const;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Types KEYS different characters from `first` on, all over the text, and gives them. */
async function typeAtRandom(pad: Pad, random: Random, first: number): Promise<string[]> {
  const typed = Array.from({ length: KEYS }, (_, i) => String.fromCodePoint(first + i));
  await pad.editor.focus();
  for (const key of typed) {
    if (random.below(4) === 0) await pad.page.keyboard.press(random.pick(MOVES));
    await pad.page.keyboard.type(key);
    if (random.below(8) === 0) await pause(random.below(150));
  }
  return typed;
}

async function disturb(network: Network, random: Random, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await pause(100 + random.below(500));
    if (random.below(2) === 0) {
      network.cut();
    } else {
      network.unplug();
      await pause(random.below(800));
      network.plug();
    }
  }
}

test('typing over networks that come and go loses no key and doubles none', async ({ open, server }) => {
  const seed = seedOfRun();
  await test.step(`KP_SEED=${seed}`, async () => {
    const networks = [await Network.open(() => server.port), await Network.open(() => server.port)];
    try {
      const pads = await Promise.all(networks.map(async ({ port }) => (await open('#shared', {}, port)).ready()));
      let isOver = false;
      const disturbances = networks.map((network, i) => disturb(network, new Random(seed + 10 + i), () => isOver));
      const ranges = [0x4e00, 0x1f300]; // Han, and characters of two UTF-16 units
      const typed = await Promise.all(pads.map((pad, i) => typeAtRandom(pad, new Random(seed + i), ranges[i]!)));
      isOver = true;
      await Promise.all(disturbances);

      for (const pad of pads) await pad.saved();
      const text = await server.text('shared');
      for (const pad of pads) await pad.shows(text);
      expect([...text].sort(), `KP_SEED=${seed}`).toEqual(typed.flat().sort());
    } finally {
      for (const network of networks) await network.close();
    }
  });
});
