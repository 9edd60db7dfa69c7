// axe.ts - what axe finds on a screen, which is to be nothing.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect } from './pad.ts';

/** `without`: rules that do not fit this screen; say why where you leave one out. */
export async function hasNoViolations({ page }: { page: Page }, screen = 'the screen', without: string[] = []): Promise<void> {
  // Half faded text has no contrast to judge, and axe takes seconds to look.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode() // no frames of other sites here, and twice as quick
    .options({ resultTypes: ['violations'] })
    .disableRules(without)
    .analyze();
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ target }) => target.join(' ')).join('; ')})`);
  expect(found, screen).toEqual([]);
}
