// Images of a pad: kept with it, checked by their bytes, sent so that nothing in them can run.
import { crc32, deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { v1, v2 } from './support/clients.ts';
import type { Answer } from './support/http.ts';
import { json } from './support/http.ts';
import { startNode, startPostgres } from './support/nodes.ts';
import { whyNoPostgres } from './support/postgres.ts';
import { ask, bearer, expectError, info, makeLink, pathOf, takeCharge } from './support/rights.ts';
import type { Server } from './support/server.ts';
import { freshId, startServer, useServer } from './support/server.ts';
import { WriteLock, sql } from './support/sqlite.ts';
import { ON_POSTGRES } from './support/store.ts';
import { until } from './support/wait.ts';

const IMAGES = { IMAGES: 'on', MAX_IMAGE_KB: 64, MAX_IMAGES_KB_PER_PAD: 100, RATE_LIMITS: 'off' };
const server = useServer(IMAGES);

type Image = { id: string; url: string; type: string; bytes: number; width: number; height: number };

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** A PNG that every browser shows, of one colour, and as long as is said. */
function png(width: number, height: number, colour = 0, bytes = 0): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const rows = Buffer.alloc(height * (1 + 3 * width), colour).map((byte, i) => (i % (1 + 3 * width) === 0 ? 0 : byte));
  const parts = [Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))];
  const missing = bytes - parts.reduce((sum, part) => sum + part.length, 0) - 12;
  if (missing > 0) parts.splice(2, 0, chunk('tEXt', Buffer.alloc(missing, 0x61)));
  return Buffer.concat(parts);
}

const upload = (to: Server, id: string, body: string | Buffer, headers = {}): Promise<Answer> =>
  to.get(pathOf(id, '/images'), { method: 'POST', body, headers });

async function kept(to: Server, id: string, body: Buffer, secret?: string): Promise<Image> {
  const answer = await upload(to, id, body, bearer(secret));
  expect(answer.status, answer.text).toBe(201);
  return json<Image>(answer);
}

async function padWithText(): Promise<string> {
  const id = freshId();
  await (await v2(server(), id)).type('text');
  return id;
}

