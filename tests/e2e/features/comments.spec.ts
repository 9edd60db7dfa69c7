// Comments on pieces of the text: made, seen by others, moved by what everybody types, answered, resolved and deleted.
import { devices } from '@playwright/test';
import type { Locator } from '@playwright/test';
import type { Answer } from '../../blackbox/support/http.ts';
import type { Server } from '../../blackbox/support/server_process.ts';
import { Network } from '../../chaos/network.ts';
import { hasNoViolations, hasNoViolationsInLightOrDark } from '../axe.ts';
import { comments, expect, frame, links, test } from '../pad.ts';
import type { Pad } from '../pad.ts';

const { defaultBrowserType: _, ...pixel } = devices['Pixel 7'];
const SHOTS = process.env['KP_SCREENSHOTS'];
const TEXT = 'The budget is twelve thousand.\nIt ends in May.\nNobody objects.';

const shot = async (pad: Pad, name: string): Promise<void> => {
  if (SHOTS) await pad.page.screenshot({ path: `${SHOTS}/comments-${name}.png` });
};
const panelOf = (pad: Pad): Locator => pad.page.locator('#panel, dialog.sheet').filter({ has: pad.page.locator('.comments') });
const threadsIn = (pad: Pad): Locator => panelOf(pad).getByRole('list', { name: comments.list }).getByRole('article');
const box = (pad: Pad): Locator => panelOf(pad).getByRole('textbox', { name: comments.label });
const marks = (pad: Pad): Locator => pad.page.locator('.comment-mark');
/** The whole commented text, which may be drawn in parts. */
const marked = async (pad: Pad): Promise<string> => (await marks(pad).allTextContents()).join('');

/** Selects that piece of a line, as the browser does when one drags over it. */
async function select(pad: Pad, piece: string): Promise<void> {
  await pad.editor.evaluate(async (content, piece) => {
    const line = [...content.querySelectorAll<HTMLElement>('.cm-line')].find((it) => it.textContent.includes(piece))!;
    const at = line.textContent.indexOf(piece);
    /** The text of the line is in several nodes where parts of it are marked. */
    const placeOf = (offset: number): [Node, number] => {
      const texts = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
      let left = offset;
      let node = texts.nextNode() as Text;
      for (; left > node.length; node = texts.nextNode() as Text) left -= node.length;
      return [node, left];
    };
    (content as HTMLElement).focus();
    getSelection()!.setBaseAndExtent(...placeOf(at), ...placeOf(at + piece.length));
    await new Promise(requestAnimationFrame); // the editor hears of it in between
  }, piece);
}

/** Comments on that piece, by the keyboard alone. */
async function comment(pad: Pad, piece: string, words: string): Promise<void> {
  await select(pad, piece);
  await pad.page.keyboard.press('Control+Alt+m');
  await expect(box(pad)).toBeFocused();
  await pad.page.keyboard.insertText(words);
  await pad.page.keyboard.press('Control+Enter');
  await expect(box(pad)).toHaveCount(0);
}

/** The text is there for both, and both have names. */
async function two(open: (hash?: string, options?: object) => Promise<Pad>, options: object = {}): Promise<[Pad, Pad]> {
  const [bob, alice] = [await (await open()).ready(), await (await open('#shared', options)).ready()];
  await alice.rename('Alice');
  await bob.rename('Bob');
  await alice.paste(TEXT);
  await alice.saved();
  await bob.shows(TEXT);
  return [alice, bob];
}

