// past.ts - what the tabs of a run saw at each revision, and whether the history, read over HTTP, says the same.
import { createHash } from 'node:crypto';
import type { Random } from '../../frontend/src/testing/random.ts';
import type { Answer } from '../blackbox/support/http.ts';
import { json, jsonBody, request } from '../blackbox/support/http.ts';
import type { Operation } from '../blackbox/support/operation.ts';
import { apply, points } from '../blackbox/support/operation.ts';
import { sleep, until } from '../blackbox/support/wait.ts';

/** An earlier text is asked for until there is an answer, so that it is known what became of it. */
const ANSWERED_WITHIN_MS = 90_000;
const AT_ONCE = 5;

type Step = { revision: number; end?: number; operation: Operation };
type Gone = { before: number | null; after: number | null };

/** One page's copy of the server's text, by what the server says to it. */
export class Watcher {
  private text: string[] | null = null;
  private revision = -1;

  constructor(
    private readonly past: Past,
    private readonly pad: string,
  ) {}

  /** A message of the server, on the page's own connection. */
  heard(message: string): void {
    if (message.startsWith('{"Snapshot"')) {
      const { revision, text } = (JSON.parse(message) as { Snapshot: { revision: number; text: string } }).Snapshot;
      this.is(revision, points(text));
    } else if (message.startsWith('{"History"')) {
      const { start, operations } = (JSON.parse(message) as { History: { start: number; operations: { operation: Operation }[] } }).History;
      // A page that goes on from what an earlier one wrote down is not known here before its next text.
      if (start !== this.revision) this.text = null;
      for (const { operation } of this.text ? operations : []) this.is(this.revision + 1, apply(operation, this.text!));
    }
  }

  private is(revision: number, text: string[]): void {
    [this.text, this.revision] = [text, revision];
    this.past.seen(this.pad, revision, text.join(''));
  }
}

export class Past {
  /** Of each pad: the texts at each revision, as their hashes. */
  private readonly pads = new Map<string, Map<number, Set<string>>>();

  /** `isKept`: is there a history at all? */
  constructor(
    readonly isKept: boolean,
    private readonly violated: (what: string) => void,
  ) {}

  /** Texts that were acknowledged may be taken back from now on, and their revisions be those of others. */
  private isSure = true;

  wentBack(): void {
    this.isSure = false;
  }

  watcher(pad: string): Watcher {
    return new Watcher(this, pad);
  }

  seen(pad: string, revision: number, text: string): void {
    const texts = this.textsOf(pad, revision);
    texts.add(hashOf(text));
    if (texts.size > 1 && this.isSure && this.isKept) this.violated(`${pad} had two texts at revision ${revision}`);
  }

  /** Some revisions are read, of those that somebody saw. */
  async read(port: number, random: Random): Promise<void> {
    for (let n = AT_ONCE; n > 0; n--) {
      const moment = this.any(random);
      if (!moment) return;
      const { pad, revision } = moment;
      const answer = await ask(port, `/api/document/${pad}/history/${revision}`);
      if (answer) this.check(pad, revision, answer);
    }
  }

  /** An earlier text is brought back. `before` and `after`: texts of the pad may change, and its points come and go. */
  async restore(portOf: () => number, random: Random, around: (pad: string) => void): Promise<void> {
    const moment = this.any(random);
    const wanted = moment && (await ask(portOf(), `/api/document/${moment.pad}/history/${moment.revision}`));
    if (!moment || wanted?.status !== 200) return;
    const { pad, revision } = moment;
    const headers = { 'idempotency-key': `chaos ${random.below(2 ** 31)}`, 'x-author-name': 'The past' };
    const path = `/api/document/${pad}/history/restore`;
    around(pad);
    const done = await until(
      'an answer to bringing back a text',
      async () => {
        const answer = await ask(portOf(), path, jsonBody('POST', { revision }, headers));
        if (!answer || answer.status >= 500 || answer.status === 429) await sleep(50);
        return answer && answer.status < 500 && answer.status !== 429 ? answer : undefined;
      },
      ANSWERED_WITHIN_MS,
    );
    around(pad);
    if (done.status === 200) this.seen(pad, json<{ revision: number }>(done).revision, wanted.text);
    else if (this.isSure) this.violated(`${pad}: the text of revision ${revision} was read, and is not brought back: ${done.status} ${done.text}`);
  }

