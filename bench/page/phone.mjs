// A phone with a processor four times slower, on which somebody types while ten others do, in what is seen on its screen and
// beyond: minutes in Markdown, and a program. `PROFILE=1` lists what took the page's thread.
import { header, loaded, ms, openPage, percentile, PHONE, processorTime, program, report, watchKeys, withServer, Writer } from './setting.mjs';

const SLOWER = 4;
const OTHERS = 10;
/** Somebody who types quickly: between two keys. */
const THEIR_PAUSE_MS = 180;
const MY_PAUSE_MS = 120;
const KEYS = 150;
const UNITS = 20 * 1024;
const BAR_MS = 50;

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

async function type(page, spent) {
  const processor = [];
  for (let i = 0; i < KEYS; i++) {
    const before = await spent();
    await page.keyboard.press(i % 6 === 5 ? 'Space' : 'x');
    await page.waitForTimeout(MY_PAUSE_MS);
    processor.push((await spent()) - before);
  }
  return processor;
}

/** What the page's thread did, by function, without what they called. */
function shares({ nodes, samples, timeDeltas }) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const sums = new Map();
  for (const [i, id] of samples.entries()) {
    const { functionName, url, lineNumber, columnNumber } = byId.get(id).callFrame;
    const name = `${functionName || '(anonymous)'} ${url.split('/').at(-1)}:${lineNumber}:${columnNumber}`;
    sums.set(name, (sums.get(name) ?? 0) + timeDeltas[i] / 1000);
  }
  return [...sums].sort(([, a], [, b]) => b - a).slice(0, 40);
}

async function profiled(session, work) {
  if (!process.env.PROFILE) return work();
  await session.send('Profiler.enable');
  await session.send('Profiler.start');
  const done = await work();
  for (const [name, spent] of shares((await session.send('Profiler.stop')).profile)) console.log(ms(spent).padStart(10), name);
  return done;
}

async function measure(language) {
  const text = texts[language];
  return withServer({}, async ({ url, socketUrl, browser }) => {
    const author = await Writer.join(socketUrl, 'phone');
    author.edit(0, text);
    author.setLanguage(language);
    await author.settled();
    const page = await openPage(browser, `${url}#phone`, watchKeys, {}, PHONE);
    await loaded(page, text.length);
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
    const stop = await others(socketUrl, 'phone', text);
    await page.waitForTimeout(3_000);
    await page.evaluate(() => {
      const view = globalThis.view();
      view.focus();
      view.dispatch({ selection: { anchor: view.state.doc.line(6).to }, scrollIntoView: true });
      globalThis.seen.keys = [];
    });
    const spent = await processorTime(page);
    const processor = await profiled(session, () => type(page, spent));
    stop();
    return { keys: await page.evaluate(() => globalThis.seen.keys), processor };
  });
}

header(`a phone, ${SLOWER} times slower, ${OTHERS} others typing`);
for (const language of Object.keys(texts)) {
  const { keys, processor } = await measure(language);
  const [p50, p95] = [0.5, 0.95].map((share) => percentile(keys, share));
  report(`${language}: a key is shown, median`, ms(p50));
  report(`${language}: a key is shown, p95`, ms(p95), `< ${BAR_MS} ms`, p95 < BAR_MS);
  report(`${language}: the page's thread for each key and what came with it`, ms(percentile(processor, 0.5)));
}
