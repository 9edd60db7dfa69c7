// 1,000 one-character edits of somebody else, as fast as they can be sent, into
// 256 KiB of JavaScript, while the one who watches types.
import { header, loaded, ms, openPage, percentile, processorTime, program, report, withServer, Writer } from './setting.mjs';

const UNITS = 256 * 1024;
const EDITS = 1_000;
const KEYS = 10;

/** Notes when edits come in, when the editor has them, and how long keys wait. */
function watch() {
  const seen = { first: 0, last: 0, caughtUp: 0, keys: 0, units: Infinity, delays: [], frames: [] };
  globalThis.seen = seen;
  addEventListener('keydown', () => (seen.keys += 1), true);
  globalThis.WebSocket = class extends WebSocket {
    constructor(...args) {
      super(...args);
      this.addEventListener('message', ({ data }) => {
        if (!data.startsWith('{"History"')) return;
        if (data.length < 200 && /"y+"/.test(data)) return; // the echo of keys
        seen.last = performance.now();
        seen.first ||= seen.last;
      });
    }
  };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.name === 'keydown') seen.delays.push(entry.processingEnd - entry.startTime);
    }
  }).observe({ type: 'event', durationThreshold: 16 });
  let before = performance.now();
  const frame = () => {
    const now = performance.now();
    seen.frames.push(now - before);
    before = now;
    // Each key has made the text one longer, before the frame that follows it.
    if (globalThis.view?.()?.state.doc.length - seen.keys >= seen.units) seen.caughtUp ||= now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

/** Where the edits go. */
const places = {
  'at one place': (i) => UNITS / 2 + i,
  'at ten places': (i) => Math.floor(((i % 10) * UNITS) / 10) + Math.floor(i / 10),
  scattered: (i) => (i * 7919 * 31) % UNITS,
};

function burst(place) {
  return withServer({ MAX_DOCUMENT_SIZE_KB: 1024 }, async ({ url, socketUrl, browser }) => {
    const writer = await Writer.join(socketUrl, 'burst');
    writer.edit(0, program(UNITS));
    writer.setLanguage('javascript');
    await writer.settled();
    const page = await openPage(browser, `${url}#burst`, watch);
    await loaded(page, UNITS);
    await page.waitForTimeout(4_000); // the first parse is over
    const before = { first: 0, delays: [], frames: [], units: UNITS + EDITS };
    await page.evaluate((fresh) => Object.assign(globalThis.seen, fresh), before);
    const cpu = await processorTime(page);
    const typing = type(page);
    for (let i = 0; i < EDITS; i++) {
      writer.edit(place(i), 'z');
      if (i % 100 === 99) await writer.settled();
    }
    await typing;
    await loaded(page, UNITS + EDITS + KEYS);
    await page.waitForTimeout(600); // the parser's turn
    return { ...(await page.evaluate(() => globalThis.seen)), cpu: await cpu() };
  });
}

async function type(page) {
  for (let i = 0; i < KEYS; i++) {
    await page.keyboard.press('y');
    await page.waitForTimeout(10);
  }
}

header('1,000 remote edits into 256 KiB of JavaScript');
for (const [name, place] of Object.entries(places)) {
  const { first, last, caughtUp, delays, frames, cpu } = await burst(place);
  const wait = Math.max(0, ...delays);
  report(`${name}: the edits arrived within`, ms(last - first));
  report(`${name}: caught up, from the first`, ms(caughtUp - first), '< 300 ms', caughtUp - first < 300);
  report(`${name}: longest wait of a key`, ms(wait), '< 50 ms', wait < 50);
  report(`${name}: the page's thread, processor time`, ms(cpu));
  report(`${name}: longest frame; p95`, `${ms(Math.max(...frames))}; ${ms(percentile(frames, 0.95))}`);
}