  /** All of the history, step by step: each text is the one that was seen, and of those none is missing. */
  async audit(port: number, pad: string, now: string): Promise<void> {
    if (!this.isKept) return;
    const read = new Set<number>();
    let last = '';
    for (let from: number | null = 0; from !== null; ) {
      const begin = await mustAsk(port, `/api/document/${pad}/history/${from}`);
      if (begin.status === 200) from = await this.replay(port, pad, from, begin.text, (revision, text) => (read.add(revision), (last = text)));
      else from = json<Partial<Gone>>(begin).after ?? null; // nothing at all, of a pad that nobody wrote to
    }
    if (last !== now) this.violated(`${pad}: the history does not end with the text`);
    const missing = [...(this.pads.get(pad)?.keys() ?? [])].filter((revision) => !read.has(revision));
    if (missing.length > 0 && this.isSure) this.violated(`${pad}: the history lacks ${missing.length} revisions that were seen: ${missing.slice(0, 5)}`);
  }

  /** From that revision on as far as operations lead; gives the revision behind the last. */
  private async replay(port: number, pad: string, from: number, begin: string, read: (revision: number, text: string) => void): Promise<number> {
    let text = points(begin);
    let at = from;
    this.is(pad, at, begin);
    read(at, begin);
    for (let steps: Step[] = []; ; ) {
      steps = json<Step[]>(await mustAsk(port, `/api/document/${pad}/history/operations?from=${at}`));
      if (steps.length === 0) return at + 1;
      for (const step of steps) {
        if (step.revision !== at) this.violated(`${pad}: an operation of revision ${step.revision} follows ${at}`);
        text = apply(step.operation, text);
        at = step.end ?? step.revision + 1;
        this.is(pad, at, text.join(''));
        read(at, text.join(''));
      }
    }
  }

  private check(pad: string, revision: number, { status, text }: Answer): void {
    if (status === 200) this.is(pad, revision, text);
    else if (status === 404 && this.isSure) this.violated(`${pad}: the history does not have revision ${revision}, which was seen`);
  }

  private is(pad: string, revision: number, text: string): void {
    const texts = this.textsOf(pad, revision);
    if (texts.size > 0 && !texts.has(hashOf(text)) && this.isSure) this.violated(`${pad}: the history has another text at revision ${revision} than was seen`);
  }

  private textsOf(pad: string, revision: number): Set<string> {
    const revisions = this.pads.get(pad) ?? new Map<number, Set<string>>();
    this.pads.set(pad, revisions);
    const texts = revisions.get(revision) ?? new Set<string>();
    revisions.set(revision, texts);
    return texts;
  }

  private any(random: Random): { pad: string; revision: number } | undefined {
    const known = [...this.pads].filter(([, revisions]) => revisions.size > 0);
    if (known.length === 0) return undefined;
    const [pad, revisions] = random.pick(known);
    return { pad, revision: random.pick([...revisions.keys()]) };
  }
}

const hashOf = (text: string): string => createHash('sha1').update(text).digest('base64');

/** undefined: there is no answer, or the server cannot give one now. */
async function ask(port: number, path: string, options = {}): Promise<Answer | undefined> {
  return request(port, path, options).catch(() => undefined);
}

async function mustAsk(port: number, path: string): Promise<Answer> {
  return until(`an answer to ${path}`, async () => {
    const answer = await ask(port, path);
    return answer && answer.status < 500 ? answer : undefined;
  });
}
