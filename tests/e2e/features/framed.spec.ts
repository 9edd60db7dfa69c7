// (10) A pad in the page of another site: only where the server allows that site.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FrameLocator, Page } from '@playwright/test';
import { expect, test as base, words } from '../pad.ts';

/** Another site, whose page shows any address in a frame: /?https://… */
class Site {
  private readonly server = http.createServer((request, response) => {
    const framed = decodeURIComponent((request.url ?? '').slice(2));
    response.setHeader('Content-Type', 'text/html');
    response.end(`<!doctype html><title>Intranet</title><h1>Notes</h1><iframe title="Pad" src="${framed}" width="600" height="400"></iframe><div style="height: 3000px">`);
  });

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  /** By name: another site than the server's 127.0.0.1, not only another port of it. */
  get origin(): string {
    return `http://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  async show(page: Page, address: string): Promise<FrameLocator> {
    await page.goto(`${this.origin}/?${encodeURIComponent(address)}`);
    return page.frameLocator('iframe');
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

const test = base.extend<{ site: Site }>({
  site: async ({}, use) => {
    const site = await new Site().open();
    await use(site);
    site.close();
  },
});

test('no site may show a pad in a frame', async ({ page, site, server }) => {
  const refusal = page.waitForEvent('console', (message) => /frame-ancestors/.test(message.text()));
  const frame = await site.show(page, `http://127.0.0.1:${server.port}/?embed=1#shared`);
  await refusal;
  await expect(frame.locator('.cm-content')).toHaveCount(0);
});

test.describe('FRAME_ANCESTORS', () => {
  const allowing = test.extend({
    settings: async ({ site }, use) => use({ FRAME_ANCESTORS: site.origin }),
  });

  allowing('the site it names shows a pad, and people type in it', async ({ page, site, server, open }) => {
    const bob = await (await open()).ready();
    const frame = await site.show(page, `http://127.0.0.1:${server.port}/?embed=1&name=Guest&theme=dark#shared`);
    await expect(frame.locator('.status-short')).toHaveText(words.status.connected);
    await expect(frame.locator('html')).toHaveAttribute('data-theme', 'dark');
    await expect(frame.getByRole('heading', { name: words.appName })).toHaveCount(0);
    await frame.locator('.cm-content').click();
    await page.keyboard.type('typed in a frame');
    await bob.shows('typed in a frame');
    await bob.type(', answered outside');
    await expect(frame.locator('.cm-content')).toContainText('typed in a frame, answered outside');
    await expect((await bob.people()).filter({ hasText: 'Guest' })).toBeVisible();
    await expect(frame.getByRole('link', { name: words.embed.open })).toHaveAttribute('href', `http://127.0.0.1:${server.port}/#shared`);
  });

  allowing('the page around is scrolled on from a short pad in it', async ({ page, site, server }) => {
    const frame = await site.show(page, `http://127.0.0.1:${server.port}/?embed=1#shared`);
    await expect(frame.locator('.status-short')).toHaveText(words.status.connected);
    await frame.locator('.cm-scroller').hover();
    await page.mouse.wheel(0, 200);
    await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(0);
  });

  allowing('another site than that one is refused', async ({ page, server }) => {
    const stranger = await new Site().open();
    const refusal = page.waitForEvent('console', (message) => /frame-ancestors/.test(message.text()));
    const frame = await stranger.show(page, `http://127.0.0.1:${server.port}/?embed=1#shared`);
    await refusal;
    await expect(frame.locator('.cm-content')).toHaveCount(0);
    stranger.close();
  });
});
