// What every measurement needs: the server, a browser without cache, another
// person who edits faster than anyone types, and a look into the page.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');
const require = createRequire(path.join(ROOT, 'tests/package.json'));
const { chromium, devices } = require('@playwright/test');
const { WebSocket } = require('ws');

const { defaultBrowserType: _, ...phone } = devices['Pixel 7'];
/** A phone, for openPage(). */
export const PHONE = phone;
const DESK = { viewport: { width: 1280, height: 800 } };

export const CHROMIUM = process.env.KP_CHROMIUM ?? '/usr/bin/chromium';
const QUIET = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

/** Runs `measure({ url, socketUrl, browser })` against a server of its own. */
export async function withServer(settings, measure) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kolabpad-page-'));
  const port = await freePort();
  const env = {
    PATH: process.env.PATH, HOST: '127.0.0.1', PORT: port, SQLITE_URI: path.join(folder, 'kolabpad.db'),
    STATIC_DIR: process.env.KP_DIST ?? path.join(ROOT, 'frontend/dist'), RATE_LIMITS: 'off', BACKEND_LOG_LEVEL: 'error', ...settings,
  };
  const server = spawn(process.env.KP_SERVER ?? path.join(ROOT, 'bin/kolabpad-server'), { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const gone = new Promise((resolve) => server.once('exit', resolve));
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET });
  try {
    const url = `http://127.0.0.1:${port}/`;
    await untilAnswering(url);
    return await measure({ url, socketUrl: `ws://127.0.0.1:${port}/api/socket/`, browser });
  } finally {
    await browser.close();
    server.kill('SIGTERM');
    await gone;
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function freePort() {
  const probe = net.createServer();
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function untilAnswering(url) {
  for (let i = 0; i < 200; i++) {
    if (await fetch(url).then((answer) => answer.ok, () => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no answer from ${url}`);
}

/** Another person: sends edits without waiting for their echo, each made
 * against the last revision that was heard of. */
export class Writer {
  #id = -1;
  #revision = 0;
  #points = 0;
  #sent = 0;
  #echoed = 0;
  #welcomed;

  static async join(socketUrl, pad, { name, hue } = { name: 'Writer', hue: 200 }) {
    const writer = new Writer();
    writer.socket = new WebSocket(socketUrl + pad, 'kolabpad.v2', { perMessageDeflate: false });
    await new Promise((resolve, reject) => writer.socket.once('open', resolve).once('error', reject));
    const welcomed = new Promise((resolve) => (writer.#welcomed = resolve));
    writer.socket.on('message', (data) => writer.#hear(JSON.parse(data)));
    const client = randomBytes(16).toString('base64url');
    writer.#send({ Hello: { client, otp: null, epoch: null, revision: 0, name, hue } });
    await welcomed;
    return writer;
  }

  /** Replaces `removed` code points at `at` by `text`. */
  edit(at, text, removed = 0) {
    const operation = [at, text, -removed, this.#points - at - removed].filter((part) => part !== 0 && part !== '');
    this.#send({ Edit: { revision: this.#revision, operation } });
    this.#sent += 1;
  }

  /** Puts the caret there, as whoever types there does. */
  caret(at) {
    this.#send({ CursorData: { cursors: [at], selections: [] } });
  }

  setLanguage(language) {
    this.#send({ SetLanguage: language });
  }

  /** Until the server has all of it. */
  async settled() {
    while (this.#echoed < this.#sent) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  #hear({ Welcome, Snapshot, History, Rejected }) {
    if (Rejected) throw new Error(`refused: ${Rejected.code}`);
    if (Welcome) this.#id = Welcome.user_id;
    if (Snapshot) [this.#revision, this.#points] = [Snapshot.revision, [...Snapshot.text].length];
    if (Snapshot || History) this.#welcomed();
    for (const { id, operation } of History?.operations ?? []) {
      this.#revision += 1;
      if (id === this.#id) this.#echoed += 1;
      for (const part of operation) this.#points += typeof part === 'string' ? [...part].length : Math.min(part, 0);
    }
  }

  #send(message) {
    this.socket.send(JSON.stringify(message));
  }
}

/** A window; `hooks` runs in it before the page does, with the settings of its user stored. */
export async function openPage(browser, address, hooks, settings = {}, device = DESK) {
  const context = await browser.newContext(device);
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  page.on('pageerror', (error) => console.error('page:', error.message));
  await page.addInitScript(() => {
    /** CodeMirror's view, as EditorView.findFromDOM finds it. */
    globalThis.view = () => document.querySelector('.cm-content')?.cmTile?.root.view;
  });
  await page.addInitScript((stored) => localStorage.setItem('kolabpad.settings', JSON.stringify(stored)), settings);
  if (hooks) await page.addInitScript(hooks);
  await page.goto(address);
  return page;
}

/** Until the pad is there, `units` long when that is known. */
export async function loaded(page, units) {
  await page.waitForFunction((expected) => {
    const state = globalThis.view()?.state;
    return state && !state.readOnly && (expected === undefined || state.doc.length === expected);
  }, units);
}

/** A stopwatch of the page's main thread. What else the machine does counts little. */
export async function processorTime(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const now = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration').value * 1000;
  };
  const began = await now();
  return async () => (await now()) - began;
}

export function program(units) {
  let text = '';
  for (let i = 0; text.length < units; i++) {
    text += `export function f${i}(a, b) {\n  if (a < b) return { sum: a + b, text: "no ${i}" };\n  return [a, b].map((x) => x * ${i}); // done\n}\n\n`;
  }
  return text.slice(0, units);
}

/** Notes in `seen` how long each key took to be shown, and every task over 50 ms; for openPage(). */
export function watchKeys() {
  globalThis.seen = { keys: [], still: [] };
  const after = new MessageChannel();
  let pressed = [];
  addEventListener('keydown', ({ timeStamp }) => {
    pressed.push(timeStamp);
    requestAnimationFrame(() => after.port2.postMessage(0)); // handled after this frame's layout and paint
  }, true);
  after.port1.onmessage = () => {
    const now = performance.now();
    for (const at of pressed) globalThis.seen.keys.push(now - at);
    pressed = [];
  };
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) globalThis.seen.still.push([startTime, duration]);
  }).observe({ type: 'longtask' });
}

/** The value below which the share `p` of the numbers lies. */
export function percentile(numbers, p) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))];
}

export const ms = (number) => `${number.toFixed(number < 10 ? 1 : 0)} ms`;

/** One line: what, how much, the bar and whether it is met. */
export function report(what, shown, bar = '', isMet = true) {
  console.log(`${what.padEnd(52)}${shown.padStart(12)}  ${bar.padEnd(10)}${bar === '' ? '' : isMet ? 'met' : 'NOT MET'}`);
}

export function header(title) {
  console.log(`\n${title}   (load ${os.loadavg()[0].toFixed(1)} on ${os.availableParallelism()} processors)`);
}
