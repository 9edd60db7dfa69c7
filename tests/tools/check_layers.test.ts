/**
 * tools/check-layers.sh against small trees that keep its rules or break one of
 * them: a checker that never complains would go unnoticed.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A tree with something in most layers, and no violation. */
const sound: Record<string, string> = {
  'base/slice.h': 'int slice_len(int at);',
  'base/slice.c': '#include "base/slice.h"\nint slice_len(int at) { return at; }',
  'text/rope.h': '#include "base/slice.h"\nint rope_len(void);',
  'text/rope.c': '#include "text/rope.h"\nint rope_len(void) { return slice_len(2); }',
  'ot/op.h': '',
  'pad/pad.h': '',
  'store/store.h': '',
  'store/sqlite/engine.h': '#include "store/store.h"',
  'net/loop.h': 'int loop_turn(void);\nint loop_now(void);',
  'net/loop.c': '#include "net/loop.h"\n#include "net/conn_private.h"\nint loop_turn(void) { return conn_flush(); }\nint loop_now(void) { return 1; }',
  'net/conn_private.h': '#include "net/loop.h"\nint conn_flush(void);',
  'net/conn.c': '#include "net/conn_private.h"\nint conn_flush(void) { return loop_now(); }',
  'app/main.c': '#include "version.h"\n#include "net/loop.h"\nint main(void) { return loop_turn(); }',
};

let tree: string;

beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'layers-'));
  for (const tool of ['check-layers.sh', 'circles.awk']) cpSync(join(root, 'tools', tool), join(tree, 'tools', tool));
  plant(sound);
});
afterEach(() => rmSync(tree, { recursive: true }));