test('comments are marked over the scroll bar where each begins, until they are resolved', async ({ open }) => {
  const alice = await (await open()).ready();
  await alice.paste(`the first\n${'a line\n'.repeat(300)}the last`);
  const marks = alice.page.locator('.scroll-marks > .comment');
  for (const keys of [['Control+Home', 'End'], ['Control+End']]) {
    for (const key of keys) await alice.page.keyboard.press(key);
    await alice.page.keyboard.press('Control+Alt+m'); // on the word at the caret
    await expect(box(alice)).toBeFocused();
    await alice.page.keyboard.type('Why?');
    await alice.page.keyboard.press('Control+Enter');
    await expect(alice.editor).toBeFocused();
  }
  await expect(marks).toHaveCount(2);
  const [first, last] = await marks.evaluateAll((all) => all.map((it) => it.getBoundingClientRect().top));
  expect(last! - first!).toBeGreaterThan(300);
  const thread = threadsIn(alice).first();
  await thread.getByRole('button', { name: comments.resolveOf('first') }).click();
  await expect(marks).toHaveCount(1);
});

test('a comment appears for others, moves with what both type, is answered, resolved, opened again and deleted', async ({ open }) => {
  const [alice, bob] = await two(open);
  await comment(alice, 'twelve', 'Really twelve?');
  await expect(alice.editor).toBeFocused();
  await expect(marks(bob)).toHaveText('twelve');
  await bob.tells(comments.news('Alice', 'Really twelve?'));
  expect(await alice.told()).toEqual([]);

  // Both type, around it and in it.
  await bob.editor.focus();
  await bob.page.keyboard.press('Control+Home');
  await Promise.all([bob.page.keyboard.type('Well: '), alice.type(' So far.')]);
  await expect.poll(() => bob.text()).toBe(`Well: ${TEXT} So far.`);
  await expect(marks(alice)).toHaveText('twelve');
  await select(bob, 'lve');
  await bob.page.keyboard.type('nty');
  // The "n" took the place of what was in it; the rest came behind its end.
  for (const pad of [alice, bob]) await expect.poll(() => marked(pad)).toBe('twen');

  // The dot leads to the thread.
  await bob.page.locator('.comment-dot').click();
  const thread = threadsIn(bob).first();
  await expect(thread).toBeFocused();
  await expect(thread).toContainText('Really twelve?');
  await thread.getByRole('button', { name: comments.reply, exact: true }).click();
  await bob.page.keyboard.type('Twenty, I think.');
  await bob.page.keyboard.press('Control+Enter');
  await expect(threadsIn(alice).first().getByRole('listitem')).toHaveCount(2);
  await expect(panelOf(alice).getByRole('status').first()).toHaveText(comments.news('Bob', 'Twenty, I think.'));

  // Only one's own can be changed.
  await expect(threadsIn(alice).getByRole('button', { name: comments.editOf('Really twelve?') })).toHaveCount(1);
  await expect(threadsIn(alice).getByRole('button', { name: comments.editOf('Twenty, I think.') })).toHaveCount(0);
  await threadsIn(alice).getByRole('button', { name: comments.editOf('Really twelve?') }).click();
  await alice.page.keyboard.press('Control+a');
  await alice.page.keyboard.type('Are we sure?');
  await alice.page.keyboard.press('Control+Enter');
  await expect(threadsIn(bob).first()).toContainText('Are we sure?');
  await expect(threadsIn(bob).first()).toContainText(comments.edited);

  await threadsIn(bob).getByRole('button', { name: comments.resolveOf('twelve') }).click();
  for (const pad of [alice, bob]) {
    await expect(marks(pad)).toHaveCount(0);
    await expect(threadsIn(pad)).toHaveCount(0);
  }
  await panelOf(alice).getByRole('button', { name: comments.resolved(1) }).click();
  await expect(panelOf(alice)).toContainText('Bob');
  await panelOf(alice).getByRole('button', { name: comments.reopenOf('twelve') }).click();
  await expect(marks(bob)).not.toHaveCount(0);

  for (const text of ['Twenty, I think.', 'Are we sure?']) {
    const own = text.startsWith('Are') ? alice : bob;
    await threadsIn(own).getByRole('button', { name: comments.removeOf(text) }).click();
    await threadsIn(own).getByRole('group', { name: comments.sure }).getByRole('button', { name: comments.remove }).click();
    await expect(panelOf(own).getByText(text)).toHaveCount(0);
  }
  for (const pad of [alice, bob]) await expect(marks(pad)).toHaveCount(0);
});

