// Every text of the corpus in every language that is asked for: how long a key takes to be shown, by the clock and in
// processor time of the page's thread, and the longest time for which the page stood still: while the text was opened, while one
// typed in it, and while somebody else did. What a key costs in an empty pad is measured beside it, in the same browser, and
// said as a ratio: where an empty pad is late, the machine is busy. What is over a bar is measured once more, and the better
// result counts. A measurement that breaks off is a failure like any other, and the next one gets a new browser.
//
//     node bench/page/unfortunate.mjs [languages [pattern of texts [units]]]
//     node bench/page/unfortunate.mjs markdown+preview,json 'one line|equal' 262144
//     FUZZ=7:20 node bench/page/unfortunate.mjs markdown+preview    twenty others, drawn by the seed 7
import { unfortunateCode, unfortunatePieces } from '../../frontend/src/testing/unfortunate_code.mjs';
import { unfortunateText, unfortunateTexts } from '../../frontend/src/testing/unfortunate_texts.mjs';
import { header, loaded, ms, openPage, percentile, processorTime, report, watchKeys, withServer, Writer } from './setting.mjs';

const [, , languages = 'markdown+preview,plaintext,json,javascript,html', pattern = '.', length = '262144'] = process.argv;
/** Typed one after the other: letters alone, and then what opens strings, comments, tags and blocks in some language, so
 * that all that follows is another thing with each key. */
const LETTERS = [...'xxxxx'];
const OPENERS = [...'x"x/*x(x', 'Enter', ..."x'x<!--x{x`x", 'Backspace'];
const PLACES = [0, 0.5, 1];
const KEY_MS = 30;
const HEARD = 12;
/** Time for what a change leaves to be done when idle. */
const REST_MS = Number(process.env.REST_MS ?? 400);
const BAR_KEY_MS = 50;
const BAR_STILL_MS = 200;
const MOST_MS = 60_000;
/** A browser that had many texts is slower for all that come after. */
const TEXTS_PER_BROWSER = 8;

/** The texts to measure in that language: those of the corpus, or others by chance. */
function chosen(language) {
  const [id] = language.split('+');
  const corpus = { ...unfortunateTexts, ...unfortunateCode(id) };
  if (!process.env.FUZZ) return Object.entries(corpus).filter(([name]) => new RegExp(pattern).test(name));
  const [seed, count] = process.env.FUZZ.split(':').map(Number);
  let state = seed;
  const below = (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  return Array.from({ length: count }, () => {
    const text = unfortunateText({ below }, Number(length), unfortunatePieces(id));
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

/** Types those keys at that place of the text; gives the processor time of each. */
async function type(page, spent, share, keys) {
  await page.evaluate((share) => {
    const view = globalThis.view();
    view.focus();
    view.dispatch({ selection: { anchor: Math.floor(view.state.doc.length * share) }, scrollIntoView: true });
  }, share);
  await page.waitForTimeout(REST_MS / 2);
  const processor = [];
  for (const key of keys) {
    const before = await spent();
    await page.keyboard.press(key);
    await page.waitForTimeout(KEY_MS);
    processor.push((await spent()) - before);
  }
  return processor;
}

/** Types into its beginning, its middle and its end, and hears somebody else do so. */
async function typeAndHear(page, writer, text) {
  const opened = await fresh(page);
  const spent = await processorTime(page);
  const processor = [];
  for (const keys of [LETTERS, OPENERS]) for (const share of PLACES) processor.push(...(await type(page, spent, share, keys)));
  await page.waitForTimeout(REST_MS);
  const typed = await fresh(page);
  const points = [...text].length;
  for (let i = 0; i < HEARD; i++) {
    writer.edit(i % 2 ? points >> 1 : 0, 'y');
    await page.waitForTimeout(KEY_MS);
  }
  await page.waitForTimeout(REST_MS);
  const heard = await fresh(page);
  return {
    still: [opened, typed, heard].map(({ still }) => Math.max(0, ...still)),
    key: percentile(typed.keys, 0.95),
    processor: percentile(processor, 0.95),
  };
}

let pads = 0;

/** Opens the text in that language and measures it. */
async function measure({ url, socketUrl, browser }, language, text) {
  const [id, isShown] = language.split('+');
  const pad = `pad-${pads++}`;
  const writer = await Writer.join(socketUrl, pad);
  writer.edit(0, text);
  writer.setLanguage(id);
  await writer.settled();
  const page = await openPage(browser, `${url}#${pad}`, watchKeys, { preview: isShown === 'preview' });
  await loaded(page, text.length);
  await page.waitForTimeout(REST_MS);
  const result = await typeAndHear(page, writer, text);
  writer.socket.close();
  await page.context().close();
  return result;
}

/** What was measured, or the error that it ended in; neither takes for ever. */
function measured(place, language, text) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not over after ${MOST_MS / 1000} s`)), MOST_MS);
  });
  return Promise.race([measure(place, language, text), late])
    .catch((error) => error)
    .finally(() => clearTimeout(timer));
}

/** Measures texts from the front of the list, as many as one browser is good for, and takes them out of it. */
async function useBrowser(place, waiting, done) {
  const empties = new Map();
  for (let i = 0; i < TEXTS_PER_BROWSER && waiting.length > 0; i++) {
    const { language, name, make, before } = waiting[0];
    if (!empties.has(language)) empties.set(language, await measured(place, language, '\n'));
    const empty = empties.get(language);
    const result = empty instanceof Error ? empty : await measured(place, language, make(Number(length)).toWellFormed());
    waiting.shift();
    if (!before && !isMet(result)) waiting.unshift({ language, name, make, before: result });
    else done(`${language}: ${name}`, better(before, result), empty);
    if (result instanceof Error) return;
  }
}

function isMet(result) {
  return !(result instanceof Error) && result.key < BAR_KEY_MS && Math.max(...result.still) < BAR_STILL_MS;
}

function better(a, b) {
  if (!a || a instanceof Error) return b;
  if (b instanceof Error) return a;
  const still = a.still.map((ms, i) => Math.min(ms, b.still[i]));
  return { still, key: Math.min(a.key, b.key), processor: Math.min(a.processor, b.processor) };
}

function shown(result, empty) {
  if (result instanceof Error) return result.message.split('\n')[0].slice(0, 60);
  const ratio = (of) => `${(result[of] / empty[of]).toFixed(1)} ×`;
  return `${ms(result.key)} ${ratio('key')}; ${result.still.map(ms).join(' ')}; ${ms(result.processor)} ${ratio('processor')}`;
}

header(`unfortunate texts of ${length} units: a key, p95, to that of an empty pad; longest standstill: opened, typing, hearing; processor time of a key, to that of an empty pad`);
const waiting = languages.split(',').flatMap((language) => chosen(language).map(([name, make]) => ({ language, name, make })));
const missed = [];
const done = (what, result, empty) => {
  const line = [what, shown(result, empty), `${BAR_KEY_MS}; ${BAR_STILL_MS} ms`, isMet(result)];
  report(...line);
  if (!isMet(result)) missed.push(line);
};
while (waiting.length > 0) await withServer({ MAX_DOCUMENT_SIZE_KB: 4096 }, (place) => useBrowser(place, waiting, done));
console.log(`\n${missed.length} not met`);
for (const line of missed) report(...line);
