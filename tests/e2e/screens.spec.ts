// Every screen and dialog, wide and narrow, light and dark: axe finds nothing.
import type { Locator, Page } from '@playwright/test';
import { devices } from '@playwright/test';
import fs from 'node:fs';
import { hasNoViolationsInLightOrDark } from './axe.ts';
import { owner } from '../../frontend/src/strings/owner_en.ts';
import { expect, links, share, start, test, words } from './pad.ts';
import type { Pad } from './pad.ts';
import { files } from '../../frontend/src/strings/files_en.ts';

// A limit that a paste of 300 KiB is beyond.
test.use({ settings: { MAX_DOCUMENT_SIZE_KB: 256 } });

const { defaultBrowserType: _, ...pixel } = devices['Pixel 7'];
const sizes = { wide: {}, narrow: pixel };

/** Has a look at what is open, and closes it. */
async function look(pad: Pad, opened: Locator, what: string): Promise<void> {
  await expect(opened).toBeVisible();
  await hasNoViolationsInLightOrDark(pad, what);
  await pad.close(opened);
}

/** Is anything written down for the next visit? */
const isKept = (page: Page): Promise<boolean> =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        const opening = indexedDB.open('kolabpad');
        opening.addEventListener('success', () => {
          const database = opening.result;
          const count = database.transaction('unsent').objectStore('unsent').count();
          count.addEventListener('success', () => (database.close(), resolve(count.result > 0)));
        });
      }),
  );

const markdown = [
  '# A plan', '', 'With **all** of *it*, [a link](https://example.org), `code` and ![a cat](https://pics.example/cat.png).', '',
  '- [x] done', '- [ ] open', '', '> quoted', '', '| a | b |', '| - | -: |', '| 1 | 2 |', '',
  '```python', 'def f(x: int) -> str:  # a comment', '    return f"text {x}" + str(None)', '```', '', '---', '',
].join('\n');
const program = 'def f(x):\n    return "text"  # and a comment\n';

