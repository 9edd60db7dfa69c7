// What the client of version 1 must do for itself, as a test of it and not of the server.
import net from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { Connection, Refused } from '../blackbox/support/connection.ts';

test('a refusal that breaks off is a refusal', async () => {
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.write('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 100\r\n\r\nThe', () => socket.destroy()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as net.AddressInfo;
  const refused = await Connection.dial(`ws://127.0.0.1:${port}/api/socket/pad`).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Refused);
});
