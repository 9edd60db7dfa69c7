// watch and edit: what they show of a pad, and how an editor's text comes back.
import { describe, expect, test } from 'vitest';
import fs from 'node:fs';
import path from 'node:path';
import { Cli, addressOf, cli } from './support/cli.ts';
import { v2 } from './support/clients.ts';
import { freshId, startServer, temporaryFolder, useServer } from './support/server.ts';
import { until } from './support/wait.ts';

const server = useServer({ RATE_LIMITS: 'off' });

describe('watch', () => {
  test('prints the text, and again at each change', async () => {
    const id = freshId();
    const alice = await v2(server(), id);
    await alice.type('one');
    const watch = new Cli(['watch', addressOf(server(), id)]);
    await watch.prints('one\n');
    await alice.type('\ntwo\n');
    await watch.prints('\f\none\ntwo\n');
    watch.signal('SIGINT');
    expect(await watch.ended).toMatchObject({ code: 0, err: '', out: 'one\n\f\none\ntwo\n' });
  });

  test('prints what happens as JSON, over a restart', async () => {
    const own = await startServer({ RATE_LIMITS: 'off' });
    const id = freshId();
    const alice = await v2(own, id, { name: 'Alice', hue: 20 });
    await alice.type('ä😀');
    const watch = new Cli(['watch', '--json', '-n', 'Watcher', addressOf(own, id)]);
    await watch.prints('"Watcher"');
    await alice.type('x', 1);
    alice.send({ SetLanguage: 'c' });
    await watch.prints('"language":"c"');
    await own.kill();
    await watch.prints('"connected":false');
    await own.restart();
    const bob = await v2(own, id, { name: 'Bob', hue: 40 });
    await bob.type('!');
    await watch.prints('"!"');
    watch.signal('SIGTERM');
    expect((await watch.ended).code).toBe(0);
    const events = watch.out.toString().trimEnd().split('\n').map((line) => JSON.parse(line));
    expect(events[0]).toEqual({ event: 'connection', connected: true });
    expect(events[1]).toEqual({ event: 'text', revision: 1, text: 'ä😀' });
    expect(events.filter(({ event }) => event === 'edit').map(({ operation }) => operation)).toEqual([[1, 'x', 1], [3, '!']]);
    expect(events.filter(({ event }) => event === 'people').some(({ people }) => people.some(({ name, hue }: any) => name === 'Bob' && hue === 40))).toBe(true);
    expect(events.filter(({ event }) => event === 'language').map(({ language }) => language).slice(0, 2)).toEqual([null, 'c']);
    expect(events.filter(({ event }) => event === 'connection').map(({ connected }) => connected)).toEqual([true, false, true]);
  });

  test('runs a command with the text in a file, also for what changed while it ran', async () => {
    const id = freshId('run me');
    const alice = await v2(server(), id);
    await alice.type('one\n');
    const out = path.join(temporaryFolder(), 'out');
    const watch = new Cli(['watch', '-x', `cat % >>${out}; echo 100%% >>${out}; sleep 0.4`, addressOf(server(), id)]);
    const written = (): string => (fs.existsSync(out) ? fs.readFileSync(out, 'utf8') : '');
    await until('the first run', () => written() === 'one\n100%\n');
    await alice.type('two\n');
    await until('the second run', () => written() === 'one\n100%\none\ntwo\n100%\n');
    watch.signal('SIGINT');
    expect((await watch.ended).code).toBe(0);
  });

  test('a command that fails is told of, and the next change runs it again', async () => {
    const id = freshId();
    const alice = await v2(server(), id);
    const watch = new Cli(['watch', '-x', 'exit 7', addressOf(server(), id)]);
    await watch.says(/ended with 7/);
    await alice.type('x');
    await watch.says(/ended with 7[^]*ended with 7/);
    watch.signal('SIGINT');
    await watch.ended;
  });

  test('leaves no file behind', async () => {
    const tmp = temporaryFolder();
    const watch = new Cli(['watch', '-x', 'true %', addressOf(server(), freshId())], { TMPDIR: tmp });
    await until('the file', () => fs.readdirSync(tmp).length > 0);
    watch.signal('SIGTERM');
    await watch.ended;
    expect(fs.readdirSync(tmp)).toEqual([]);
  });
});

/** A script that stands for an editor: $1 is the file. */
function editor(script: string): Record<string, string> {
  const file = path.join(temporaryFolder(), 'editor');
  fs.writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { EDITOR: file, TMPDIR: temporaryFolder() };
}

