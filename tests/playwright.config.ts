import { defineConfig } from '@playwright/test';
import fs from 'node:fs';
import os from 'node:os';

// The same Chromium without its windows and its profile opens a page for less than half the work.
const SHELL = '/usr/bin/chromium-headless-shell';
const CHROMIUM = fs.existsSync(SHELL) ? SHELL : '/usr/bin/chromium';

// Debian's Chromium, told to keep quiet: nothing may leave the machine.
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'e2e/results',
  fullyParallel: true,
  workers: os.availableParallelism() + 1, // one of them waits
  timeout: 300_000, // every wait has a limit of its own
  expect: { timeout: 30_000 },
  // Now and then Chromium itself goes away; tools/run-tests names what needed this.
  retries: process.env['CI'] ? 1 : 0,
  forbidOnly: Boolean(process.env['CI']),
  reporter: [['list']],
  use: {
    actionTimeout: 60_000, // what can never be pressed is named, and not only the test around it
    serviceWorkers: 'block', // they would answer for the server; offline.spec.ts is about them
    trace: 'on-first-retry', // of every test it would be a fifth of the work; `--trace on` asks for it
    launchOptions: {
      executablePath: process.env['KP_CHROMIUM'] ?? CHROMIUM,
      args: [
        '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
        '--disable-background-networking', '--disable-component-update', '--disable-sync',
      ],
    },
  },
});
