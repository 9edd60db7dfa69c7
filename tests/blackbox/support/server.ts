// server.ts - servers that live as long as a test or a file.
//
// A test calls startServer(); when the test ends, the server is asked to stop
// and must do so with exit code 0 and without a word from a sanitizer. A file
// whose tests share one server calls useServer() at its top.
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import type { Settings } from './server_process.ts';
import { Server } from './server_process.ts';

export * from './server_process.ts';

/** A server for one test. */
export async function startServer(settings: Settings = {}, folder?: string, prefix?: readonly string[]): Promise<Server> {
  const server = await Server.launch(settings, folder, prefix);
  onTestFinished(() => server.dispose());
  await server.listening();
  return server;
}

/** A server for all tests of a file; each test takes documents of its own. */
export function useServer(settings: Settings = {}): () => Server {
  let server: Server | undefined;
  beforeAll(async () => {
    server = await Server.start(settings);
  });
  afterAll(() => server?.dispose());
  return () => {
    if (server === undefined) throw new Error('the server did not start');
    return server;
  };
}

let documents = 0;
/** A document id that no other test uses. */
export function freshId(name = 'pad'): string {
  documents += 1;
  return `${name}-${process.pid}-${documents}`;
}