test('a thread whose text is deleted stays with its quote, and an undo brings the text back to it', async ({ open }) => {
  const [alice, bob] = await two(open);
  await comment(alice, 'ends in May', 'Why?');
  await expect(marks(bob)).toHaveText('ends in May');
  await select(bob, 'ends in May');
  await bob.page.keyboard.press('Delete');
  await expect(panelOf(alice).getByRole('region', { name: comments.detached })).toContainText('ends in May');
  await expect(marks(alice)).toHaveCount(0);
  await bob.page.keyboard.press('Control+z');
  for (const pad of [alice, bob]) await expect(marks(pad)).toHaveText('ends in May');
  await expect(panelOf(alice).getByRole('region', { name: comments.detached })).toHaveCount(0);
});

test('who types in the text goes on there, whatever becomes of a thread that is being answered; who answers, in the answer', async ({ open }) => {
  const [alice, bob] = await two(open);
  await comment(bob, 'Nobody', 'Really?');
  const panel = await alice.panel('comments');
  await threadsIn(alice).getByRole('button', { name: comments.reply, exact: true }).click();
  await alice.page.keyboard.type('Almost');
  await alice.type('1');
  await select(bob, 'Nobody');
  await bob.page.keyboard.press('Delete');
  await expect(panel.getByRole('region', { name: comments.detached }).getByRole('textbox')).toHaveValue('Almost');
  await alice.page.keyboard.type('2');
  await alice.shows(`${TEXT.replace('Nobody', '')}12`);
  await panel.getByRole('textbox').focus();
  await alice.page.keyboard.press('End');
  await bob.page.keyboard.press('Control+z');
  await expect(marks(alice)).toHaveText('Nobody');
  await alice.page.keyboard.type(' nobody');
  await expect(panel.getByRole('textbox')).toHaveValue('Almost nobody');
  // And an author is known again after a reload.
  await alice.page.keyboard.press('Control+Enter');
  await expect(panel.getByRole('textbox')).toHaveCount(0);
  await alice.page.reload();
  await expect(panel.getByRole('button', { name: comments.editOf('Almost nobody') })).toBeVisible();
  await expect(panel.getByRole('button', { name: comments.editOf('Really?') })).toHaveCount(0);
});

test('by the keyboard: the next and the previous comment, with the caret at it and its words read out', async ({ open }) => {
  const alice = await (await open()).ready();
  await alice.paste(TEXT);
  await alice.saved();
  for (const [piece, words] of [['Nobody', 'third'], ['budget', 'first'], ['It ends', 'second']] as const) await comment(alice, piece, words);
  await expect(threadsIn(alice)).toHaveCount(3);
  expect(await threadsIn(alice).locator('.one-text').allTextContents()).toEqual(['first', 'second', 'third']);
  await alice.page.keyboard.press('Control+Home');
  const said = panelOf(alice).getByRole('status').first();
  for (const [key, words] of [['PageDown', 'first'], ['PageDown', 'second'], ['PageDown', 'third'], ['PageDown', 'first'], ['PageUp', 'third']] as const) {
    await alice.page.keyboard.press(`Alt+${key}`);
    await expect(said).toContainText(words);
    await expect(panelOf(alice).locator('.thread.lit .one-text')).toHaveText(words);
    await expect(alice.editor).toBeFocused();
  }
  await alice.page.keyboard.type('|');
  await expect.poll(() => alice.text()).toContain('\n|Nobody');
});

