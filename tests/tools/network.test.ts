// The network of the chaos runs may lose the end of a stream, and never anything out of its middle:
// a client that is sent what comes after a hole is right to complain.
import { expect, test } from 'vitest';
import { once } from 'node:events';
import net from 'node:net';
import { Network } from '../chaos/network.ts';

const MESSAGE = Buffer.from('abcdefghijklmnopqrstuvwxyz');

test('what comes after the place where a connection is cut does not arrive, however long the piece before is held up', async () => {
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => socket.write(MESSAGE));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const network = await Network.open(() => (server.address() as net.AddressInfo).port);
  const clients = [0, 1].map(() => net.connect(network.port, '127.0.0.1'));
  const heard = clients.map(() => '');
  const ends = clients.map((client, i) => {
    client.on('data', (bytes) => (heard[i] += bytes.toString()));
    return once(client, 'close');
  });
  const ask = (client: net.Socket): Promise<unknown> => {
    client.write('?');
    return new Promise((resolve) => setTimeout(resolve, 30)); // until it is on its way back
  };

  network.down.delayMs = 400;
  await ask(clients[0]!);
  network.heal();
  network.down.cutAfterBytes = MESSAGE.length / 2;
  await ask(clients[0]!); // of this answer half is left, and then it is cut
  await ask(clients[1]!);
  await ask(clients[0]!);
  await ends[0];
  expect(heard[0]).toBe(`${MESSAGE}${MESSAGE.subarray(0, MESSAGE.length / 2)}`);

  await ask(clients[1]!); // one connection is cut, and this is another
  expect(heard[1]).toBe(`${MESSAGE}${MESSAGE}`);
  clients[1]!.end();
  await ends[1];
  await network.close();
  server.close();
});
