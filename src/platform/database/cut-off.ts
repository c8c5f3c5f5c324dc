import type pg from 'pg';

/** Ends a connection at once. Not `end()`: a server that hangs would never confirm it. */
export function cutOff(client: pg.ClientBase): void {
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}
