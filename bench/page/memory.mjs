// 50,000 edits, four in five of another person, one in five own; the text is
// as long afterwards as before. Does the heap return?
import { header, loaded, openPage, report, withServer, Writer } from './setting.mjs';

const WARM_UP = 10_000;
const EDITS = 50_000;
const BATCH = 400;
const MIB = 1 << 20;

/** Keeps the kernel's memory, which is no part of the heap, in sight. */
function showKernel() {
  WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
    construct(target, args) {
      const instance = new target(...args);
      globalThis.kernelMemory = instance.exports.memory;
      return instance;
    },
  });
}

async function heap(page) {
  const session = await page.context().newCDPSession(page);
  for (let i = 0; i < 3; i++) await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
}

async function edits(page, writer, count) {
  for (let done = 0; done < count; done += BATCH) {
    for (let i = 0; i < BATCH * 0.4; i++) {
      writer.edit(i, 'r');
      await writer.settled();
      writer.edit(i, '', 1);
      await writer.settled();
    }
    await page.evaluate((own) => {
      document.querySelector('.cm-content').focus();
      for (let i = 0; i < own; i++) {
        document.execCommand('insertText', false, 'o');
        document.execCommand('delete');
      }
    }, BATCH * 0.1);
  }
  await page.waitForTimeout(2_000);
}

await withServer({}, async ({ url, socketUrl, browser }) => {
  const writer = await Writer.join(socketUrl, 'memory');
  writer.edit(0, 'some text\n'.repeat(500));
  await writer.settled();
  const page = await openPage(browser, `${url}#memory`, showKernel);
  await loaded(page, 5_000);
  await edits(page, writer, WARM_UP); // code is compiled, the undo history is as long as it gets
  const before = await heap(page);
  await edits(page, writer, EDITS);
  const after = await heap(page);
  const growth = after / before - 1;
  header('50,000 edits');
  report('heap before', `${(before / MIB).toFixed(2)} MiB`);
  report('heap after', `${(after / MIB).toFixed(2)} MiB`, '+ 10 %', growth <= 0.1);
  const kernel = await page.evaluate(() => globalThis.kernelMemory?.buffer.byteLength ?? 0);
  report("the kernel's memory", `${(kernel / MIB).toFixed(2)} MiB`);
});
