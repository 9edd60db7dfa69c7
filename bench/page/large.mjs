// A document of 5 MiB (the limit raised): opening it, and typing in its middle.
import { header, loaded, ms, openPage, percentile, processorTime, program, report, withServer, Writer } from './setting.mjs';

const UNITS = 5 * 1024 * 1024;
const KEYS = 200;

await withServer({ MAX_DOCUMENT_SIZE_KB: 8192 }, async ({ url, socketUrl, browser }) => {
  const writer = await Writer.join(socketUrl, 'large');
  writer.edit(0, program(UNITS));
  await writer.settled();
  const began = performance.now();
  const page = await openPage(browser, `${url}#large`);
  await loaded(page, UNITS);
  const openedMs = performance.now() - began;
  await page.waitForTimeout(1_000);
  await page.evaluate(() => {
    const view = globalThis.view();
    view.dispatch({ selection: { anchor: view.state.doc.length >> 1 }, scrollIntoView: true });
    // From the key's event to the end of the layout that follows it.
    globalThis.keys = [];
    let pressed = 0;
    addEventListener('keydown', () => (pressed = performance.now()), true);
    new MutationObserver(() => {
      view.contentDOM.getBoundingClientRect();
      if (pressed) globalThis.keys.push(performance.now() - pressed);
      pressed = 0;
    }).observe(view.contentDOM, { childList: true, characterData: true, subtree: true });
  });
  const cpu = await processorTime(page);
  for (let i = 0; i < KEYS; i++) await page.keyboard.press('x');
  await loaded(page, UNITS + KEYS);
  const perKey = (await cpu()) / KEYS;
  const keys = await page.evaluate(() => globalThis.keys);
  header('5 MiB');
  report('opened', ms(openedMs), '< 2000 ms', openedMs < 2_000);
  const p95 = percentile(keys, 0.95);
  report('a key, p95', ms(p95), '< 16 ms', p95 < 16);
  report("a key, processor time of the page's thread", ms(perKey));
});
