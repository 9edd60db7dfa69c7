// Two people and a password, through whatever stands in front.
import { expect, test } from 'vitest';
import { freshTab } from '../blackbox/support/clients.ts';
import { BASE, ask, freshPad, isTls, join } from './site.ts';

const json = { 'content-type': 'application/json' };

test('two people write in a pad with a password; a third without it does not', async () => {
  const pad = freshPad();
  const tab = freshTab();
  const alice = await join(pad, tab);
  await alice.type('Hello');
  const protect = { user_id: alice.id, user_name: 'Alice', client: tab.token };
  const answer = await ask(`/api/document/${pad}/protect`, { method: 'POST', headers: json, body: JSON.stringify(protect) });
  expect(answer.status).toBe(200);
  const { otp } = JSON.parse(answer.text) as { otp: string };

  const bob = await join(pad, freshTab(otp));
  await bob.sees('Hello');
  await bob.type(' from Bob 🎈');
  await alice.sees('Hello from Bob 🎈');
  await alice.type('!', 0);
  await bob.sees('!Hello from Bob 🎈');

  expect((await ask(`/api/text/${pad}`)).status).toBe(401);
  const text = await ask(`/api/text/${pad}`, { headers: { authorization: `Bearer ${otp}` } });
  expect(text).toMatchObject({ status: 200, text: '!Hello from Bob 🎈' });
  await expect(join(pad, freshTab('wrong'))).rejects.toThrow(/4401/);
});

test('the page and every answer carry the security headers, once', async () => {
  for (const target of ['/', '/api/stats', '/no/such/thing', '/api/text/..']) {
    const { headers } = await ask(target);
    expect(headers['x-content-type-options'], target).toBe('nosniff');
    expect(headers['x-frame-options'], target).toBe('DENY');
    expect(headers['referrer-policy'], target).toBe('no-referrer');
    expect(headers['content-security-policy'], target).toMatch(/^default-src 'none';[^,]*$/); // two would be joined by a comma
    if (isTls) expect(headers['strict-transport-security'], target).toBe('max-age=31536000');
  }
  expect((await ask('/')).text).toContain('<div id=');
});

test.runIf(process.env['KP_HTTP_URL'])('plain HTTP is sent to HTTPS', async () => {
  const answer = await ask('/some/path', { base: new URL(process.env['KP_HTTP_URL']!) });
  expect(answer.status).toBe(308);
  expect(answer.headers.location).toBe(`https://${BASE.hostname}/some/path`);
});
