// pad.ts - a server for each test, and a browser window as a person uses it.
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from '@playwright/test';
import { test as base, expect } from '@playwright/test';
import path from 'node:path';
import { actions } from '../../frontend/src/strings/actions_en.ts';
import { comments } from '../../frontend/src/strings/comments_en.ts';
import { en } from '../../frontend/src/strings/en.ts';
import { history } from '../../frontend/src/strings/history_en.ts';
import { links } from '../../frontend/src/strings/links_en.ts';
import { share } from '../../frontend/src/strings/share_en.ts';
import { start } from '../../frontend/src/strings/start_en.ts';
import { frame } from '../../frontend/src/strings/frame_en.ts';
import { recoveredDraft } from '../../frontend/src/strings/recovered_draft_en.ts';
import { refusedPad } from '../../frontend/src/strings/refused_pad_en.ts';
import { settings } from '../../frontend/src/strings/settings_en.ts';
import { people } from '../../frontend/src/strings/people_en.ts';
import type { Settings } from '../blackbox/support/server_process.ts';
import { Network } from '../chaos/network.ts';
import { Server } from '../blackbox/support/server_process.ts';

export { expect };

/** So many times slower than this machine the pages are, to see what goes by real time. */
const SLOWDOWN = Number(process.env['KP_SLOWDOWN'] ?? 1);
const DIST = path.resolve(import.meta.dirname, '../../frontend/dist');
/** The page's own words, and those of its parts that are loaded later. */
export const words = { ...en, people, ...frame.trouble, recoveredDraft, refusal: { ...en.refusal, ...frame.trouble.refusal } };
export { actions, comments, frame, history, links, refusedPad, settings, share, start };

/** Short messages, as they were shown, and words for those alone who listen to the page. */
type Told = { told: string[]; spoken: string[] };

/** Gathers them. Runs in the page before its own code. */
function gatherWhatIsTold(): void {
  const told: string[] = [];
  const spoken: string[] = [];
  Object.assign(window, { told, spoken } satisfies Told);
  const gather = (node: Node): void => {
    if (!(node instanceof Element)) return;
    const toasts = node.matches('.toast') ? [node] : [...node.querySelectorAll('.toast')];
    for (const toast of toasts) told.push(toast.querySelector('span')!.textContent);
  };
  const look = ({ target, addedNodes }: MutationRecord): void => {
    addedNodes.forEach(gather);
    const region = (target instanceof Element ? target : target.parentElement)?.closest('.visually-hidden[role=status]');
    if (region?.textContent) spoken.push(region.textContent);
  };
  new MutationObserver((changes) => changes.forEach(look)).observe(document, { childList: true, characterData: true, subtree: true });
}

/** One window. What the page did that it must not is gathered in `complaints`. */
export class Pad {
  readonly complaints: string[] = [];
  readonly editor: Locator;
  readonly status: Locator;