describe('edit', () => {
  test('merges what was saved with what others typed meanwhile', async () => {
    const id = freshId();
    const alice = await v2(server(), id);
    await alice.type('one\ntwo\nthree\n');
    const flag = path.join(temporaryFolder(), 'flag');
    const env = editor(`touch ${flag}; while [ -e ${flag} ]; do sleep 0.05; done; sed -i s/two/TWO/ "$1"`);
    const edit = new Cli(['edit', addressOf(server(), id)], env);
    await until('the editor', () => fs.existsSync(flag));
    await alice.type('zero\n', 0);
    await alice.type('four\n');
    fs.unlinkSync(flag);
    expect(await edit.ended).toMatchObject({ code: 0, err: '' });
    await alice.sees('zero\none\nTWO\nthree\nfour\n');
    expect(fs.readdirSync(env['TMPDIR']!)).toEqual([]);
  });

  test('gives the file the name of the pad, the ending of its language, and to nobody else', async () => {
    const id = freshId('a b');
    const alice = await v2(server(), id);
    await alice.type('x');
    alice.send({ SetLanguage: 'python' });
    await alice.message('Language');
    const env = editor('echo "$1" >>"$1"; stat -c %a "$(dirname "$1")" >>"$1"');
    expect(await cli(['edit', addressOf(server(), id)], { env })).toMatchObject({ code: 0 });
    const [, file, mode] = (await server().text(id)).split(/x?\n|^x/);
    expect(file).toMatch(new RegExp(`/${id.replace(' ', '_')}\\.py$`));
    expect(mode).toBe('700');
  });

  test.each([
    ['changed nothing', 'true', 0, /nothing was changed/],
    ['ended the last line', 'echo >>"$1"', 0, /nothing was changed/],
    ['failed', 'exit 3', 1, /the editor ended with 3: nothing was sent/],
    ['was killed', 'kill -9 $$', 1, /the editor ended with 137/],
  ])('sends nothing when the editor %s', async (_what, script, code, says) => {
    const id = freshId();
    const alice = await v2(server(), id);
    await alice.type('text');
    const env = editor(script);
    const ended = await cli(['edit', addressOf(server(), id)], { env });
    expect(ended.code).toBe(code);
    expect(ended.err).toMatch(says);
    expect(await server().text(id)).toBe('text');
    expect(fs.readdirSync(env['TMPDIR']!)).toEqual([]);
  });

  test.each([
    ['is no UTF-8', String.raw`printf '\377' >"$1"`, 1, /not UTF-8/],
    ['is larger than the server allows', 'head -c 1100000 /dev/zero | tr "\\0" x >"$1"', 1, /larger than the server allows/],
    ['was saved by an editor that failed', 'echo more >>"$1"; exit 1', 1, /nothing was sent/],
  ])('keeps what %s, and says where', async (_what, script, code, says) => {
    const id = freshId();
    const alice = await v2(server(), id);
    await alice.type('text');
    const ended = await cli(['edit', addressOf(server(), id)], { env: editor(script) });
    expect(ended.code).toBe(code);
    expect(ended.err).toMatch(says);
    const [, file] = /what was saved is in (\S+)/.exec(ended.err)!;
    expect(fs.readFileSync(file!).length).toBeGreaterThan(0);
    expect(await server().text(id)).toBe('text');
  });

  test('waits for a server that went away meanwhile', async () => {
    const own = await startServer({ RATE_LIMITS: 'off' });
    const id = freshId();
    const alice = await v2(own, id);
    await alice.type('text\n');
    const flag = path.join(temporaryFolder(), 'flag');
    const edit = new Cli(['edit', addressOf(own, id)], editor(`touch ${flag}; while [ -e ${flag} ]; do sleep 0.05; done; echo more >>"$1"`));
    await until('the editor', () => fs.existsSync(flag));
    await own.kill();
    fs.unlinkSync(flag);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await own.restart();
    expect(await edit.ended).toMatchObject({ code: 0 });
    expect(await own.text(id)).toBe('text\nmore\n');
  });

  test('Ctrl+C is the editor’s; afterwards it gives up and says where the text is', async () => {
    const own = await startServer({ RATE_LIMITS: 'off' });
    const id = freshId();
    const alice = await v2(own, id);
    await alice.type('text\n');
    const flag = path.join(temporaryFolder(), 'flag');
    const edit = new Cli(['edit', addressOf(own, id)], editor(`touch ${flag}; while [ -e ${flag} ]; do sleep 0.05; done; echo more >>"$1"`));
    await until('the editor', () => fs.existsSync(flag));
    edit.signal('SIGINT');
    await own.kill();
    fs.unlinkSync(flag);
    await edit.says(/connection is lost/);
    edit.signal('SIGINT');
    const ended = await edit.ended;
    expect(ended.code).toBe(3);
    const [, file] = /what was saved is in (\S+)/.exec(ended.err)!;
    expect(fs.readFileSync(file!, 'utf8')).toBe('text\nmore\n');
    await own.restart();
  });
});