test('what is left by Escape is there the next time; what cannot be sent stays, and is sent once', async ({ open }) => {
  const [alice, bob] = await two(open);
  await select(alice, 'May');
  await alice.page.keyboard.press('Control+Alt+m');
  await expect(box(alice)).toBeFocused();
  await alice.page.keyboard.type('June?');
  await alice.page.keyboard.press('Escape');
  await expect(alice.editor).toBeFocused();
  await expect(box(alice)).toHaveCount(0);
  await alice.page.reload();
  await alice.saved();
  await select(alice, 'May');
  await alice.page.keyboard.press('Control+Alt+m');
  await expect(box(alice)).toHaveValue('June?');

  // The server does it, and its answer is lost.
  let arrived = 0;
  await alice.page.route('**/comments', async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    await route.fetch();
    arrived += 1;
    await route.abort();
  });
  await alice.page.keyboard.press('Control+Enter');
  await expect(panelOf(alice)).toContainText(comments.problems['unreachable']!);
  await expect(marks(bob)).toHaveText('May');
  await alice.page.unroute('**/comments');
  await box(alice).fill('July?');
  await panelOf(alice).getByRole('button', { name: comments.again }).click();
  await expect(box(alice)).toHaveCount(0);
  await expect(threadsIn(alice)).toHaveCount(1);
  await expect(threadsIn(alice).locator('.one-text')).toHaveText(['July?']);
  expect(arrived).toBe(1);
});

test('without a connection the comments stay, and a new one waits for it, about the piece where it is by then', async ({ open, server }) => {
  const network = await Network.open(() => server.port);
  try {
    const bob = await (await open()).ready();
    await bob.paste(TEXT);
    await bob.saved();
    const alice = await (await open('#shared', {}, network.port)).ready();
    await comment(bob, 'objects', 'I do.');
    await expect(marks(alice)).toHaveText('objects');
    await alice.panel('comments');
    network.unplug();
    await expect(panelOf(alice)).toContainText(comments.offline);
    await expect(threadsIn(alice)).toHaveCount(1);
    await select(alice, 'thousand');
    await alice.page.keyboard.type('thousand and one');
    await select(alice, 'and one');
    await alice.page.keyboard.press('Control+Alt+m');
    await expect(box(alice)).toBeFocused();
    await alice.page.keyboard.type('Which?');
    await alice.page.keyboard.press('Control+Enter');
    await expect(panelOf(alice)).toContainText(comments.waiting);
    // Meanwhile one comment goes and another comes.
    await threadsIn(bob).getByRole('button', { name: comments.removeOf('I do.') }).click();
    await threadsIn(bob).getByRole('button', { name: comments.remove, exact: true }).click();
    await comment(bob, 'May', 'June!');
    await bob.editor.focus();
    await bob.page.keyboard.press('Control+Home');
    await bob.page.keyboard.type('So: ');
    network.plug();
    await alice.page.evaluate(() => dispatchEvent(new Event('online')));
    for (const pad of [alice, bob]) await expect(marks(pad)).toHaveText(['and one', 'May']);
    await expect(box(alice)).toHaveCount(0);
    await expect(threadsIn(alice).locator('.one-text')).toHaveText(['Which?', 'June!']);
  } finally {
    await network.close();
  }
});

test('by a link for reading: no trace of comments, or with leave to comment, the whole of them', async ({ open }) => {
  const [alice] = await two(open);
  await comment(alice, 'budget', 'Whose?');
  const addresses: string[] = [];
  for (const isToComment of [false, true]) {
    const dialog = await alice.share();
    await dialog.getByRole('button', { name: links.make }).click();
    if (isToComment) await dialog.getByRole('switch', { name: links.comments }).check();
    await dialog.getByRole('button', { name: links.create }).click();
    const field = dialog.getByRole('group').getByRole('textbox');
    await expect(field).toBeFocused();
    addresses.push(new URL(await field.inputValue()).hash);
    await alice.close(dialog);
  }
  const [blind, reviewer] = [await open(addresses[0]), await open(addresses[1])];
  await blind.shows(TEXT);
  await expect(reviewer.page.getByRole('navigation').getByRole('button', { name: frame.openComments(1) })).toBeVisible();
  await expect(marks(reviewer)).toHaveText('budget');
  await expect(blind.page.getByRole('navigation').getByRole('button', { name: frame.panels.settings })).toBeVisible();
  await expect(blind.page.getByRole('navigation').getByRole('button', { name: frame.panels.comments })).toHaveCount(0);
  await expect(marks(blind)).toHaveCount(0);
  await blind.editor.focus();
  await blind.page.keyboard.press('Control+Alt+m');
  await expect(blind.page.locator('#panel')).toHaveCount(0);

  await comment(reviewer, 'May', 'April is better.');
  await expect(marks(alice)).toHaveText(['budget', 'May']);
  await reviewer.page.keyboard.type('x');
  await reviewer.shows(TEXT);
});

