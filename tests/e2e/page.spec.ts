// The page itself: nothing from elsewhere, usable by the keyboard, large texts.
import { expect, test, words } from './pad.ts';

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
  expect(policy).toContain("trusted-types service-worker");
  expect(policy).not.toContain('unsafe-inline');
  await pad.type('a text');
  for (const label of ['Python', 'C++', 'Markdown']) {
    await pad.choose(label);
    await pad.page.waitForLoadState('networkidle');
  }
  await pad.editor.focus();
  await pad.page.keyboard.press('Control+f');
  await expect(pad.page.locator('.cm-search')).toBeVisible();
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

// How long it takes is measured by bench/page/large.mjs, on a machine with nothing else to do.
test('a large document opens, and what is typed in it arrives', async ({ open, server }) => {
  const writer = await (await open()).ready();
  await writer.paste(`${'0123456789 '.repeat(9)}\n`.repeat(2_000)); // 200 kB
  await writer.saved();
  const reader = await (await open()).ready();
  await reader.type('the end');
  await reader.saved();
  await expect.poll(async () => (await server.text('shared')).slice(-12)).toBe('789 \nthe end');
  expect(await server.text('shared')).toHaveLength(200_000 + 7);
  await expect(writer.editor).toContainText('the end');
});
