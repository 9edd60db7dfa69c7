// fake_clock.ts - a server whose wall clock is wrong, by libfaketime.
//
//   const clock = new FakeClock();
//   const server = await startServer(clock.settings);
//   clock.set('+3y');                       while it runs, or before it starts
//
// Time by which things are measured (CLOCK_MONOTONIC) stays right, as it does on
// a machine whose clock is set. A program with sanitizers does not go along.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { SERVER_PATH, temporaryFolder } from './server_process.ts';

function library(): string | undefined {
  const machine = execFileSync('uname', ['-m'], { encoding: 'utf8' }).trim();
  return [`/usr/lib/${machine}-linux-gnu/faketime/libfaketimeMT.so.1`].find((file) => fs.existsSync(file));
}

const hasSanitizer = (): boolean => /__(asan|tsan)_init/.test(fs.readFileSync(SERVER_PATH, 'latin1'));
const preload = library();

export const canFakeClock = preload !== undefined && !hasSanitizer();

export class FakeClock {
  private readonly file = path.join(temporaryFolder(), 'faketime');

  /** `at`: how far from the right time, as in +3y or -20d; or a time, as in @1970-01-02 00:00:00, from which it goes on. */
  constructor(at = '+0') {
    this.set(at);
  }

  set(at: string): void {
    fs.writeFileSync(`${this.file}.new`, `${at}\n`);
    fs.renameSync(`${this.file}.new`, this.file);
  }

  get settings(): Record<string, string> {
    return { LD_PRELOAD: preload!, FAKETIME_TIMESTAMP_FILE: this.file, FAKETIME_NO_CACHE: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1', TZ: 'UTC' };
  }
}
