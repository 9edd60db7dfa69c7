// Following keeps somebody's caret in view until one does something of one's own, scrolling by whatever means.
import { expect, test } from '../pad.ts';
import type { Pad } from '../pad.ts';

const top = (pad: Pad) => pad.page.locator('.cm-scroller').evaluate((it) => it.scrollTop);
const follow = (pad: Pad) => pad.page.locator('.follow');

async function followed(open: (hash?: string) => Promise<Pad>): Promise<[Pad, Pad]> {
  const [alice, bob] = [await (await open()).ready(), await (await open()).ready()];
  await alice.paste(Array.from({ length: 300 }, (_, i) => `line ${i}`).join('\n'));
  await expect(bob.page.locator('.cm-gutters')).toBeVisible();
  await bob.saved();
  await bob.panel('people');
  await follow(bob).click();
  await expect.poll(() => top(bob)).toBeGreaterThan(2000);
  await expect(follow(bob)).toHaveAttribute('aria-pressed', 'true');
  return [alice, bob];
}

test('goes where they go, and its own scrolling does not end it', async ({ open }) => {
  const [alice, bob] = await followed(open);
  await alice.page.keyboard.press('Control+Home');
  await alice.page.keyboard.type('at the top');
  await expect.poll(() => top(bob)).toBe(0);
  await alice.type('at the end');
  await expect.poll(() => top(bob)).toBeGreaterThan(2000);
  await expect(follow(bob)).toHaveAttribute('aria-pressed', 'true');
  await expect(bob.carets).toBeInViewport();
});

const MEANS: Record<string, (bob: Pad) => Promise<unknown>> = {
  'the wheel over the line numbers': async (bob) => {
    const box = (await bob.page.locator('.cm-gutters').boundingBox())!;
    await bob.page.mouse.move(box.x + box.width / 2, 300);
    await bob.page.mouse.wheel(0, -400);
  },
  'the wheel over the text': async (bob) => {
    const box = (await bob.editor.boundingBox())!;
    await bob.page.mouse.move(box.x + 100, 300);
    await bob.page.mouse.wheel(0, -400);
  },
  'the scroll bar, which tells of nothing else': (bob) => bob.page.locator('.cm-scroller').evaluate((it) => (it.scrollTop = 500)),
  'a press on the line numbers': (bob) => bob.page.locator('.cm-gutters').click({ position: { x: 5, y: 4000 } }),
};

for (const [means, scroll] of Object.entries(MEANS)) {
  test(`ends with ${means}`, async ({ open }) => {
    const [alice, bob] = await followed(open);
    await scroll(bob);
    await expect(follow(bob)).toHaveAttribute('aria-pressed', 'false');
    const before = await top(bob);
    await alice.type('more\nand more');
    await bob.saved();
    await expect.poll(() => top(bob)).toBeCloseTo(before, -1);
  });
}
