/**
 * The targets that build, in a fresh clone: what is missing is installed before
 * anything asks for it, and what is up to date is not built again. The Makefile is
 * the real one; setup, compilers and npm are stand-ins that write down when they ran.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
let tree: string;

beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'make-'));
  cpSync(join(root, 'Makefile'), join(tree, 'Makefile'));
  for (const file of ['src/base/slice.c', 'src/text/rope.c', 'src/ot/op.c', 'src/wasm/mem.c', 'frontend/index.html']) plant(file, '');
  program('tools/setup', 'echo "setup $1" >>log; touch "is_set_up_for_$1"');
  program('programs/cmake', 'echo cmake >>log; test -f is_set_up_for_server');
  program('programs/npm', 'echo "npm $*" >>log; test -f is_set_up_for_page && mkdir -p frontend/dist && touch frontend/dist/index.html');
  program('tools/build-wasm.sh', 'echo wasm >>log; test -f is_set_up_for_page && mkdir -p frontend/src/kernel && touch frontend/src/kernel/kernel.wasm');
});
afterEach(() => rmSync(tree, { recursive: true }));

function plant(file: string, content: string): void {
  mkdirSync(dirname(join(tree, file)), { recursive: true });
  writeFileSync(join(tree, file), content);
}

function program(file: string, script: string): void {
  plant(file, `#!/bin/sh\ncd ${tree} || exit\n${script}\n`);
  chmodSync(join(tree, file), 0o755);
}

/** Runs make, and gives what ran in it. */
function make(...args: string[]): string[] {
  const path = `${join(tree, 'programs')}:${process.env['PATH']}`;
  const { status, stderr, stdout } = spawnSync('make', args, { cwd: tree, encoding: 'utf8', env: { PATH: path, KP_GIT_SHA: 'abc' } });
  expect(status, stdout + stderr).toBe(0);
  const log = join(tree, 'log');
  const ran = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
  rmSync(log, { force: true });
  return ran;
}

const SERVER = ['setup server', 'cmake', 'cmake'];
const PAGE = ['setup page', 'wasm', 'npm --prefix frontend run build'];

test.each([
  ['build', SERVER],
  ['build.wasm', PAGE.slice(0, 2)],
  ['build.frontend', PAGE],
  ['build.all', [...SERVER, ...PAGE]],
])('regression: make %s in a fresh clone sets up first', (target, ran) => {
  expect(make(target)).toEqual(ran);
});

test('the same with several jobs at once', () => {
  expect(make('-j4', 'build.all').sort()).toEqual([...SERVER, ...PAGE].sort());
});

test('what is up to date is not built again, though what is missing is looked for', () => {
  make('build.frontend');
  expect(make('build.frontend')).toEqual(['setup page']);
  expect(make('build.wasm')).toEqual(['setup page']);
});