describe('an image that was added', () => {
  test('has an id that says nothing, and is sent as what it is', async () => {
    const id = await padWithText();
    const bytes = png(20, 10);
    const image = await kept(server(), id, bytes);
    expect(image).toEqual({ id: expect.stringMatching(/^[\w-]{22}$/), url: `/image/${image.id}`, type: 'image/png', bytes: bytes.length, width: 20, height: 10 });
    const answer = await server().get(image.url);
    expect(answer.status).toBe(200);
    expect(answer.body.equals(bytes)).toBe(true);
    expect(answer.headers).toMatchObject({
      'content-type': 'image/png',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'private, max-age=86400, immutable',
      etag: `"${image.id}"`,
    });
    expect((await server().get(image.url, { headers: { 'if-none-match': `"${image.id}"` } })).status).toBe(304);
    const head = await server().get(image.url, { method: 'HEAD' });
    expect([head.status, head.headers['content-length'], head.text]).toEqual([200, String(bytes.length), '']);
  });

  test('is the same image when its bytes come again, and another one in another pad', async () => {
    const [one, other] = [freshId(), freshId()];
    const bytes = png(3, 3);
    const first = await kept(server(), one, bytes);
    expect(await kept(server(), one, bytes)).toEqual(first);
    expect((await kept(server(), other, bytes)).id).not.toBe(first.id);
    expect((await kept(server(), one, png(3, 4))).id).not.toBe(first.id);
  });

  test.each([
    ['image/gif', Buffer.from('GIF89a\x10\x00\x08\x00\x00\x00\x00;', 'latin1'), 16, 8],
    ['image/jpeg', Buffer.from('\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x11\x08\0\x08\0\x10\x03', 'latin1'), 16, 8],
    ['image/webp', Buffer.from(`RIFF\x40\0\0\0WEBPVP8X\x0a\0\0\0\x10\0\0\0\x0f\0\0\x07\0\0${' '.repeat(16)}`, 'latin1'), 16, 8],
  ])('%s is known by its bytes, whatever Content-Type says', async (type, body, width, height) => {
    const answer = await upload(server(), freshId(), body, { 'content-type': 'image/svg+xml' });
    expect(json(answer)).toMatchObject({ type, width, height });
    expect((await server().get(json<Image>(answer).url)).headers['content-type']).toBe(type);
  });

  test('makes a pad that nobody has written to, and does not make whoever sent it its owner', async () => {
    const id = freshId();
    const image = await kept(server(), id, png(2, 2));
    expect(await info(server(), id)).toMatchObject({ exists: true, owner: false, bytes: 0 });
    const alice = await v2(server(), id);
    await alice.type(`![](${image.url})`);
    await alice.close();
    expect((await server().get(image.url)).status).toBe(200);
    expect(await server().text(id)).toBe(`![](${image.url})`);
  });

  test('does not disturb who types meanwhile', async () => {
    const id = await padWithText();
    const alice = await v2(server(), id);
    const uploads = Array.from({ length: 8 }, (_, i) => kept(server(), id, png(10, 10, i, 10_000)));
    for (let i = 0; i < 20; i++) await alice.type('.');
    await Promise.all(uploads);
    expect(await server().text(id)).toBe(alice.text);
  });

  test('is there after a restart, and after kill -9', async () => {
    const own = await startServer(IMAGES);
    const bytes = png(5, 5);
    const image = await kept(own, 'kept', bytes);
    await own.kill();
    await own.restart(IMAGES);
    expect((await own.get(image.url)).body.equals(bytes)).toBe(true);
    await own.restart(IMAGES);
    expect((await own.get(image.url)).body.equals(bytes)).toBe(true);
    await (await v1(own, 'kept')).type('text'); /* and the pad goes on */
    expect(await own.text('kept')).toBe('text');
  });

  test('is counted', async () => {
    const own = await startServer(IMAGES);
    const bytes = png(5, 5);
    const image = await kept(own, 'a', bytes);
    await kept(own, 'a', bytes);
    await own.get(image.url);
    await own.get(image.url);
    await upload(own, 'a', '<svg/>');
    expect(await own.stats()).toMatchObject({
      images_stored_total: 1, image_bytes_stored_total: bytes.length, images_served_total: 2, image_bytes_served_total: 2 * bytes.length,
    });
    expect(await own.stats()).toMatchObject({ rejected_total: 1 });
    expect(own.log).toMatch(new RegExp(`image_stored docId=a bytes=${bytes.length} type=image/png padBytes=${bytes.length}`));
    expect(own.log).not.toContain(image.id);
  });
});

describe('what is refused', () => {
  test.each([
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
    ['HTML', '<!doctype html><script>alert(1)</script>'],
    ['nothing', ''],
    ['a picture behind something else', Buffer.concat([Buffer.from('<p>'), png(2, 2)])],
    ['a PNG that ends in its head', png(2, 2).subarray(0, 20)],
  ])('%s', async (_what, body) => {
    const answer = await upload(server(), freshId(), body, { 'content-type': 'image/png' });
    expectError(answer, 415, 'bad_image');
    expect(answer.text).toMatch(/PNG, JPEG, GIF, WebP or AVIF/);
  });

  test('more pixels than a browser should unfold, however few bytes', async () => {
    const bomb = png(1, 1);
    bomb.writeUInt32BE(50_000, 16);
    bomb.writeUInt32BE(50_000, 20);
    expectError(await upload(server(), freshId(), bomb), 413, 'too_many_pixels');
  });

  test('more bytes than MAX_IMAGE_KB, with the limit; and no pad is made of it', async () => {
    const id = freshId();
    expect((await upload(server(), id, png(2, 2, 0, 64 * 1024))).status).toBe(201);
    const answer = await upload(server(), freshId(), png(2, 2, 0, 64 * 1024 + 1));
    expectError(answer, 413, 'message_too_large');
    expect(answer.text).toContain('65536');
    expect(json(answer)).toMatchObject({ max_bytes: 65_536 });
  });

  test('more than there is room in the pad, with the numbers', async () => {
    const id = freshId();
    await kept(server(), id, png(2, 2, 1, 60_000));
    const answer = await upload(server(), id, png(2, 2, 2, 50_000));
    expectError(answer, 409, 'images_full');
    expect(json(answer)).toMatchObject({ used_bytes: 60_000, max_bytes: 102_400 });
    expect(json<{ error: string }>(answer).error).toContain('59 of 100 KiB, and this one has 49');
    await kept(server(), id, png(2, 2, 2, 40_000));
    await kept(server(), freshId(), png(2, 2, 2, 50_000));
  });

  test('an id that nobody has', async () => {
    for (const image of ['A'.repeat(22), 'short', `${'A'.repeat(22)}x`])
      expect((await server().get(`/image/${image}`)).status, image).toBe(404);
    const answer = await server().get('/image/', { method: 'POST' });
    expect(answer.status).toBeGreaterThanOrEqual(400);
  });

  test('another method', async () => {
    const image = await kept(server(), freshId(), png(2, 2));
    const answer = await server().get(image.url, { method: 'DELETE' });
    expect([answer.status, answer.headers.allow]).toEqual([405, 'OPTIONS, GET, HEAD']);
  });

  test('a page of another site', async () => {
    const headers = { origin: 'https://evil.example', 'content-type': 'text/plain' };
    expectError(await upload(server(), freshId(), png(2, 2), headers), 403, 'bad_origin');
    expectError(await upload(server(), freshId(), png(2, 2), { 'sec-fetch-site': 'cross-site' }), 403, 'bad_origin');
  });
});

