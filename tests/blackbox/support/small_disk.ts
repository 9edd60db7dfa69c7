// small_disk.ts - a file system of a few megabytes, to be filled.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from './server_process.ts';

/** A folder of that size, until letGo(). */
export function smallDisk(size = '4m'): string {
  const folder = temporaryFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=0700`, 'kolabpad-test', folder], { stdio: 'pipe' });
  return folder;
}

export function letGo(folder: string): void {
  execFileSync('umount', [folder], { stdio: 'pipe' });
  fs.rmSync(folder, { recursive: true, force: true });
}

/** null: there can be one here. */
export function whyNoDisk(): string | null {
  try {
    letGo(smallDisk());
    return null;
  } catch (error) {
    return `no file system can be mounted here: ${(error as Error).message.split('\n').at(-2) ?? ''}`;
  }
}

/** Takes all the room there is. */
export function fill(folder: string): void {
  const file = fs.openSync(filler(folder), 'w');
  for (let size = 1 << 20; size >= 1; size >>= 1) {
    try {
      for (;;) if (fs.writeSync(file, Buffer.alloc(size)) < size) break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
  fs.closeSync(file);
}

/** Gives it back. */
export const room = (folder: string): void => fs.rmSync(filler(folder));

const filler = (folder: string): string => path.join(folder, 'filler');
