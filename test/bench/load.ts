import { connect } from 'node:net';

export interface LoadResult {
  answered: number;
  perSecond: number;
  p99Ms: number;
  /** Answers by status. */
  statuses: Record<string, number>;
}

const END = '\r\n\r\n';

/**
 * Sends GET requests over `connections` kept-alive connections for `durationMs`, the next one on each as soon as the
 * one before was answered. Lean on purpose: it shares the machine with what it measures. Answers must have no body.
 */
export async function load(
  port: number,
  targets: readonly string[],
  { connections = 64, durationMs = 4_000 } = {},
): Promise<LoadResult> {
  const requests = targets.map((target) =>
    Buffer.from(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n\r\n`),
  ); // prettier-ignore
  const statuses: Record<string, number> = {};
  const latencies: number[] = [];
  let next = 0;
  const started = performance.now();
  const stopAt = started + durationMs;
  await Promise.all(
    Array.from({ length: connections }, () => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      let sentAt = 0;
      let answer = '';
      const send = (): void => {
        sentAt = performance.now();
        socket.write(requests[next++ % requests.length]!);
      };
      socket.setEncoding('latin1');
      socket.on('connect', send);
      socket.on('data', (chunk: string) => {
        answer += chunk;
        if (!answer.endsWith(END)) return;
        const now = performance.now();
        latencies.push(now - sentAt);
        const status = answer.slice(9, 12);
        statuses[status] = (statuses[status] ?? 0) + 1;
        answer = '';
        if (now < stopAt) send();
        else socket.end();
      });
      return new Promise<void>((resolve, reject) => {
        socket.on('close', () => resolve());
        socket.on('error', reject);
      });
    }),
  );
  const seconds = (performance.now() - started) / 1_000;
  latencies.sort((a, b) => a - b);
  return {
    answered: latencies.length,
    perSecond: latencies.length / seconds,
    p99Ms: latencies[Math.floor(latencies.length * 0.99)] ?? 0,
    statuses,
  };
}
