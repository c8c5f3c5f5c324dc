import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AppProcess, spawnApp } from '../support/process.js';
import { makeTrackingScene } from '../support/tracking-scene.js';
import { load } from './load.js';
import { type BenchServer, median, print, startBenchServer, takeTurns } from './measure.js';

const HOT_PROMOS = 100;
const MANY_PROMOS = 1_000_000;

/** The least that answers a click: bare node:http with a redirect of the same length. */
const BARE = `
  const location = 'https://fox.example/welcome?lang=en&tag=019a4c3e-7b1a-7c3d-8e4f-5a6b7c8d9e0f#top';
  const server = require('node:http').createServer((request, response) => {
    response.writeHead(302, { Location: location, 'Content-Length': '0' });
    response.end();
  });
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

/** The least that stores a click before it answers. */
const PLAIN = join(import.meta.dirname, 'plain-redirect.mjs');

let server: BenchServer;
let bare: Yardstick;
let plain: Yardstick;
const programs: { app: AppProcess; url: string }[] = [];

interface Yardstick {
  port: number;
  stop(): void;
}

interface Program {
  port: number;
  databaseUrl: string;
  targets: string[];
}

beforeAll(async () => {
  server = await startBenchServer();
  bare = await startYardstick(['-e', BARE]);
  plain = await startYardstick([PLAIN], { DATABASE_URL: await server.makeDatabase('plain') });
});
afterAll(async () => {
  bare.stop();
  plain.stop();
  for (const { app } of programs) await app.kill();
  await server.stop();
});

/** Starts a program of Node's that prints its port. */
async function startYardstick(parameters: string[], env: Record<string, string> = {}): Promise<Yardstick> {
  const child = spawn(process.execPath, parameters, {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { port: Number(line.toString()), stop: () => child.kill() };
}

async function startProgram(name: string, promos: number): Promise<Program> {
  const databaseUrl = await server.makeDatabase(name);
  const scene = await makeTrackingScene(databaseUrl, { promos: HOT_PROMOS });
  await onDatabase(databaseUrl, async (client) => {
    await client.query(
      `INSERT INTO promos (id, campaign_id, partner_id, brand_id, code, title, landing_id, created_at)
       SELECT gen_random_uuid(), $1, $2, $3, 'F' || lpad(n::text, 9, '0'), 'Promo', $4, now()
         FROM generate_series(1, $5::int) AS n`,
      [scene.campaignId, scene.partnerId, scene.brandId, scene.landingId, promos - HOT_PROMOS],
    );
    await client.query('VACUUM ANALYZE promos');
    await client.query('CHECKPOINT');
  });
  const app = await spawnApp({ DATABASE_URL: databaseUrl, LOG_LEVEL: 'warn' });
  programs.push({ app, url: databaseUrl });
  const targets = scene.promos.map(
    ({ code }, index) => `/r/${code}?clickid=click-${index}&sub=banner-${index % 7}`,
  );
  return { port: Number(new URL(app.url).port), databaseUrl, targets };
}

async function onDatabase<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function countVisits(url: string): Promise<number> {
  return onDatabase(url, async (client) => {
    const { rows } = await client.query<{ count: string }>('SELECT count(*) FROM visits');
    return Number(rows[0]!.count);
  });
}

describe('redirect', () => {
  let few: Program;

  it('throughput and p99 beside bare node:http', async () => {
    few = await startProgram('few', HOT_PROMOS);
    let answered = 0;
    const p99: { ours: number[]; bare: number[] } = { ours: [], bare: [] };
    const result = await takeTurns(
      async () => {
        const round = await load(few.port, few.targets);
        expect(Object.keys(round.statuses)).toEqual(['302']);
        answered += round.answered;
        p99.ours.push(round.p99Ms);
        return round.perSecond;
      },
      async () => {
        const round = await load(bare.port, few.targets);
        p99.bare.push(round.p99Ms);
        return round.perSecond;
      },
    );
    print('redirect', 'clicks/s', result, '≥ 0.60');
    const [ours, theirs] = [median(p99.ours), median(p99.bare)];
    process.stdout.write(
      `redirect p99: ours ${ours.toFixed(1)} ms, bare ${theirs.toFixed(1)} ms, ratio ${(ours / theirs).toFixed(1)} (goal ≤ 4)\n`,
    );
    expect(await countVisits(few.databaseUrl)).toBe(answered);
  });

  it('throughput beside the least that stores a click before it answers', async () => {
    const rate = async (port: number): Promise<number> => (await load(port, few.targets)).perSecond;
    print(
      'redirect, beside a plain program with group commit',
      'clicks/s',
      await takeTurns(() => rate(few.port), () => rate(plain.port)), // prettier-ignore
    );
  });

  it('idle cost of a million promos', async () => {
    const many = await startProgram('many', MANY_PROMOS);
    const rate = async ({ port, targets }: Program): Promise<number> => (await load(port, targets)).perSecond;
    print(
      'redirect, idle cost',
      'clicks/s',
      await takeTurns(() => rate(many), () => rate(few)), // prettier-ignore
      '≥ 0.95',
    );
  });
});
