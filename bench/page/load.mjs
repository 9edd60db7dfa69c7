// The first visit: from the address to a text one can type into, from a warm
// server, each time with an empty cache.
import { header, loaded, ms, openPage, percentile, report, withServer } from './setting.mjs';

const VISITS = 15;

await withServer({}, async ({ url, browser }) => {
  const times = [];
  for (let i = 0; i <= VISITS; i++) {
    const page = await openPage(browser, `${url}#visit-${i}`, () => {
      const look = () => {
        if (globalThis.view()?.state.readOnly === false) globalThis.readyMs = performance.now();
        else setTimeout(look, 4);
      };
      look();
    });
    await loaded(page);
    if (i > 0) times.push(await page.evaluate(() => globalThis.readyMs)); // the first one warms the server
    await page.context().close();
  }
  header('First visit');
  const median = percentile(times, 0.5);
  report('interactive, median', ms(median), '< 600 ms', median < 600);
  report('interactive, slowest', ms(Math.max(...times)));
});
