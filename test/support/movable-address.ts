import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A loopback port that leads to another one, and may be made to lead elsewhere. */
export interface MovableAddress {
  port: number;
  /** How many are open to it. */
  readonly connections: number;
  /** From here on connections lead to this port; those that were open are cut. */
  leadTo(port: number): void;
  /** Nothing comes through any more over the connections that are open; they stay open. */
  mute(): void;
  close(): Promise<void>;
}

/** Opens one that leads to `target`. */
export async function openMovableAddress(target: number): Promise<MovableAddress> {
  const open = new Set<Socket>();
  const cutAll = () => {
    for (const socket of open) socket.destroy();
  };
  const server = createServer((socket) => {
    const onward = connect(target, '127.0.0.1');
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      open.add(one);
      one.on('error', () => undefined);
      one.once('close', () => {
        open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return open.size / 2;
    },
    leadTo: (port) => {
      target = port;
      cutAll();
    },
    mute: () => {
      for (const socket of open) socket.unpipe();
    },
    close: async () => {
      cutAll();
      server.close();
      await once(server, 'close');
    },
  };
}