describe('who may', () => {
  test('the password is needed to add one, and its address alone to see it', async () => {
    const id = await padWithText();
    const alice = await v2(server(), id);
    const answer = await ask(server(), 'POST', pathOf(id, '/protect'), { user_id: alice.id, client: alice.tab.token });
    const { otp } = json<{ otp: string }>(answer);
    expectError(await upload(server(), id, png(2, 2)), 401, 'bad_password');
    expectError(await upload(server(), id, png(2, 2), bearer('wrong')), 401, 'bad_password');
    const image = await kept(server(), id, png(2, 2), otp);
    expect((await server().get(image.url)).status).toBe(200);
  });

  test('a link for editing adds, one for reading does not', async () => {
    const id = await padWithText();
    const edit = await makeLink(server(), id, { role: 'edit' });
    const view = await makeLink(server(), id, { role: 'view' });
    await kept(server(), id, png(2, 2), edit.token);
    expectError(await upload(server(), id, png(2, 3), bearer(view.token)), 403, 'view_only');
  });

  test('a link alone says which pad it is about', async () => {
    const id = await padWithText();
    const [edit, view] = [await makeLink(server(), id, { role: 'edit' }), await makeLink(server(), id, { role: 'view' })];
    const add = (secret?: string) => server().get('/api/link/images', { method: 'POST', body: png(2, 2), headers: bearer(secret) });
    const answer = await add(edit.token);
    expect(answer.status, answer.text).toBe(201);
    expect(json<Image>(answer)).toEqual(await kept(server(), id, png(2, 2)));
    expectError(await add(view.token), 403, 'view_only');
    expectError(await add('A'.repeat(22)), 403, 'link_withdrawn');
    expectError(await add(), 401, 'bad_password');
    expect((await ask(server(), 'DELETE', pathOf(id, `/links/${edit.id}`))).status).toBe(204);
    expectError(await add(edit.token), 403, 'link_withdrawn');
  });

  test('where the owner alone writes, nobody else adds', async () => {
    const id = freshId();
    await (await v1(server(), id)).type('text');
    const owner = await takeCharge(server(), id);
    expect((await ask(server(), 'PATCH', pathOf(id), { write: 'owner' }, owner)).status).toBe(200);
    expectError(await upload(server(), id, png(2, 2)), 403, 'view_only');
    await kept(server(), id, png(2, 2), owner);
  });

  test('too much of it from one address is refused for a while', async () => {
    const own = await startServer({ ...IMAGES, RATE_LIMITS: 'on', EDITS_PER_SECOND: 1, EDITS_BURST: 3 });
    const answers: Answer[] = [];
    for (let i = 0; i < 6; i++) answers.push(await upload(own, 'pad', png(2, 2, i, 10_000)));
    const last = answers.at(-1)!;
    expect(answers[0]!.status).toBe(201);
    expectError(last, 429, 'rate_limited');
    expect(last.headers['retry-after']).toBeDefined();
  });
});

