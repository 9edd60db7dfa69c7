// Every text of the corpus in every language that is asked for: how long a key takes to be shown, by the clock and in
// processor time of the page's thread, and the longest time for which the page stood still: while the text was opened, while one
// typed in it, and while somebody else did. What a key costs in an empty pad is measured before each text, and the processor time
// said as a ratio to that: where an empty pad is late, the machine is busy.
//
//     node bench/page/unfortunate.mjs [languages [pattern of texts [units]]]
//     node bench/page/unfortunate.mjs markdown+preview,json 'one line|equal' 262144
//     FUZZ=7:20 node bench/page/unfortunate.mjs markdown+preview    twenty others, drawn by the seed 7
import { unfortunateText, unfortunateTexts } from '../../frontend/src/testing/unfortunate_texts.mjs';
import { header, loaded, ms, openPage, percentile, processorTime, report, watchKeys, withServer, Writer } from './setting.mjs';

const [, , languages = 'markdown+preview,plaintext,json,javascript,html', pattern = '.', length = '262144'] = process.argv;
const KEYS = 12;
/** Time for what a change leaves to be done when idle. */
const REST_MS = Number(process.env.REST_MS ?? 700);
const BAR_KEY_MS = 50;
const BAR_STILL_MS = 200;

/** The texts to measure: those of the corpus, or others by chance. */
function chosen() {
  if (!process.env.FUZZ) return Object.entries(unfortunateTexts).filter(([name]) => new RegExp(pattern).test(name));
  const [seed, count] = process.env.FUZZ.split(':').map(Number);
  let state = seed;
  const below = (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  return Array.from({ length: count }, () => {
    const text = unfortunateText({ below }, Number(length));
    return [JSON.stringify(text.slice(0, 30)), () => text];
  });
}

function fresh(page) {
  return page.evaluate(() => {
    const was = globalThis.seen;
    globalThis.seen = { keys: [], still: [] };
    return { keys: was.keys, still: was.still.map(([, duration]) => duration) };
  });
}

/** Opens the text and types into its beginning and its middle. */
async function measure({ url, socketUrl, browser }, language, text, pad) {
  const [id, isShown] = language.split('+');
  const writer = await Writer.join(socketUrl, pad);
  writer.edit(0, text);
  writer.setLanguage(id);
  await writer.settled();
  const page = await openPage(browser, `${url}#${pad}`, watchKeys, { preview: isShown === 'preview' });
  try {
    await loaded(page, text.length);
    await page.waitForTimeout(REST_MS);
    const opened = await fresh(page);
    const spent = await processorTime(page);
    const processor = [];
    for (const share of [0, 0.5]) {
      await page.evaluate((share) => {
        const view = globalThis.view();
        view.focus();
        view.dispatch({ selection: { anchor: Math.floor(view.state.doc.length * share) }, scrollIntoView: true });
      }, share);
      await page.waitForTimeout(REST_MS / 2);
      for (let i = 0; i < KEYS; i++) {
        const before = await spent();
        await page.keyboard.press('x');
        await page.waitForTimeout(40);
        processor.push((await spent()) - before);
      }
    }
    await page.waitForTimeout(REST_MS);
    const typed = await fresh(page);
    const points = [...text].length;
    for (let i = 0; i < KEYS; i++) {
      writer.edit(i % 2 ? points >> 1 : 0, 'y');
      await page.waitForTimeout(40);
    }
    await page.waitForTimeout(REST_MS);
    const heard = await fresh(page);
    const longest = ({ still }) => Math.max(0, ...still);
    return {
      still: [opened, typed, heard].map(longest),
      key: percentile(typed.keys, 0.95),
      processor: percentile(processor, 0.95),
    };
  } finally {
    writer.socket.close();
    await page.context().close();
  }
}

header(`unfortunate texts of ${length} units: longest standstill: opened, typing, hearing; a key, p95; its processor time, p95; a key in an empty pad; processor time to that of an empty pad`);
let missed = 0;
await withServer({ MAX_DOCUMENT_SIZE_KB: 4096 }, async (place) => {
  for (const language of languages.split(',')) {
    for (const [name, make] of chosen()) {
      const measured = (text) => measure(place, language, text, `pad-${missed}-${performance.now()}`).catch((error) => error);
      const empty = await measured('\n');
      const result = await measured(make(Number(length)).toWellFormed());
      const isMet = !(result instanceof Error) && result.key < BAR_KEY_MS && Math.max(...result.still) < BAR_STILL_MS;
      if (!isMet) missed += 1;
      const ratio = (result.processor / empty.processor).toFixed(2);
      report(`${language}: ${name}`, `${shown(result)}; ${ms(empty.key)}; ${ratio}`, `${BAR_STILL_MS}; ${BAR_KEY_MS} ms`, isMet);
    }
  }
});
console.log(`\n${missed} not met`);

function shown(result) {
  if (result instanceof Error) return result.message.split('\n')[0].slice(0, 60);
  return [...result.still, result.key, result.processor].map(ms).join('; ');
}
