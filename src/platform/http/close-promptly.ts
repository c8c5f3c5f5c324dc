import type { Server } from 'node:http';
import type { Socket } from 'node:net';

const SWEEP_INTERVAL_MS = 100;
/** For a request that is already on its way on a connection that was just opened. */
const UNUSED_GRACE_MS = 1_000;

/**
 * Makes a closing server wait only for requests under way: connections that clients keep alive end with their
 * last answer, and those that browsers opened ahead and never used end soon. By itself Node waits for both.
 */
export function closePromptly(server: Server): Server {
  const unused = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', (request) => unused.delete(request.socket));
  const close = server.close.bind(server);
  server.close = (done) => {
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_INTERVAL_MS);
    const drop = setTimeout(() => {
      for (const socket of unused) socket.destroy();
    }, UNUSED_GRACE_MS);
    return close((error) => {
      clearInterval(sweep);
      clearTimeout(drop);
      done?.(error);
    });
  };
  return server;
}