for (const [size, options] of Object.entries(sizes)) {
  test(`axe: the pad, its controls and dialogs (${size})`, async ({ open }) => {
    const alice = await (await open('#shared', options)).ready();
    await hasNoViolationsInLightOrDark(alice, 'an empty pad');

    const bob = await (await open()).ready();
    await bob.paste(program);
    await alice.shows(program);
    await bob.choose('Python');
    await expect(alice.editor.locator('.cm-line span').first()).toBeVisible();
    await expect(alice.carets).toHaveCount(1);
    await hasNoViolationsInLightOrDark(alice, 'text and a caret');

    const people = await alice.panel('people');
    await people.getByRole('button', { name: words.people.edit }).click();
    await expect(people.getByLabel(words.people.name)).toBeVisible();
    await hasNoViolationsInLightOrDark(alice, 'people, with name and colour');
    await alice.page.keyboard.press('Escape');
    await alice.close(people);
    for (const id of ['settings', 'outline', 'history'] as const) await look(alice, await alice.panel(id), id);
    const menu = await alice.menu();
    await hasNoViolationsInLightOrDark(alice, 'the menu');
    if (size === 'wide') await alice.close(menu);
    await alice.language.click();
    await hasNoViolationsInLightOrDark(alice, 'the list of languages');
    await alice.page.keyboard.press('Escape');
    if (size === 'narrow') await alice.close(menu);
    await alice.act('about');
    await look(alice, alice.page.getByRole('dialog', { name: words.about.heading }), 'about');
    await alice.act('owner');
    await look(alice, alice.page.getByRole('dialog', { name: owner.heading }), 'the owner');
    await alice.act('recent');
    await look(alice, alice.page.getByRole('dialog', { name: words.recent.heading }), 'recent pads');
    const sharing = await alice.share();
    await hasNoViolationsInLightOrDark(alice, 'share');
    await sharing.getByRole('button', { name: links.make }).click();
    await hasNoViolationsInLightOrDark(alice, 'share, with a new link');
    await sharing.getByRole('tab', { name: share.ways.embed }).click();
    await hasNoViolationsInLightOrDark(alice, 'share, as a frame');
    await sharing.getByRole('tab', { name: share.ways.code }).click();
    await sharing.getByRole('button', { name: share.fullScreen }).click();
    await look(alice, alice.page.getByRole('dialog', { name: share.codeLabel }), 'the QR code');
    await alice.close(sharing);

    await alice.openFile('a.txt', 'a');
    await look(alice, alice.page.getByRole('dialog', { name: files.openHeading('a.txt') }), 'a file');
  });

  test(`axe: news, and what the editor opens by itself (${size})`, async ({ open }) => {
    const [alice, bob] = [await (await open('#shared', options)).ready(), await (await open()).ready()];
    const isTold = expect(alice.page.locator('.toast').filter({ hasText: 'Python' })).toBeVisible();
    await Promise.all([isTold, bob.choose('Python')]); // it goes by itself
    await hasNoViolationsInLightOrDark(alice, 'news');

    await alice.paste(program);
    await alice.editor.focus();
    await alice.page.keyboard.press('Control+f');
    await expect(alice.page.locator('.cm-search')).toBeVisible();
    await hasNoViolationsInLightOrDark(alice, 'search');
    await alice.page.keyboard.press('Escape');
    await alice.editor.focus();
    await alice.page.keyboard.press('Control+Alt+g');
    await expect(alice.page.locator('.cm-dialog')).toBeVisible();
    await hasNoViolationsInLightOrDark(alice, 'go to line');
    await alice.page.keyboard.press('Escape');

    await alice.type('\npri');
    await expect(async () => {
      await alice.page.keyboard.press('Control+Space');
      await expect(alice.page.locator('.cm-tooltip-autocomplete li[aria-selected]')).toBeVisible({ timeout: 2_000 });
    }).toPass();
    // The keyboard scrolls the list from the text, where the caret stays: it is no stop of its own.
    await hasNoViolationsInLightOrDark(alice, 'completions', ['scrollable-region-focusable']);
  });

  test(`axe: the preview, what is remembered, what was lost (${size})`, async ({ open, server }) => {
    const alice = await (await open('#first', options)).ready();
    await alice.paste(markdown);
    await alice.choose('Markdown');
    await alice.showPreview();
    await expect(alice.page.locator('.preview-text code span').first()).toBeVisible();
    await hasNoViolationsInLightOrDark(alice, 'the preview');

    await alice.saved();
    await server.stop();
    for (const end of ['', '-wal', '-shm']) fs.rmSync(server.database + end, { force: true });
    await server.restart();
    await expect(alice.page.getByRole('alert').filter({ hasText: words.unmerged.why.set_back.heading })).toBeVisible();
    await hasNoViolationsInLightOrDark(alice, 'a text that the server lost');
    await alice.page.getByRole('button', { name: words.unmerged.restore }).click();
    await alice.saved();

    const context = alice.page.context();
    await server.stop();
    await expect(alice.status).not.toHaveText(words.status.connected);
    await alice.type('unsent');
    await expect.poll(() => isKept(alice.page)).toBe(true);
    await alice.page.close();
    await server.restart();
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${server.port}/#first`);
    const dialog = page.getByRole('dialog', { name: words.recoveredDraft.heading });
    await expect(dialog).toBeVisible();
    await hasNoViolationsInLightOrDark({ page }, 'what an earlier visit left');
    await dialog.getByRole('button', { name: words.recoveredDraft.send }).click();
    await expect(page.locator('.cm-content')).toContainText('unsent');

    await page.goto('about:blank');
    await page.goto(`http://127.0.0.1:${server.port}/#second`);
    await expect(page.getByRole('region', { name: start.label }).getByRole('link', { name: 'A plan' })).toBeVisible();
    await hasNoViolationsInLightOrDark({ page }, 'the start, with recent pads');
  });

  test(`axe: what stands in the way (${size})`, async ({ open, server }) => {
    const alice = await (await open('#shared', options)).ready();
    await alice.paste('x'.repeat(300 * 1024));
    await expect(alice.page.getByRole('alert').filter({ hasText: words.refusal.heading })).toBeVisible();
    await hasNoViolationsInLightOrDark(alice, 'a refusal');
    await alice.page.getByRole('button', { name: words.refusal.undo }).click();
    await alice.saved();

    await alice.protect();
    await expect.poll(() => new URL(alice.page.url()).hash).toMatch(/otp=/);
    const stranger = await open('#shared', options);
    await expect(stranger.page.getByRole('dialog', { name: words.password.heading })).toBeVisible();
    await hasNoViolationsInLightOrDark(stranger, 'the password');

    await server.kill();
    await alice.type('kept');
    await expect(alice.status).not.toHaveText(words.status.connected);
    await hasNoViolationsInLightOrDark(alice, 'no connection');
  });
}
