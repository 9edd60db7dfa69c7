// forced_colours.spec.ts - where the reader has chosen all colours, one still sees what is on, chosen, or somebody's.
import { expect, test } from '../pad.ts';

test('regression: on and off, the active option and people are told apart', async ({ open }) => {
  const pad = await (await open('#shared', { forcedColors: 'active' })).ready();
  const ground = (selector: string) => pad.page.locator(selector).first().evaluate((it) => getComputedStyle(it).backgroundColor);
  await pad.panel('settings');
  expect(await ground('.switch input:checked')).not.toBe(await ground('.switch input:not(:checked)'));
  await pad.language.click();
  expect(await ground('[role=option][aria-selected=true]')).not.toBe(await ground('[role=option][aria-selected=false]'));
  await pad.page.keyboard.press('Escape');
  await pad.panel('people');
  await pad.language.click();
  expect(await ground('.face')).not.toBe(await ground('[role=option][aria-selected=false]'));
});
