// Where the others are, for somebody who looks elsewhere.
import { expect, test, words } from '../pad.ts';
import type { Pad } from '../pad.ts';

const LONG = Array.from({ length: 300 }, (_, i) => `line ${i}`).join('\n');

/** Two people in a long text, both at its beginning. */
async function two(open: (hash?: string) => Promise<Pad>): Promise<[Pad, Pad]> {
  const [alice, bob] = [await (await open()).ready(), await (await open()).ready()];
  await alice.paste(LONG);
  await alice.page.keyboard.press('Control+Home');
  await bob.editor.focus();
  await expect(bob.editor).toContainText('line 1');
  return [alice, bob];
}

test('marks over the scroll bar say where the others are', async ({ open }) => {
  const [alice, bob] = await two(open);
  const marks = alice.page.locator('.scroll-marks > .person');
  const height = () => marks.first().evaluate((it) => (it as HTMLElement).offsetTop / it.parentElement!.clientHeight);
  await bob.type('!');
  await expect.poll(height).toBeGreaterThan(0.8);
  await bob.page.keyboard.press('Control+Home');
  await expect.poll(height).toBeLessThan(0.05);
  await bob.page.keyboard.press('Control+a');
  await expect(alice.page.locator('.scroll-marks > .selection')).toHaveCount(1);
  await bob.page.context().close();
  await expect(alice.page.locator('.scroll-marks > *')).toHaveCount(0);
});

test('who types out of view is named at the edge, and a press on the name or on the face leads there', async ({ open }) => {
  const [alice, bob] = await two(open);
  await bob.rename('Bob');
  const chip = alice.page.getByRole('button', { name: words.people.typingBelow(`Bob ${words.people.typing}`) });
  // Who pauses is not named any more, so he goes on until it is pressed.
  let isPressed = false;
  const typing = async () => {
    do await bob.type('far below ');
    while (!isPressed);
  };
  const pressing = async () => {
    await chip.click();
    isPressed = true;
  };
  await Promise.all([typing(), pressing()]);
  await expect(alice.carets).toBeInViewport();
  await expect(chip).toHaveCount(0);
  await alice.page.keyboard.press('Control+Home');
  await expect(alice.page.locator('.cm-line').first()).toHaveText('line 0');
  await alice.page.getByRole('banner').getByRole('button', { name: words.people.goTo('Bob') }).click();
  await expect(alice.carets).toBeInViewport();
  await expect(alice.carets.locator('.remote-name')).toHaveCSS('opacity', '1');
});

test('who is followed is framed; Escape ends it, and so does their leaving, which is said', async ({ open }) => {
  const [alice, bob] = await two(open);
  await bob.rename('Bob');
  await bob.type('far below');
  const face = alice.page.getByRole('banner').getByRole('button', { name: words.people.goTo('Bob') });
  const frame = alice.page.locator('.followed-frame');
  await face.click({ modifiers: ['Alt'] });
  await expect(frame).toHaveCSS('border-top-width', '2px');
  await expect(alice.carets).toBeInViewport();
  await alice.page.keyboard.press('Escape');
  await expect(frame).toHaveCount(0);
  await face.click({ modifiers: ['Alt'] });
  await alice.editor.press('Escape');
  await expect(frame).toHaveCount(0);
  await face.click({ modifiers: ['Alt'] });
  await expect(frame).toHaveCount(1);
  await bob.page.context().close();
  await alice.tells(words.people.followedLeft('Bob'));
  await expect(frame).toHaveCount(0);
});

test('a caret at which another types is shown where its owner sees it, also to who comes later', async ({ open }) => {
  const [alice, bob] = [await (await open()).ready(), await (await open()).ready()];
  await alice.paste('some words');
  await bob.shows('some words');
  await bob.editor.focus();
  await bob.page.keyboard.press('Control+End');
  await expect(alice.carets).toHaveCount(1);
  const own = () => bob.page.locator('.cm-cursor').evaluate((it) => it.getBoundingClientRect().left);
  const shownIn = (pad: Pad) => pad.carets.evaluateAll((carets) => Math.max(...carets.map((it) => it.getBoundingClientRect().left)));
  const places = async (pads: Pad[]) => {
    const at = await own();
    return (await Promise.all(pads.map(shownIn))).map((it) => Math.abs(it - at) < 2);
  };
  const before = await own();
  await alice.type(' and more of them');
  await bob.shows('some words and more of them');
  expect(Math.abs((await own()) - before)).toBeLessThan(2);
  await expect.poll(() => places([alice])).toEqual([true]);
  await alice.page.keyboard.press('Control+Home'); // so that Bob's is the last one
  const carol = await (await open()).ready();
  await expect(carol.carets).toHaveCount(2);
  await expect.poll(() => places([alice, carol])).toEqual([true, true]);
});