  private constructor(readonly page: Page) {
    this.editor = page.locator('.cm-content');
    this.status = page.getByTestId('status');
    page.on('request', (request) => this.checkAddress(request.url()));
    page.on('websocket', (socket) => this.checkAddress(socket.url()));
    page.on('pageerror', (error) => this.complaints.push(`uncaught: ${error.message}`));
    page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) this.complaints.push(message.text());
    });
  }

  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Pad> {
    return Pad.visit(await browser.newContext(options), url);
  }

  /** In a tab of a browser that is there already, with what it remembers. */
  static async visit(context: BrowserContext, url: string): Promise<Pad> {
    const pad = new Pad(await context.newPage());
    await pad.page.addInitScript(gatherWhatIsTold);
    if (SLOWDOWN > 1) await (await context.newCDPSession(pad.page)).send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
    await pad.page.goto(url);
    return pad;
  }

  /** Connected, and complete. */
  async ready(): Promise<this> {
    await this.saved();
    await this.complete();
    return this;
  }

  /** What stands around the text of a desk has come, and with it what the keys of the page do, and what drops and pastes. */
  async complete(): Promise<void> {
    const isFramed = new URL(this.page.url()).searchParams.get('embed') === '1';
    if (!isFramed && !(await this.isNarrow())) await expect(this.page.locator('.rail')).toBeVisible();
  }

  /** Until the server has everything: the sign says nothing of what it has within a moment, so its words are not enough. */
  async saved(): Promise<void> {
    await expect(this.page.locator('.status-sign[data-busy=false]').getByTestId('status')).toHaveText(words.status.connected);
  }

  /** Takes the network away, and waits until the page has heard of it: what is done before that may still be sent. The window was
   * opened on that road, since an offline Chromium still opens sockets to this machine. */
  async goOffline(road: Network): Promise<void> {
    road.unplug();
    await this.page.context().setOffline(true);
    await expect(this.status).toContainText(words.status.offline);
  }

  async goOnline(road: Network): Promise<void> {
    road.plug();
    await this.page.context().setOffline(false);
  }

  /** What the page has told in short messages since it was loaded. They go by themselves, perhaps before a test looks. */
  told(): Promise<string[]> {
    return this.page.evaluate(() => (window as unknown as Told).told);
  }

  /** Waits until one of them holds that. */
  async tells(what: string | RegExp): Promise<void> {
    const holds = what instanceof RegExp ? expect.stringMatching(what) : expect.stringContaining(what);
    await expect.poll(() => this.told()).toContainEqual(holds);
  }

  /** The same of what is only spoken. */
  async speaks(what: string): Promise<void> {
    const spoken = () => this.page.evaluate(() => (window as unknown as Told).spoken);
    await expect.poll(spoken).toContainEqual(expect.stringContaining(what));
  }

  /** The text in the editor, without the hint that an empty one shows. */
  text(): Promise<string> {
    return this.editor.evaluate((content) =>
      Array.from(content.querySelectorAll('.cm-line'), (line) => {
        const copy = line.cloneNode(true) as HTMLElement;
        copy.querySelectorAll('.cm-placeholder').forEach((hint) => hint.remove());
        return copy.textContent;
      }).join('\n'),
    );
  }

  async shows(text: string): Promise<void> {
    await expect.poll(() => this.text()).toBe(text);
  }

  /** Puts a finger on the first line; the middle of an empty pad has the card of a new one. */
  async tap(): Promise<void> {
    await this.editor.locator('.cm-line').first().tap();
  }

  /** Types at the end, key by key. */
  async type(text: string): Promise<void> {
    await this.editor.focus();
    await this.page.keyboard.press('Control+End');
    await this.page.keyboard.type(text);
  }

  /** Puts text at the end in one go, as from the clipboard. */
  async paste(text: string): Promise<void> {
    await this.editor.focus();
    await this.page.keyboard.press('Control+End');
    await this.editor.evaluate((content, pasted) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', pasted);
      content.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, text);
  }

  /** The others' carets with their names. */
  get carets(): Locator {
    return this.page.locator('.remote-caret');
  }

  get language(): Locator {
    return this.page.getByRole('combobox', { name: words.language.heading, exact: true });
  }

  /** Finds a language by typing and takes it. */
  async choose(language: string): Promise<void> {
    if (await this.isNarrow()) await this.menu();
    await this.language.click();
    await this.language.fill(language);
    await this.page.getByRole('option', { name: language, exact: true }).click();
    if (!(await this.isNarrow())) await expect(this.language).toHaveValue(language);
  }

  /** Undo and redo come in as many steps as the typing took pauses: presses until the text is there. */
  async pressUntil(key: string, text: string): Promise<void> {
    await this.editor.focus();
    await expect(async () => {
      await this.page.keyboard.press(key);
      expect(await this.text()).toBe(text);
    }).toPass({ intervals: [50] });
  }

  /** On small screens there is a header alone, and what it opens lies over the text. */
  private async isNarrow(): Promise<boolean> {
    const header = this.page.getByRole('banner');
    await expect(header).toBeVisible();
    return (await header.locator('.title-button').count()) === 0;
  }

  /** Opens the menu of the pad. */
  async menu(): Promise<Locator> {
    const narrow = this.page.getByRole('button', { name: words.frame.menu, exact: true });
    await ((await this.isNarrow()) ? narrow : this.page.locator('.title-button')).click();
    const menu = this.page.getByRole('dialog', { name: words.frame.menu });
    await expect(menu.getByRole('menu')).toBeVisible();
    return menu;
  }

  /** Does what an item of that menu says. */
  async act(id: keyof typeof actions.names): Promise<void> {
    const menu = await this.menu();
    await menu.getByText(actions.names[id], { exact: true }).click();
  }

  /** Opens a panel, unless it is open, and gives it. */
  async panel(id: 'comments' | 'history' | 'outline' | 'people' | 'settings'): Promise<Locator> {
    const name = frame.panels[id];
    if (await this.isNarrow()) {
      const sheet = this.page.getByRole('dialog', { name, exact: true });
      if ((await sheet.count()) === 0) await this.act(id);
      await expect(sheet).toBeVisible();
      return sheet;
    }
    const inRail = this.page.getByRole('navigation').getByRole('button', { name: new RegExp(`^${name}(?:,|$)`) });
    const button = id === 'people' ? this.page.locator('.avatars').getByRole('button').last() : inRail;
    if ((await button.getAttribute('aria-expanded')) !== 'true') await button.click();
    return this.page.getByRole('complementary', { name, exact: true });
  }

  /** Opens the dialog by which others come here. */
  async share(): Promise<Locator> {
    await this.page.getByRole('banner').getByRole('button', { name: words.share.heading, exact: true }).click();
    const dialog = this.page.getByRole('dialog', { name: share.heading, exact: true });
    await expect(dialog.getByRole('textbox', { name: share.link })).toBeVisible();
    return dialog;
  }

  /** Switches the password on or off. */
  async protect(): Promise<void> {
    const dialog = await this.share();
    await dialog.getByLabel(share.password.label).click();
    await expect(dialog.getByLabel(share.password.label)).toHaveAttribute('aria-busy', 'false');
    await this.close(dialog);
  }

  /** Shows Markdown beside its text. */
  async showPreview(): Promise<void> {
    const { both, read } = words.preview.modes;
    await this.page.locator('.mode-switch').getByRole('button', { name: new RegExp(`^(?:${both}|${read})$`) }).first().click();
    await expect(this.page.locator('.preview')).toBeVisible();
  }

  /** Opens a file from disk. */
  async openFile(name: string, content: string | Buffer): Promise<void> {
    const chooser = this.page.waitForEvent('filechooser');
    await this.act('open');
    await (await chooser).setFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) });
  }

  /** Closes what Escape closes, from within. */
  async close(opened: Locator): Promise<void> {
    await opened.press('Escape');
    await expect(opened).toHaveCount(0);
  }

  /** The names in the list of people, which is open then. */
  async people(): Promise<Locator> {
    return (await this.panel('people')).locator('.people .name');
  }

  async rename(name: string): Promise<void> {
    const panel = await this.panel('people');
    await panel.getByRole('button', { name: words.people.edit }).click();
    await panel.getByRole('textbox', { name: words.people.name }).fill(name);
    await panel.getByRole('button', { name: words.people.save }).click();
    await this.close(panel);
  }

  private checkAddress(url: string): void {
    const { protocol, hostname } = new URL(url);
    if (!['data:', 'blob:'].includes(protocol) && hostname !== '127.0.0.1') this.complaints.push(`request to ${url}`);
  }
}

type Fixtures = {
  settings: Settings;
  server: Server;
  /** Opens a pad in a window of its own, on the server's port or on that of a network in front of it. */
  open: (hash?: string, options?: BrowserContextOptions, port?: number) => Promise<Pad>;
  /** A network in front of the server, for a window that is to lose it. */
  road: Network;
};

export const test = base.extend<Fixtures>({
  settings: [{}, { option: true }],
  server: async ({ settings }, use) => {
    const server = await Server.start({ STATIC_DIR: DIST, ...settings });
    await use(server);
    await server.dispose();
  },
  road: async ({ server }, use) => {
    const road = await Network.open(() => server.port);
    await use(road);
    await road.close();
  },
  open: async ({ browser, server }, use) => {
    const pads: Pad[] = [];
    await use(async (hash = '#shared', options = {}, port = server.port) => {
      const base = String(server.settings['BASE_PATH'] ?? '');
      const pad = await Pad.open(browser, `http://127.0.0.1:${port}${base}/${hash}`, options);
      pads.push(pad);
      return pad;
    });
    await Promise.all(pads.map((pad) => pad.page.context().close().catch(() => undefined))); // some tests closed theirs
    expect(pads.flatMap((pad) => pad.complaints)).toEqual([]);
  },
});