describe('an image is gone', () => {
  test('with its pad, when that is deleted', async () => {
    const alone = freshId();
    await (await v1(server(), alone)).type('text');
    const image = await kept(server(), alone, png(2, 2));
    const other = await kept(server(), freshId(), png(2, 2));
    expect((await ask(server(), 'DELETE', pathOf(alone))).status).toBe(204);
    expectError(await server().get(image.url), 404, 'not_found');
    expect((await server().get(other.url)).status).toBe(200);
    expect(Number(sql<{ n: number }>(server().database, `SELECT count(*) AS n FROM ${ON_POSTGRES ? 'kp_images' : 'images'} WHERE document_id = '${alone}'`)[0]!.n)).toBe(0);
  });

  test('with its pad, when that expires', async () => {
    const own = await startServer({ ...IMAGES, KP_TEST_EXPIRY_MS: 1500, KP_TEST_CLEANUP_INTERVAL_MS: 150, KP_TEST_MEMORY_RETENTION_MS: 200 });
    const image = await kept(own, 'old', png(2, 2));
    expect((await own.get(image.url)).status).toBe(200);
    await own.logged(/document_expired docId=old/);
    expect((await own.get(image.url)).status).toBe(404);
  });

  test('not with its place in the text: undo and the history may bring that back', async () => {
    const id = freshId();
    const alice = await v1(server(), id);
    const image = await kept(server(), id, png(2, 2));
    await alice.type(image.url);
    await server().get(`/api/text/${id}`, { method: 'PUT', body: 'nothing' });
    expect((await server().get(image.url)).status).toBe(200);
  });
});

describe('where images are off', () => {
  test('none are taken, with a sentence that says who can change that, and none are shown', async () => {
    const own = await startServer(IMAGES);
    const image = await kept(own, 'pad', png(2, 2));
    expect(json(await own.get('/api/config'))).toMatchObject({ images: { max_bytes: 65_536, max_bytes_per_document: 102_400 } });
    await own.restart({ ...IMAGES, IMAGES: 'off' });
    expect(json(await own.get('/api/config'))).not.toHaveProperty('images');
    const answer = await upload(own, 'pad', png(2, 2, 0, 60_000));
    expectError(answer, 403, 'images_off');
    expect(answer.text).toContain('IMAGES=on');
    expectError(await own.get(image.url), 404, 'not_found');
    await own.restart(IMAGES);
    expect((await own.get(image.url)).status).toBe(200);
  });
});

test('while the database takes nothing, an image is refused and may be sent again', async () => {
  const own = await startServer(IMAGES);
  const alice = await v1(own, 'pad');
  await alice.type('text');
  const lock = await WriteLock.hold(own.database);
  const refused = await upload(own, 'pad', png(2, 2));
  expectError(refused, 503, 'storage_unavailable');
  await lock.release();
  await until('the database to be written', async () => (await own.get('/api/health')).status === 200);
  const image = await until('the image', async () => {
    const answer = await upload(own, 'pad', png(2, 2));
    return answer.status === 201 ? json<Image>(answer) : undefined;
  });
  expect((await own.get(image.url)).status).toBe(200);
});

const unavailable = whyNoPostgres();
test.skipIf(unavailable !== null)('through any of several servers, one that joins later too', async () => {
  const postgres = await startPostgres();
  const [one, two] = [await startNode(postgres.url, IMAGES), await startNode(postgres.url, IMAGES)];
  const id = freshId();
  await (await v2(one, id)).type('text');
  const bytes = png(7, 7, 3, 50_000);
  const image = await kept(two, id, bytes); // sent on to the one that has the pad
  for (const node of [one, two, await startNode(postgres.url, IMAGES)])
    expect((await node.get(image.url)).body.equals(bytes)).toBe(true);
  expectError(await upload(two, id, png(7, 7, 4, 60_000)), 409, 'images_full');
  const free = freshId();
  const other = await kept(two, free, bytes);
  expect((await ask(one, 'DELETE', pathOf(free))).status).toBe(204);
  await until('the image to be gone everywhere', async () => (await two.get(other.url)).status === 404);
});
