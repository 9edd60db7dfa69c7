// The page itself: nothing from elsewhere, no violations, usable by everyone.
import AxeBuilder from '@axe-core/playwright';
import { devices } from '@playwright/test';
import { expect, test, words } from './pad.ts';
import type { Pad } from './pad.ts';

const { defaultBrowserType: _, ...pixel } = devices['Pixel 7'];

async function violations(pad: Pad): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page: pad.page }).analyze();
  return found.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ target }) => target.join(' ')).join('; ')})`);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on the main page (${colorScheme})`, async ({ open }) => {
    const alice = await (await open('#shared', { colorScheme })).ready();
    const bob = await (await open()).ready();
    const program = 'def f(x):\n    return "text"  # and a comment\n';
    await bob.paste(program);
    await alice.shows(program);
    await alice.choose('Python');
    await expect(alice.editor.locator('.cm-line span').first()).toBeVisible();
    expect(await violations(alice)).toEqual([]);
  });
}

test('axe finds nothing on a phone, with the menu open', async ({ open }) => {
  const mobile = await (await open('#shared', pixel)).ready();
  expect(await violations(mobile)).toEqual([]);
  await mobile.page.getByRole('button', { name: words.menu }).tap();
  await expect(mobile.page.getByRole('dialog', { name: words.menu })).toBeVisible();
  expect(await violations(mobile)).toEqual([]);
});

test('no request leaves the host and the content security policy is never hit', async ({ open }) => {
  const pad = await open('#shared');
  await pad.page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`Content Security Policy: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  await pad.page.reload();
  await pad.ready();
  const policy = (await pad.page.request.get(pad.page.url())).headers()['content-security-policy'];
  expect(policy).toContain('frame-ancestors');
  await pad.type('a text');
  for (const label of ['Python', 'C++', 'Markdown']) {
    await pad.choose(label);
    await pad.page.waitForLoadState('networkidle');
  }
  await pad.page.keyboard.press('Control+f');
  await pad.saved();
  expect(pad.complaints).toEqual([]);
});

test('the keyboard gets everywhere: out of the editor by Escape and Tab', async ({ open }) => {
  const pad = await (await open()).ready();
  await pad.editor.focus();
  await pad.page.keyboard.type('text');
  await pad.page.keyboard.press('Escape');
  await pad.page.keyboard.press('Shift+Tab');
  await expect(pad.editor).not.toBeFocused();
  await expect(pad.editor).toHaveAccessibleName(words.editor.label);
});

/** Milliseconds from a key to the next frame, on average. */
async function typingMs(pad: Pad): Promise<number> {
  await pad.editor.focus();
  return pad.page.evaluate(async () => {
    const before = performance.now();
    for (let i = 0; i < 20; i++) {
      document.execCommand('insertText', false, 'x');
      await new Promise(requestAnimationFrame);
    }
    return (performance.now() - before) / 20;
  });
}

test('a large document opens, and typing in it takes what it takes in a small one', async ({ open, server }) => {
  const small = await (await open('#small')).ready();
  const writer = await (await open()).ready();
  await writer.paste(`${'0123456789 '.repeat(9)}\n`.repeat(2_000)); // 200 kB
  await writer.saved();
  const large = await (await open()).ready();
  const [inSmall, inLarge] = [await typingMs(small), await typingMs(large)];
  expect(inLarge).toBeLessThan(inSmall * 4 + 20);
  await large.saved();
  await expect.poll(async () => (await server.text('shared')).length).toBe(200_000 + 20);
});
