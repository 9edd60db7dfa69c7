// Text composed with an input method (pinyin, a word on a phone) while others change the line that it is composed in.
import { devices } from '@playwright/test';
import type { BrowserContextOptions, CDPSession } from '@playwright/test';
import { expect, test } from '../pad.ts';
import type { Pad } from '../pad.ts';

const { defaultBrowserType: _, ...phone } = devices['Pixel 7'];

/** An input method as Chromium has it: at each step the whole text as far as it is composed. */
class InputMethod {
  private constructor(private readonly devtools: CDPSession) {}

  static async of({ page }: Pad): Promise<InputMethod> {
    return new InputMethod(await page.context().newCDPSession(page));
  }

  async compose(...steps: string[]): Promise<void> {
    for (const text of steps) {
      await this.devtools.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
    }
  }

  async commit(text: string): Promise<void> {
    await this.devtools.send('Input.insertText', { text });
  }
}

async function press(pad: Pad, ...keys: string[]): Promise<void> {
  await pad.editor.focus();
  for (const key of keys) await pad.page.keyboard.press(key);
}

async function caretTo(pad: Pad, line: number, column: number): Promise<void> {
  await press(pad, 'Control+Home', ...Array<string>(line).fill('ArrowDown'), ...Array<string>(column).fill('ArrowRight'));
}

const TEXT = 'above\n\nthey said ()\n\nbelow';

/** The others, by what they do to "they said (…)" while text is composed within the brackets. */
const others: Record<string, { act: (bob: Pad) => Promise<void>; result: (composed: string) => string }> = {
  'deletes in that line': {
    act: async (bob) => {
      await caretTo(bob, 2, 5);
      await press(bob, ...Array<string>(5).fill('Backspace'));
    },
    result: (composed) => `above\n\nsaid (${composed})\n\nbelow`,
  },
  'deletes right behind it': {
    act: async (bob) => {
      await caretTo(bob, 2, 0);
      await press(bob, 'End', 'Backspace');
    },
    result: (composed) => `above\n\nthey said (${composed}\n\nbelow`,
  },
  'breaks that line': {
    act: async (bob) => {
      await caretTo(bob, 2, 5);
      await press(bob, 'Enter');
    },
    result: (composed) => `above\n\nthey \nsaid (${composed})\n\nbelow`,
  },
  'joins that line with the one above': {
    act: async (bob) => {
      await caretTo(bob, 2, 0);
      await press(bob, 'Backspace');
    },
    result: (composed) => `above\nthey said (${composed})\n\nbelow`,
  },
  'types right before it': {
    act: async (bob) => {
      await caretTo(bob, 2, 11);
      await bob.page.keyboard.type('so: ');
    },
    result: (composed) => `above\n\nthey said (so: ${composed})\n\nbelow`,
  },
  'deletes all': {
    act: (bob) => press(bob, 'Control+a', 'Delete'),
    result: (composed) => composed,
  },
};

for (const [device, options] of [['a desk', {}], ['a phone', phone]] as [string, BrowserContextOptions][]) {
  for (const [script, steps, done] of [
    ['pinyin', ['n', 'ni', 'ni h'], ['ni ha', '你hao', '你好']],
    ['a word', ['h', 'he', 'hel'], ['hell', 'hello']],
  ] as const) {
    test(`${device}: ${script} is composed in one piece, whatever another does to its line`, async ({ open, server }) => {
      const bob = await (await open()).ready();
      await bob.paste(TEXT);
      await bob.saved();
      const ann = await (await open('#shared', options)).ready();
      const method = await InputMethod.of(ann);
      for (const [what, { act, result }] of Object.entries(others)) {
        await test.step(`another ${what}`, async () => {
          await ann.shows(TEXT);
          await caretTo(ann, 2, 11);
          await method.compose(...steps);
          await bob.shows(TEXT.replace('()', `(${steps.at(-1)})`));
          await act(bob);
          await bob.saved();
          await ann.page.waitForTimeout(300);
          await method.compose(...done);
          await method.commit(done.at(-1)!);
          const text = result(done.at(-1)!);
          for (const pad of [ann, bob]) await pad.shows(text);
          await ann.saved();
          await expect.poll(() => server.text('shared')).toBe(text);
          await press(bob, 'Control+a', 'Delete');
          await bob.paste(TEXT);
          await bob.saved();
        });
      }
    });
  }

  test(`${device}: what others do in other lines is seen at once while text is composed`, async ({ open }) => {
    const bob = await (await open()).ready();
    await bob.paste(TEXT);
    await bob.saved();
    const ann = await (await open('#shared', options)).ready();
    await ann.shows(TEXT);
    await caretTo(ann, 2, 11);
    const method = await InputMethod.of(ann);
    await method.compose('n', 'ni');
    await caretTo(bob, 2, 0);
    await bob.page.keyboard.type('once ');
    await caretTo(bob, 0, 5);
    await bob.page.keyboard.type(' all\nnew');
    await press(bob, 'Control+End');
    await bob.page.keyboard.type('!');
    await ann.shows('above all\nnew\n\nthey said (ni)\n\nbelow!');
    await method.compose('nihao');
    await bob.shows('above all\nnew\n\nonce they said (nihao)\n\nbelow!');
    await method.commit('你好');
    for (const pad of [ann, bob]) await pad.shows('above all\nnew\n\nonce they said (你好)\n\nbelow!');
  });

  test(`${device}: a composition that never ends holds nobody's text for ever`, async ({ open, server }) => {
    const bob = await (await open()).ready();
    await bob.paste(TEXT);
    await bob.saved();
    const ann = await (await open('#shared', options)).ready();
    await ann.shows(TEXT);
    await caretTo(ann, 2, 11);
    const method = await InputMethod.of(ann);
    await method.compose('n', 'ni');
    await caretTo(bob, 2, 0);
    await bob.page.keyboard.type('so ');
    const text = 'above\n\nso they said (ni)\n\nbelow';
    await ann.shows(text);
    await ann.saved();
    await bob.shows(text);
    await ann.page.keyboard.type(' on'); // the text still has the keyboard
    for (const pad of [ann, bob]) await pad.shows(text.replace('(ni)', '(ni on)'));
    await expect.poll(() => server.text('shared')).toBe(text.replace('(ni)', '(ni on)'));
  });
}

test('a connection that is lost and comes back while text is composed tears nothing, and undo takes back mine alone', async ({ open, server }) => {
  const bob = await (await open()).ready();
  await bob.paste(TEXT);
  await bob.saved();
  const ann = await (await open()).ready();
  await ann.shows(TEXT);
  await caretTo(ann, 2, 11);
  const method = await InputMethod.of(ann);
  await method.compose('n', 'ni');
  await ann.saved();
  await server.stop();
  await method.compose('nih');
  await caretTo(bob, 2, 0);
  await bob.page.keyboard.type('so ');
  await server.restart();
  await bob.saved();
  await expect.poll(() => server.text('shared')).toContain('so they');
  await method.compose('niha', 'nihao');
  await method.commit('你好');
  for (const pad of [ann, bob]) await pad.shows('above\n\nso they said (你好)\n\nbelow');
  await ann.pressUntil('Control+z', 'above\n\nso they said ()\n\nbelow');
  await bob.shows('above\n\nso they said ()\n\nbelow');
});
