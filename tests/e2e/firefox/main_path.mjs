#!/usr/bin/env node
// The main path in Firefox: two tabs type into one pad, see each other's text
// and survive a reload. Speaks WebDriver BiDi to firefox-esr; where that is
// not installed: SKIP. By hand: node tests/e2e/firefox/main_path.mjs
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { WebSocket } from 'ws';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const PATIENCE_MS = 30_000;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kolabpad-firefox-'));
const children = [];

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(what, look) {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(100)) {
    const found = await look().catch(() => undefined);
    if (found) return found;
  }
  throw new Error(`waited in vain for ${what}`);
}

async function freePort() {
  const probe = net.createServer();
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

function start(program, args, env) {
  const child = spawn(program, args, { env, stdio: 'ignore' });
  children.push(child);
}

/** One session with the browser: commands by number, answers by the same. */
class Browser {
  #waiting = new Map();
  #last = 0;

  static async start() {
    const port = await freePort();
    const profile = path.join(folder, 'profile');
    fs.mkdirSync(profile);
    fs.writeFileSync(path.join(profile, 'user.js'), 'user_pref("datareporting.policy.dataSubmissionEnabled", false);\nuser_pref("app.update.enabled", false);\nuser_pref("network.captive-portal-service.enabled", false);\nuser_pref("network.connectivity-service.enabled", false);\n');
    start('firefox-esr', ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', String(port), 'about:blank'], { ...process.env, HOME: folder });
    const browser = new Browser();
    browser.socket = await until('Firefox', () => connect(`ws://127.0.0.1:${port}/session`));
    browser.socket.on('message', (data) => browser.#answer(JSON.parse(data)));
    await browser.send('session.new', { capabilities: {} });
    return browser;
  }

  send(method, params) {
    const id = ++this.#last;
    this.socket.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  #answer({ id, result, error, message }) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) waiting?.reject(new Error(`${error}: ${message}`));
    else waiting?.resolve(result);
  }
}

function connect(url) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    socket.once('open', () => resolve(socket)).once('error', reject);
  });
}

class Tab {
  static async open(browser, url) {
    const tab = new Tab();
    const { context } = await browser.send('browsingContext.create', { type: 'window' });
    Object.assign(tab, { browser, context });
    await browser.send('browsingContext.navigate', { context, url, wait: 'complete' });
    await tab.saved();
    return tab;
  }

  async evaluate(expression) {
    const params = { expression, target: { context: this.context }, awaitPromise: true };
    const { result } = await this.browser.send('script.evaluate', params);
    return result.value;
  }

  saved() {
    return until('“Connected, all saved”', () => this.evaluate('document.body.textContent.includes("Connected, all saved")'));
  }

  shows(text) {
    const lines = 'Array.from(document.querySelectorAll(".cm-line"), (line) => line.textContent).join("\\n")';
    return until(`the text ${JSON.stringify(text)}`, async () => (await this.evaluate(lines)) === text).catch(async (error) => {
      throw new Error(`${error.message}; it is ${JSON.stringify(await this.evaluate(lines))}`);
    });
  }

  /** Types at the end of the line. */
  async type(text) {
    await this.evaluate('document.querySelector(".cm-content").focus()');
    const end = '\uE010'; // the End key
    const actions = [end, ...text].flatMap((value) => [{ type: 'keyDown', value }, { type: 'keyUp', value }]);
    await this.browser.send('input.performActions', { context: this.context, actions: [{ type: 'key', id: 'keyboard', actions }] });
  }

  async reload() {
    await this.browser.send('browsingContext.reload', { context: this.context, wait: 'complete' });
    await this.saved();
  }
}

async function mainPath() {
  const port = await freePort();
  start(process.env.KP_SERVER ?? path.join(ROOT, 'bin/kolabpad-server'), [], {
    PATH: process.env.PATH, HOST: '127.0.0.1', PORT: String(port), STATIC_DIR: path.join(ROOT, 'frontend/dist'), SQLITE_URI: path.join(folder, 'kolabpad.db'),
  });
  const url = `http://127.0.0.1:${port}/#firefox`;
  await until('the server', () => fetch(url).then(({ ok }) => ok));
  const browser = await Browser.start();
  const [alice, bob] = [await Tab.open(browser, url), await Tab.open(browser, url)];
  await alice.type('From Alice. ');
  await bob.shows('From Alice. ');
  await bob.type('Bob über. ');
  await alice.shows('From Alice. Bob über. ');
  await alice.saved();
  await alice.reload();
  await alice.shows('From Alice. Bob über. ');
  await until("Bob's caret", () => alice.evaluate('document.querySelectorAll(".remote-caret").length === 1'));
}

const folders = (process.env.PATH ?? '').split(path.delimiter);
if (!folders.some((place) => fs.existsSync(path.join(place, 'firefox-esr')))) {
  console.log('SKIP  the main path in Firefox: firefox-esr is not installed (apt-get install firefox-esr)');
} else {
  try {
    await mainPath();
    console.log('PASS  the main path in Firefox');
  } catch (error) {
    console.log(`FAIL  the main path in Firefox: ${error.message}`);
    process.exitCode = 1;
  } finally {
    for (const child of children) child.kill('SIGTERM');
    await sleep(1_000);
    for (const child of children) child.kill('SIGKILL');
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    process.exit();
  }
}
