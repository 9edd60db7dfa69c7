// A phone with a processor four times slower, on which somebody types while ten others do, in what is seen on its screen and
// beyond: minutes in Markdown, and a program. CodeMirror alone, with nobody else, is measured in the same browser: it says how quick the
// machine is. `PROFILE=1` lists what took the page's thread.
import { openBare } from './bare_editor.mjs';
import { header, loaded, ms, openPage, percentile, PHONE, processorTime, program, report, watchKeys, withServer, Writer } from './setting.mjs';

const SLOWER = 4;
const OTHERS = 10;
/** Somebody who types quickly: between two keys. */
const THEIR_PAUSE_MS = 180;
const MY_PAUSE_MS = 120;
const KEYS = 150;
const UNITS = 20 * 1024;
const BAR_MS = 50;
/** The bar is meant for a machine on which CodeMirror alone takes so long, at the same percentile. */
const ALONE_MS = 30;

const paragraph = (i) => `## Item ${i}\n\n- [ ] **Somebody** sends the *minutes* to [all](https://host.example/${i}) of those who came\n- what was said about \`item ${i}\`, in a sentence that is longer than the screen of a phone is wide\n\n`;
const texts = {
  markdown: Array.from({ length: 200 }, (_, i) => paragraph(i)).join('').slice(0, UNITS),
  javascript: program(UNITS),
};

/** Ten people who type until they are stopped: half of them where the phone looks, in lines of their own. */
async function others(socketUrl, pad, text) {
  const lines = [...text.matchAll(/\n/g)].map(({ index }) => index);
  const people = await Promise.all(
    Array.from({ length: OTHERS }, async (_, i) => {
      const writer = await Writer.join(socketUrl, pad, { name: `Person ${i}`, hue: i * 36 });
      const line = i % 2 === 0 ? 4 + i : Math.floor((lines.length * i) / OTHERS);
      return { writer, at: lines[line] };
    }),
  );
  const timers = people.map((person) =>
    setInterval(() => {
      person.writer.edit(person.at, Math.random() < 0.2 ? ' ' : 'z');
      person.at += 1;
      person.writer.caret(person.at);
    }, THEIR_PAUSE_MS * (0.8 + Math.random() * 0.4)),
  );
  return () => {
    timers.forEach(clearInterval);
    for (const { writer } of people) writer.socket.close();
  };
}

/** What the page's thread has to do in a second while the others type. */
async function shareOfOthers(page, spent) {
  const [began, before] = [performance.now(), await spent()];
  await page.waitForTimeout(5_000);
  return ((await spent()) - before) / ((performance.now() - began) / 1_000);
}

/** Types; gives the processor time of each key, less what the others take in that time. */
async function type(page, spent, others) {
  const processor = [];
  for (let i = 0; i < KEYS; i++) {
    const [began, before] = [performance.now(), await spent()];
    await page.keyboard.press(i % 6 === 5 ? 'Space' : 'x');
    await page.waitForTimeout(MY_PAUSE_MS);
    processor.push((await spent()) - before - (others * (performance.now() - began)) / 1_000);
  }
  return processor;
}

/** What the page's thread did, by kind, in its own processor time: what a kind began in turn is that one's. */
function shares(events, thread) {
  const sums = new Map();
  const open = [];
  const mine = events.filter(({ ph, tid, pid, tdur }) => ph === 'X' && tid === thread.tid && pid === thread.pid && tdur !== undefined);
  for (const event of mine.sort((a, b) => a.ts - b.ts || b.dur - a.dur)) {
    while (open.length > 0 && open.at(-1).ts + open.at(-1).dur <= event.ts) open.pop();
    const add = (name, time) => sums.set(name, (sums.get(name) ?? 0) + time / 1000);
    add(event.name, event.tdur);
    if (open.length > 0) add(open.at(-1).name, -event.tdur);
    open.push(event);
  }
  return [...sums].sort(([, a], [, b]) => b - a).slice(0, 25);
}

async function profiled(browser, page, work) {
  if (!process.env.PROFILE) return work();
  await browser.startTracing(page, { categories: ['devtools.timeline', 'blink.user_timing', 'toplevel', 'disabled-by-default-devtools.timeline'] });
  const done = await work();
  const { traceEvents } = JSON.parse(await browser.stopTracing());
  const threads = traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain');
  const busiest = threads.map((thread) => shares(traceEvents, thread)).sort(([[, a] = [0, 0]], [[, b] = [0, 0]]) => b - a)[0];
  for (const [name, spent] of busiest) console.log(ms(spent).padStart(10), name);
  return done;
}

/** Slows the page down, and puts the caret in its place, with the keyboard. */
async function prepare(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  return async () => {
    await page.waitForTimeout(3_000);
    await page.evaluate(() => {
      const view = globalThis.view();
      view.focus();
      view.dispatch({ selection: { anchor: view.state.doc.line(6).to }, scrollIntoView: true });
      globalThis.seen.keys = [];
    });
  };
}

const keysOf = (page) => page.evaluate(() => globalThis.seen.keys);

/** The same keys in CodeMirror alone. */
async function measureAlone(browser, language) {
  const page = await openBare(browser, PHONE, watchKeys, language, texts[language]);
  const begin = await prepare(page);
  await begin();
  const processor = await type(page, await processorTime(page), 0);
  const keys = await keysOf(page);
  await page.context().close();
  return { keys, processor };
}

async function measure(language) {
  const text = texts[language];
  return withServer({}, async ({ url, socketUrl, browser }) => {
    const alone = await measureAlone(browser, language);
    const author = await Writer.join(socketUrl, 'phone');
    author.edit(0, text);
    author.setLanguage(language);
    await author.settled();
    const page = await openPage(browser, `${url}#phone`, watchKeys, {}, PHONE);
    await loaded(page, text.length);
    const begin = await prepare(page);
    const stop = await others(socketUrl, 'phone', text);
    await begin();
    const spent = await processorTime(page);
    const share = await shareOfOthers(page, spent);
    const processor = await profiled(browser, page, () => type(page, spent, share));
    stop();
    return { keys: await keysOf(page), processor, share, alone };
  });
}

header(`a phone, ${SLOWER} times slower, ${OTHERS} others typing`);
for (const language of Object.keys(texts)) {
  const { keys, processor, share, alone } = await measure(language);
  const [p50, p95] = [0.5, 0.95].map((part) => percentile(keys, part));
  const [alone50, alone95] = [0.5, 0.95].map((part) => percentile(alone.keys, part));
  const barMs = (BAR_MS * Math.max(alone95, ALONE_MS)) / ALONE_MS;
  report(`${language}: CodeMirror alone: a key is shown, median; p95`, `${ms(alone50)}; ${ms(alone95)}`);
  report(`${language}: a key is shown, median`, ms(p50));
  report(`${language}: a key is shown, p95`, ms(p95), `< ${ms(barMs)}`, p95 < barMs);
  report(`${language}: its processor time, median; p95`, `${ms(percentile(processor, 0.5))}; ${ms(percentile(processor, 0.95))}`);
  report(`${language}: processor time for the others, in a second`, ms(share));
}