function plant(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = join(tree, 'src', name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${text}\n`);
  }
}

/** The violations, without the name of the tool; none when it succeeds. */
function violations(): string[] {
  const { status, stderr } = spawnSync('tools/check-layers.sh', { cwd: tree, encoding: 'utf8' });
  const found = stderr.trimEnd().replaceAll('check-layers: ', '').split('\n').filter(Boolean);
  expect(status).toBe(found.length > 0 ? 1 : 0);
  return found;
}

test('a sound tree passes, with the noun of three files and folders that do not exist yet', () => {
  expect(violations()).toEqual([]);
});

test('an include of a layer above is a violation', () => {
  plant({ 'text/rope.c': '#include "net/loop.h"' });
  expect(violations()).toContain('src/text/rope.c includes "net/loop.h": text must not know net');
});

test('a sub-folder is a layer of its own, into which the folder sees through one header and others not at all', () => {
  plant({
    'app/main.c': '#include "store/sqlite/engine.h"',
    'store/open.c': '#include "store/sqlite/engine.h"',
    'store/sqlite/query.h': '',
    'store/worker.c': '#include "store/sqlite/query.h"',
  });
  expect(violations()).toEqual([
    'src/app/main.c includes "store/sqlite/engine.h": app must not know store/sqlite',
    'src/store/worker.c includes "store/sqlite/query.h": store must not know store/sqlite',
  ]);
});

test('a row may name a single header of a folder', () => {
  plant({ 'text/utf8.h': '', 'net/frame.c': '#include "text/utf8.h"', 'net/mime.c': '#include "text/rope.h"' });
  expect(violations()).toEqual(['src/net/mime.c includes "text/rope.h": net must not know text']);
});

test('files that include each other are a circle; a .c and its .h are one file', () => {
  plant({ 'pad/items.h': '', 'pad/items.c': '#include "pad/cursors.h"', 'pad/cursors.h': '#include "pad/items.h"' });
  expect(violations()).toEqual([
    'a circle by includes: pad/cursors pad/items',
    '    pad/cursors includes "pad/items.h" of pad/items',
    '    pad/items includes "pad/cursors.h" of pad/cursors',
  ]);
});

test('files that call each other are a circle, also where one header declares all of them', () => {
  plant({
    'pad/pad_private.h': 'void a(void);\nvoid b(void);\nvoid b2(void);\nvoid c(void);',
    'pad/a.c': '#include "pad/pad_private.h"\nvoid a(void) { b(); b2(); }',
    'pad/b.c': '#include "pad/pad_private.h"\nvoid b(void) { c(); }\nvoid b2(void) {}',
    'pad/c.c': '#include "pad/pad_private.h"\nvoid c(void) { a(); }',
  });
  expect(violations()).toEqual([
    'a circle by calls: pad/a pad/b pad/c',
    '    pad/a calls b b2 of pad/b',
    '    pad/b calls c of pad/c',
    '    pad/c calls a of pad/a',
  ]);
});

test('a call through a pointer makes no circle', () => {
  plant({
    'pad/pad_private.h': 'void a(void);\nvoid b(void (*done)(void));',
    'pad/a.c': '#include "pad/pad_private.h"\nvoid a(void) { b(a); }',
    'pad/b.c': '#include "pad/pad_private.h"\nvoid b(void (*done)(void)) { done(); }',
  });
  expect(violations()).toEqual([]);
});

test('calls inside a header, of a macro or an inline function, are those of whoever uses it', () => {
  plant({
    'pad/pad_private.h': [
      'void a(void);',
      'void b(int);',
      '#define B_OF(at) \\',
      '    b((at) + 1)',
      'static inline void a_again(void)',
      '{',
      '    a();',
      '}',
    ].join('\n'),
    'pad/a.c': '#include "pad/pad_private.h"\nvoid a(void) { B_OF(1); }',
    'pad/b.c': '#include "pad/pad_private.h"\nvoid b(int n)\n{\n    a_again();\n}',
  });
  expect(violations()).toEqual(['a circle by calls: pad/a pad/b', '    pad/a calls b of pad/b', '    pad/b calls a of pad/a']);
});

test('a name in a comment, in a string, of a member or of a static function is no call', () => {
  plant({
    'pad/pad_private.h': 'void a(void);\nvoid b(int);\nstruct b { int a; };',
    'pad/a.c': '#include "pad/pad_private.h"\nvoid a(void)\n{\n    b(1);\n}',
    'pad/b.c': [
      '#include "pad/pad_private.h"',
      '/* a is told',
      ' * by a() */',
      'void b(int n)',
      '{',
      '    struct b it = {.a = n}; // a()',
      '    const char *text = "a()";',
      '}',
    ].join('\n'),
    'pad/c.c': 'static const struct { int is_so; } a[] = {\n    {1},\n};\nint c(void)\n{\n    return a[0].is_so;\n}',
  });
  expect(violations()).toEqual([]);
});

test('a table that another file defines ties the files, too', () => {
  plant({
    'pad/table.h': 'extern const int TABLE[];\nint row(void);',
    'pad/table.c': '#include "pad/table.h"\nstatic int own = 1;\nconst int TABLE[] = {\n    1,\n};\nint all = 0;',
    'pad/row.c': '#include "pad/table.h"\nint row(void)\n{\n    return TABLE[0];\n}',
    'pad/table_private.h': 'static inline int first(void)\n{\n    return row();\n}',
  });
  expect(violations()).toEqual([]);
  plant({ 'pad/table.c': '#include "pad/table.h"\n#include "pad/table_private.h"\nconst int TABLE[] = {\n    1,\n};\nint t(void)\n{\n    return first();\n}' });
  expect(violations()).toEqual([
    'a circle by calls: pad/row pad/table',
    '    pad/row calls TABLE of pad/table',
    '    pad/table calls row of pad/row',
  ]);
});

test('a name that two files of a program define is a violation; the command line is another program', () => {
  plant({ 'net/one.c': 'int twice(void)\n{\n    return 1;\n}\nint once = 1;', 'api/two.c': 'int twice(void)\n{\n    return 2;\n}\nstatic int once = 2;' });
  expect(violations()).toEqual(['src/api/two.c and src/net/one.c both define twice']);
  plant({ 'api/two.c': '', 'cli/two.c': 'int twice(void)\n{\n    return 2;\n}' });
  expect(violations()).toEqual([]);
});

test('a library is met only where it belongs', () => {
  plant({ 'net/json.c': '#include <jansson.h>' });
  expect(violations()).toEqual(['src/net/json.c includes <jansson.h>: net must not meet that library']);
});

test('the core has no C library, neither by headers nor by symbols', () => {
  plant({ 'text/clock.c': '#include <time.h>', 'ot/now.c': 'long time(long *);\nlong now(void) { return time(0); }' });
  expect(violations()).toEqual([
    'src/text/clock.c includes <time.h>: text has no C library',
    'src/ot/now.c needs time, which is not in base text ot or mem.h',
  ]);
});

test('a folder without a row, a header that is not there, and an include without its folder', () => {
  plant({ 'links/link.c': '', 'net/gone.c': '#include "net/gone.h"', 'net/short.c': '#include "loop.h"' });
  expect(violations()).toEqual(
    expect.arrayContaining([
      'src/links is no layer: tools/check-layers.sh has no row for it',
      'src/net/gone.c includes "net/gone.h", which does not exist',
      'src/net/short.c includes "loop.h": write includes from src/ ("net/loop.h")',
    ]),
  );
});