test('what is quoted runs as its first letter does, and so does the line beside it', async ({ open }) => {
  const pad = await (await open()).ready();
  await pad.paste('התקציב הוא');
  await pad.saved();
  await comment(pad, 'התקציב', 'words');
  const quote = threadsIn(pad).locator('.quote');
  await expect(quote).toHaveCSS('border-right-width', '2px');
  await expect(quote).toHaveCSS('border-left-width', '0px');
});

test('nothing of comments leaves with the text', async ({ open }) => {
  const alice = await (await open()).ready();
  await alice.paste(`# ${TEXT}`);
  await alice.choose('Markdown');
  await alice.saved();
  await comment(alice, 'budget', 'SECRET WORDS');
  await alice.editor.focus();
  const downloads: string[] = [];
  for (const what of ['download', 'downloadHtml'] as const) {
    const coming = alice.page.waitForEvent('download');
    await alice.act(what);
    const stream = await (await coming).createReadStream();
    let content = '';
    for await (const chunk of stream) content += String(chunk);
    downloads.push(content);
  }
  expect(downloads[0]).toBe(`# ${TEXT}`);
  expect(downloads[1]).toContain('budget');
  for (const content of downloads) expect(content).not.toMatch(/SECRET|comment-mark|data-thread/);
  await alice.page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  await alice.page.emulateMedia({ media: 'print' });
  await expect(alice.page.getByText('SECRET WORDS')).toBeHidden();
  expect(await alice.page.evaluate(() => document.body.innerText)).not.toContain('SECRET');
});

/** Speaks to the server about the comments of the pad, as a program with a person's name. */
function ask(server: Server, method: string, path: string, body: object, name = 'Bob'): Promise<Answer> {
  return server.get(`/api/document/shared/comments${path}`, { method, body: JSON.stringify(body), headers: { 'x-author-name': name, 'content-type': 'application/json' } });
}

/** Makes a thread about a piece of the pad's first text, and gives its id. */
async function thread(server: Server, from: number, to: number, text: string, name?: string): Promise<string> {
  const made = await ask(server, 'POST', '', { revision: 1, from, to, text }, name);
  expect(made.status).toBe(201);
  return (JSON.parse(made.text) as { comment: string }).comment;
}

