// CodeMirror alone, with a language and a text: what a page costs that does nothing else. What the machine of a measurement can do is told by it.
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const FRONTEND = path.resolve(import.meta.dirname, '../../frontend');
const require = createRequire(path.join(FRONTEND, 'package.json'));

const SOURCE = `
  import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
  import { javascript } from '@codemirror/lang-javascript';
  import { markdown } from '@codemirror/lang-markdown';
  import { defaultHighlightStyle, syntaxHighlighting } from '@codemirror/language';
  import { EditorView, keymap } from '@codemirror/view';
  const languages = { javascript, markdown };
  globalThis.start = (language, doc) => new EditorView({
    doc,
    parent: document.body,
    extensions: [
      history(), keymap.of([...defaultKeymap, ...historyKeymap]), syntaxHighlighting(defaultHighlightStyle), EditorView.lineWrapping,
      EditorView.theme({ '&': { height: '100vh' }, '.cm-scroller': { overflow: 'auto' } }), languages[language](),
    ],
  });
`;

let bundled;

/** The program of that page: a function start() of a language and a text. */
async function program() {
  const { rolldown } = await import(pathToFileURL(require.resolve('rolldown')));
  const here = { name: 'here', resolveId: (id) => (id === 'bare' ? path.join(FRONTEND, 'bare.js') : null), load: (id) => (id.endsWith('bare.js') ? SOURCE : null) };
  const bundle = await rolldown({ input: 'bare', cwd: FRONTEND, plugins: [here], logLevel: 'silent' });
  const { output } = await bundle.generate({ format: 'iife', minify: true });
  return output[0].code;
}

/** Opens it in a page that is empty; `hooks` runs in it before. */
export async function openBare(browser, device, hooks, language, text) {
  const context = await browser.newContext(device);
  const page = await context.newPage();
  await page.addInitScript(() => {
    globalThis.view = () => document.querySelector('.cm-content')?.cmTile?.root.view;
  });
  await page.addInitScript(hooks);
  await page.goto('data:text/html,<!doctype html><meta name=viewport content="width=device-width"><body style="margin:0">');
  await page.addScriptTag({ content: (bundled ??= await program()) });
  await page.evaluate(([language, text]) => globalThis.start(language, text), [language, text]);
  return page;
}
