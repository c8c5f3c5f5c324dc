import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Receivers that answer 200 at once, in a process of their own, and remember the event ids that they were sent. */
export interface Sinks {
  ports: number[];
  /** Event ids received since the last time, in any order. */
  take(): Promise<string[]>;
  stop(): void;
}

/** Lean on purpose: they share the machine with what is measured. */
const PROGRAM = `
  const net = require('node:net');
  const ANSWER = 'HTTP/1.1 200 OK\\r\\ncontent-length: 0\\r\\n\\r\\n';
  const END = '\\r\\n\\r\\n';
  let received = [];
  const serve = (socket) => {
    let rest = '';
    socket.setNoDelay(true).setEncoding('latin1').on('error', () => undefined);
    socket.on('data', (chunk) => {
      rest += chunk;
      let answers = '';
      for (let end = rest.indexOf(END); end >= 0; end = rest.indexOf(END)) {
        const at = rest.indexOf('?id=') + 4;
        received.push(rest.slice(at, at + 36));
        answers += ANSWER;
        rest = rest.slice(end + END.length);
      }
      if (answers !== '') socket.write(answers);
    });
  };
  const servers = Array.from({ length: Number(process.argv[2]) }, () => net.createServer(serve));
  Promise.all(servers.map((server) => new Promise((done) => server.listen(0, '127.0.0.1', done)))).then(() =>
    process.send(servers.map((server) => server.address().port)),
  );
  process.on('message', () => {
    process.send(received);
    received = [];
  });
  process.on('disconnect', () => process.exit());
`;

/** Starts so many sinks on loopback ports. */
export async function startSinks(count: number): Promise<Sinks> {
  const directory = mkdtempSync(join(tmpdir(), 'tributary-sinks-'));
  const program = join(directory, 'sinks.cjs');
  writeFileSync(program, PROGRAM);
  const child = fork(program, [String(count)]);
  const [ports] = (await once(child, 'message')) as [number[]];
  rmSync(directory, { recursive: true });
  return {
    ports,
    take: async () => {
      const told = once(child, 'message') as Promise<[string[]]>;
      child.send('take');
      return (await told)[0];
    },
    stop: () => child.disconnect(),
  };
}