test('thirty threads, some of them resolved, one without its text; with all that opens in them', async ({ open, server }) => {
  const lines = Array.from({ length: 30 }, (_, i) => `Line ${String(i).padStart(2, '0')} of the minutes`);
  await server.get('/api/text/shared', { method: 'POST', body: lines.join('\n') });
  const ids: string[] = [];
  for (const [i, { length }] of lines.entries()) ids.push(await thread(server, i * (length + 1), i * (length + 1) + 7, `Comment ${i}`));
  for (const id of ids.slice(0, 5)) await ask(server, 'PATCH', `/${id}`, { resolved: true });
  for (let i = 0; i < 6; i++) await ask(server, 'POST', `/${ids[5]}`, { text: `Answer ${i}` });

  const alice = await (await open()).ready();
  await expect(alice.page.locator('.rail-count')).toHaveText('25');
  await expect(alice.page.locator('.comment-dot')).toHaveCount(25);
  const panel = await alice.panel('comments');
  await expect(threadsIn(alice)).toHaveCount(25);
  await select(alice, lines[29]!);
  await alice.page.keyboard.press('Delete');
  await expect(panel.getByRole('region', { name: comments.detached }).getByRole('article')).toHaveCount(1);
  await expect(threadsIn(alice)).toHaveCount(24);
  const first = threadsIn(alice).first();
  await expect(first.getByRole('listitem')).toHaveCount(5); // the first, a button for others, and the last three
  await first.getByRole('button', { name: comments.more(3) }).click();
  await expect(first.getByRole('listitem')).toHaveCount(7);
  await panel.getByRole('button', { name: comments.resolved(5) }).click();
  await first.getByRole('button', { name: comments.reply, exact: true }).click();
  await expect(first.getByRole('textbox')).toBeFocused();
  await hasNoViolations(alice, 'thirty threads');
  await shot(alice, 'thirty');

  // What comes while the panel is closed is told with a way there.
  await alice.page.keyboard.press('Escape'); // the answer
  await expect(first.getByRole('button', { name: comments.reply, exact: true })).toBeFocused();
  await alice.page.keyboard.press('Escape'); // the panel
  await expect(panel).toHaveCount(0);
  await ask(server, 'POST', `/${ids[20]}`, { text: 'One more' });
  await alice.page.locator('.toast').getByRole('button', { name: comments.show }).click();
  const told = threadsIn(alice).filter({ hasText: 'One more' });
  await expect(told).toBeFocused();
  await expect(told).toBeInViewport();
  await told.getByRole('button', { name: new RegExp(comments.goTo) }).click();
  await expect(alice.editor).toBeFocused();
  await expect(alice.page.locator('.comment-lit').first()).toHaveText('Line 20');
});

const LOOKS = { wide: {}, phone: pixel, middle: { viewport: { width: 900, height: 700 } }, german: { locale: 'de' } };
for (const [name, options] of Object.entries(LOOKS)) {
  test(`the panel on every screen (${name})`, async ({ open, server }) => {
    await server.get('/api/text/shared', { method: 'POST', body: TEXT });
    const place = (piece: string) => [TEXT.indexOf(piece), TEXT.indexOf(piece) + piece.length] as const;
    const first = await thread(server, ...place('twelve'), 'Really twelve? I had understood that it is more than that, and that it comes in three parts.', 'Alice');
    await thread(server, ...place('ends in May'), 'Why?\nThere is June.');
    await thread(server, ...place('Nobody'), 'long '.repeat(400));
    await ask(server, 'POST', `/${first}`, { text: 'Yes.' });
    const carol = await open('#shared', options);
    await carol.shows(TEXT);
    await expect(marks(carol)).toHaveCount(3);
    if (name === 'phone') await carol.act('comments');
    else await carol.page.locator('.rail').getByRole('button', { name: /^(?:Comments|Kommentare), 3/ }).click();
    await expect(panelOf(carol).locator('.thread')).toHaveCount(3);
    await expect(panelOf(carol).locator('.thread').first()).toContainText('Yes.');
    await shot(carol, name);
    await inAllColours(carol, name, 'the panel');
    await panelOf(carol).locator('.add-comment').click();
    await expect(panelOf(carol).getByRole('textbox')).toBeFocused();
    await shot(carol, `${name}-new`);
    await inAllColours(carol, name, 'a new comment');
  });
}

/** Of colours there is the same on all screens: on one of them it is looked at in the others. */
async function inAllColours(pad: Pad, name: string, screen: string): Promise<void> {
  if (name !== 'wide') return hasNoViolations(pad, screen);
  await hasNoViolationsInLightOrDark(pad, screen);
  await pad.page.emulateMedia({ forcedColors: 'active' });
  await hasNoViolations(pad, `${screen}, in forced colours`);
  await pad.page.emulateMedia({ forcedColors: 'none' });
}
