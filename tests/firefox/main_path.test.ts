// The main path in another engine: Firefox, driven by WebDriver BiDi, since
// Playwright wants a Firefox of its own build.
import fs from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { launch } from 'puppeteer-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { en as words } from '../../frontend/src/strings/en.ts';
import { share } from '../../frontend/src/strings/share_en.ts';
import { Server, temporaryFolder } from '../blackbox/support/server_process.ts';
import { until } from '../blackbox/support/wait.ts';

const FIREFOX = process.env['KP_FIREFOX'] ?? '/usr/bin/firefox-esr';
const DIST = path.resolve(import.meta.dirname, '../../frontend/dist');
/** Nothing may leave the machine. */
const QUIET = {
  'app.update.enabled': false,
  'browser.newtabpage.activity-stream.feeds.system.topstories': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'http://127.0.0.1:9/',
};

/** What Firefox itself says when a page asks for a socket of a server that is down, as it is for a while here. */
const SERVER_AWAY = /Firefox can.t establish a connection to the server at ws:/;

/** One window, as a person uses it. */
class Pad {
  readonly complaints: string[] = [];

  private constructor(readonly page: Page) {
    page.on('pageerror', (error) => {
      if (!SERVER_AWAY.test(String(error))) this.complaints.push(String(error));
    });
  }

  static async open(browser: Browser, url: string): Promise<Pad> {
    const context = await browser.createBrowserContext();
    const pad = new Pad(await context.newPage());
    await pad.page.goto(url);
    await pad.saved();
    return pad;
  }

  status(): Promise<string | null> {
    return this.page.$eval('[data-testid=status]', (status) => status.textContent).catch(() => null);
  }

  /** Until the server has everything. */
  saved(): Promise<unknown> {
    const isBusy = () => this.page.$eval('.status-sign', (sign) => (sign as HTMLElement).dataset['busy'] !== 'false').catch(() => true);
    return until(`“${words.status.connected}”`, async () => !(await isBusy()) && (await this.status()) === words.status.connected);
  }

  text(): Promise<string> {
    return this.page.$$eval('.cm-line', (lines) => lines.map((line) => line.textContent).join('\n'));
  }

  async shows(text: string): Promise<void> {
    await until(`the text ${JSON.stringify(text)}`, async () => (await this.text()) === text).catch(async (error: Error) => {
      throw new Error(`${error.message}; it is ${JSON.stringify(await this.text())}`);
    });
  }

  /** Types at the end, key by key. */
  async type(text: string): Promise<void> {
    await this.page.focus('.cm-content');
    await this.chord('Control', 'End');
    await this.page.keyboard.type(text);
  }

  async chord(modifier: 'Control', key: 'End' | 'z'): Promise<void> {
    await this.page.keyboard.down(modifier);
    await this.page.keyboard.press(key);
    await this.page.keyboard.up(modifier);
  }

  /** Scrolled to the middle first: the menu's foot lies over what is under it. Pressed as itself and not where it stands, as what
   * a dialog loads may still move it. */
  async click(role: string, name: string): Promise<void> {
    const control = await this.page.waitForSelector(`::-p-aria([name="${name}"][role="${role}"])`);
    await control!.evaluate((it) => it.scrollIntoView({ block: 'center' }));
    await control!.evaluate((it) => (it as HTMLElement).click());
  }
}

let server: Server;
let browser: Browser;
const home = temporaryFolder();

beforeAll(async () => {
  server = await Server.start({ STATIC_DIR: DIST });
  browser = await launch({
    browser: 'firefox', executablePath: FIREFOX, headless: true, extraPrefsFirefox: QUIET,
    env: { ...process.env, HOME: home },
  });
});

afterAll(async () => {
  await browser?.close();
  await server?.dispose();
  fs.rmSync(home, { recursive: true, force: true, maxRetries: 5 });
});

test('two people in Firefox type into one pad, lose the server, protect the pad and find everything again', async () => {
  const url = `http://127.0.0.1:${server.port}/#firefox`;
  const [alice, bob] = [await Pad.open(browser, url), await Pad.open(browser, url)];

  await alice.type('From Alice 🎻. ');
  await bob.shows('From Alice 🎻. ');
  await bob.type('Bob über.');
  await alice.shows('From Alice 🎻. Bob über.');
  await until("Bob's caret", () => alice.page.$eval('.remote-caret', () => true).catch(() => false));

  await bob.chord('Control', 'z'); // his own text only
  await alice.shows('From Alice 🎻. ');

  await server.kill();
  await until('“reconnecting”', async () => (await alice.status()) !== words.status.connected);
  await alice.type('While it was gone. ');
  await server.restart();
  await alice.saved();
  await bob.shows('From Alice 🎻. While it was gone. ');
  expect(await server.text('firefox')).toBe('From Alice 🎻. While it was gone. ');

  await alice.click('button', words.share.heading);
  await alice.click('switch', share.password.label);
  await until("the password in Bob's address bar", () => /&otp=./.test(bob.page.url()));
  await bob.page.reload();
  await bob.saved();
  await bob.shows('From Alice 🎻. While it was gone. ');

  expect([...alice.complaints, ...bob.complaints]).toEqual([]);
});
