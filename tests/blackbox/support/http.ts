// http.ts - one HTTP request on a connection of its own, the path sent as given
// (no client tidies `..` or encodes anything behind the test's back).
import http from 'node:http';

export type Answer = {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
  text: string;
};

export type RequestOptions = {
  method?: string;
  headers?: http.OutgoingHttpHeaders;
  body?: string | Buffer;
};

export function request(port: number, path: string, options: RequestOptions = {}): Promise<Answer> {
  const { method = 'GET', body = '' } = options;
  // node sends the body of a DELETE without saying how long it is
  const headers = { ...(body.length > 0 ? { 'content-length': Buffer.byteLength(body) } : {}), ...options.headers };
  return new Promise((resolve, reject) => {
    const outgoing = http.request(
      { host: '127.0.0.1', port, path, method, headers, agent: false },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const body = Buffer.concat(chunks);
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body, text: body.toString('utf8') });
        });
      },
    );
    outgoing.setTimeout(20_000, () => outgoing.destroy(new Error(`no answer to ${method} ${path}`)));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Parses the body; the message of a failure shows what came instead. */
export function json<T = Record<string, unknown>>(answer: Answer): T {
  try {
    return JSON.parse(answer.text) as T;
  } catch {
    throw new Error(`not JSON (status ${answer.status}): ${answer.text.slice(0, 200)}`);
  }
}

export const jsonBody = (method: string, body: unknown, headers: http.OutgoingHttpHeaders = {}): RequestOptions => ({
  method,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

/** One part of the Content-Security-Policy. */
export function directive(headers: Answer['headers'], name: string): string | undefined {
  const parts = String(headers['content-security-policy']).split('; ');
  return parts.find((part) => part.startsWith(`${name} `))?.slice(name.length + 1);
}
