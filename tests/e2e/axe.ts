// axe.ts - what axe finds on a screen, which is to be nothing.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect } from './pad.ts';

/** What differs by the colours: the rest of a screen is the same in all of them. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block'];

/** `without`: rules that do not fit this screen; say why where you leave one out. */
export async function hasNoViolations({ page }: { page: Page }, screen = 'the screen', without: string[] = []): Promise<void> {
  await findsNothing(page, screen, (axe) => axe.disableRules(without));
}

/** The same, and the contrasts in the dark as well: for a page that has the colours of the system, which is light. */
export async function hasNoViolationsInLightOrDark({ page }: { page: Page }, screen: string, without: string[] = []): Promise<void> {
  await hasNoViolations({ page }, screen, without);
  await page.emulateMedia({ colorScheme: 'dark' });
  await findsNothing(page, `${screen}, dark`, (axe) => axe.withRules(OF_COLOURS));
  await page.emulateMedia({ colorScheme: 'light' });
}

async function findsNothing(page: Page, screen: string, choose: (axe: AxeBuilder) => AxeBuilder): Promise<void> {
  // Half faded text has no contrast to judge, and axe takes seconds to look.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const axe = new AxeBuilder({ page }).setLegacyMode(); // no frames of other sites here, and twice as quick
  const { violations } = await choose(axe.options({ resultTypes: ['violations'] })).analyze();
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ target }) => target.join(' ')).join('; ')})`);
  expect(found, screen).toEqual([]);
}
