import fc from 'fast-check';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseUrlOf } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { makeTrackingScene, type TrackingScene } from '../../support/tracking-scene.js';

interface VisitRow {
  id: string;
  query: Record<string, string>;
  ip: string | null;
  user_agent: string | null;
  promo_id: string;
}

let app: TestApp;
let scene: TrackingScene;

beforeAll(async () => {
  app = await createTestApp({ env: { TRUSTED_PROXIES: '127.0.0.1,10.0.0.0/8' }, background: false });
  scene = await makeTrackingScene(databaseUrlOf(app.db), { promos: 2 });
});
afterAll(() => app.close());

/** Clicks as a browser would; does not follow. */
function click(target: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${app.url}/r/${target}`, { redirect: 'manual', ...init });
}

function tagOf(response: Response): string {
  expect(response.status).toBe(302);
  return new URL(response.headers.get('location')!).searchParams.get('tag')!;
}

async function visit(id: string): Promise<VisitRow> {
  const [row] = await app.db.query<VisitRow[]>('SELECT * FROM visits WHERE id = $1', [id]);
  return row!;
}

/** Sends a request's head as it is, byte by byte, and gives the answer. */
async function raw(head: string): Promise<string> {
  const { hostname, port } = new URL(app.url);
  const socket = connect(Number(port), hostname);
  socket.write(Buffer.from(`${head}\r\nHost: x\r\nConnection: close\r\n\r\n`, 'latin1'));
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
  await once(socket, 'close');
  return answer;
}

function tagOfRaw(answer: string): string {
  expect(answer).toMatch(/^HTTP\/1\.1 302 /);
  return /^location: \S*[?&]tag=([0-9a-f-]{36})#top\r$/im.exec(answer)![1]!;
}

describe('A06 tracking link', () => {
  it('redirects to the landing with the visit id beside the landing’s own query', async () => {
    const response = await click(`${scene.promos[0]!.code}?clickid=c-1&sub=a+b%26c`, {
      headers: { 'user-agent': 'Browser/1' },
    });
    const tag = tagOf(response);
    expect(response.headers.get('location')).toBe(`https://fox.example/welcome?lang=en&tag=${tag}#top`);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('referrer-policy')).toBeTruthy();
    expect(await visit(tag)).toMatchObject({
      query: { clickid: 'c-1', sub: 'a b&c' },
      user_agent: 'Browser/1',
      promo_id: scene.promos[0]!.id,
    });
  });

  it('treats HEAD as GET, and refuses other methods', async () => {
    expect(await visit(tagOf(await click(scene.promos[0]!.code, { method: 'HEAD' })))).toBeDefined();
    const refused = await click(scene.promos[0]!.code, { method: 'POST', body: 'x' });
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('answers with the id of a request that leads nowhere, or with one of its own', async () => {
    const named = await click('nosuchcode', { headers: { 'x-request-id': 'mine-1' } });
    expect([named.status, named.headers.get('x-request-id')]).toEqual([404, 'mine-1']);
    const unnamed = await click('nosuchcode', { headers: { 'x-request-id': 'no good one' } });
    expect(unnamed.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each(['nosuchcode', '', 'short', '../../etc/passwd', 'a'.repeat(3_000), '%00%00%00%00'])(
    'answers an unknown code with a page: %j',
    async (code) => {
      const answer = await raw(`GET /r/${code} HTTP/1.1`);
      expect(answer).toMatch(/^HTTP\/1\.1 404 /);
      expect(answer).toContain('text/html');
    },
  );

  it('follows a promo that is made after its code was asked for, and a landing that moves', async () => {
    const code = 'Later12345';
    expect((await click(code)).status).toBe(404);
    const { campaignId, partnerId, brandId, landingId } = scene;
    await app.db.query(
      `INSERT INTO promos (id, campaign_id, partner_id, brand_id, code, title, landing_id, created_at)
       VALUES (gen_random_uuid(), $1, $2, $3, $4, 'Later', $5, now())`,
      [campaignId, partnerId, brandId, code, landingId],
    );
    await app.db.query(`SELECT pg_notify('promos_changed', $1)`, [code]);
    await expect.poll(async () => (await click(code)).status).toBe(302);
    await app.db.query(`UPDATE landings SET url = 'https://fox.example/moved#top' WHERE id = $1`, [
      landingId,
    ]);
    await app.db.query(`SELECT pg_notify('promos_changed', $1)`, [code]);
    await expect.poll(async () => (await click(code)).headers.get('location')).toContain('/moved?tag=');
    await app.db.query(`UPDATE landings SET url = 'https://fox.example/welcome?lang=en#top' WHERE id = $1`, [
      landingId,
    ]);
  });

  it('believes X-Forwarded-For of trusted proxies only', async () => {
    const { code } = scene.promos[1]!;
    const ipOf = async (forwarded: string): Promise<string | null> =>
      (await visit(tagOf(await click(code, { headers: { 'x-forwarded-for': forwarded } })))).ip;
    expect(await ipOf('203.0.113.7')).toBe('203.0.113.7');
    expect(await ipOf('198.51.100.1, 203.0.113.7, 10.1.2.3')).toBe('203.0.113.7');
    expect(await ipOf('2001:db8::1')).toBe('2001:db8::1');
    expect(await ipOf('203.0.113.7:4711')).toBe('203.0.113.7');
    // The proxy does not know: the visitors behind it have no address in common.
    expect(await ipOf('unknown')).toBeNull();
    expect(await ipOf("'; DROP TABLE visits; --")).toBeNull();
  });

  it('keeps visits in the partition of their day', async () => {
    const tag = tagOf(await click(scene.promos[0]!.code));
    const [row] = await app.db.query<[{ name: string }]>(
      'SELECT tableoid::regclass::text AS name FROM visits WHERE id = $1',
      [tag],
    );
    expect(row.name).toBe('visits_20261102');
  });
});

/** What has broken other programs, from the Big List of Naughty Strings and its like. */
const NAUGHTY = [
  "'; DROP TABLE visits; --",
  "1' OR '1'='1",
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '${7*7}{{7*7}}#{7*7}',
  '$(touch /tmp/x)`id`|id;id',
  '../../../../etc/passwd',
  'file:///etc/passwd',
  'http://169.254.169.254/latest/meta-data',
  'undefined',
  'null',
  'NaN',
  '-1e9999',
  '0x7fffffff',
  '%s%n%x%p',
  '\\u0041\\N\\.\\t',
  '\\N',
  '\\.',
  '\t\n\r\u000b\f\u001b[31m',
  '\u202etest\u202d\ufeff\u200b\u00ad',
  'Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324\u031e',
  '\u0e4f\u032f\u0361\u0e4f \u2f83\u5ee2 \u05e9\u05c1 \u0627\u0644\u0639\u0631\u0628\u064a\u0629',
  '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}\u{1f3f3}\ufe0f\u200d\u{1f308}',
  '\uffff\ufffe\u{10ffff}',
  '=HYPERLINK("http://evil.example")',
  '@SUM(1)',
  ']]>',
  '{"__proto__":{"polluted":true}}',
];

describe('attacks on clicks', () => {
  it('stores naughty strings as they came, as values and as names', async () => {
    for (const naughty of NAUGHTY) {
      const text = encodeURIComponent(naughty);
      const answer = await raw(`GET /r/${scene.promos[0]!.code}?a=${text}&${text}=b HTTP/1.1`);
      expect(answer.match(/^location: /gim), naughty).toHaveLength(1);
      expect((await visit(tagOfRaw(answer))).query).toEqual({ a: naughty, [naughty]: 'b' });
    }
  });

  it('stores any text at all (property)', async () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(text, text, async (name, value) => {
        const query = `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
        const answer = await raw(`GET /r/${scene.promos[0]!.code}?${query} HTTP/1.1`);
        const kept = (part: string): string => part.replaceAll('\0', '\u{fffd}');
        expect((await visit(tagOfRaw(answer))).query).toEqual(
          Object.fromEntries([[kept(name), kept(value)]]),
        );
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['%', '%'.repeat(60_000)],
    ['&', '&'.repeat(60_000)],
    ['=', `a${'='.repeat(60_000)}`],
    ['malformed escapes', '%E4'.repeat(20_000)],
    ['arrays', 'a[]=1&'.repeat(10_000)],
    [
      'nested names of the prototype',
      '__proto__[polluted]=1&constructor[prototype][polluted]=1&'.repeat(1_000),
    ],
  ])('redirects with 60 KB of %s', async (_name, query) => {
    expect(
      await visit(tagOfRaw(await raw(`GET /r/${scene.promos[0]!.code}?${query} HTTP/1.1`))),
    ).toBeDefined();
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('answers a line that is too long, and goes on', async () => {
    const answer = await raw(`GET /r/${scene.promos[0]!.code}?a=${'x'.repeat(200_000)} HTTP/1.1`);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect((await click(scene.promos[0]!.code)).status).toBe(302);
  });

  it('never takes a line break in the request for one in its answer', async () => {
    const answer = await raw(`GET /r/${scene.promos[0]!.code}?a=1\r\nSet-Cookie: x=1 HTTP/1.1`);
    expect(answer).not.toMatch(/set-cookie/i);
  });

  it.each<[string, string, Record<string, string>]>([
    ['a foreign target', 'url=//evil.example&tag=x', { url: '//evil.example', tag: 'x' }],
    ['array names', 'a[]=1&a[]=2', { 'a[]': '1' }],
    ['repeated names', 'a=1&a=2&A=3', { a: '1', A: '3' }],
    ['encoded line breaks', 'a=%0d%0aSet-Cookie:%20x=1', { a: '\r\nSet-Cookie: x=1' }],
    ['malformed percent signs', 'a=%&b=%zz&c=%E4%F6&%=d', { a: '%', b: '%zz', c: '%E4%F6', '%': 'd' }],
    ['NUL', 'a=x%00y&b=%00', { a: 'x\u{fffd}y', b: '\u{fffd}' }],
    ['a lone surrogate', 'a=%ED%A0%80', { a: '%ED%A0%80' }],
    ['an emoji', 'a=%F0%9F%A6%8A', { a: '🦊' }],
    ['quotes and backslashes', 'a="\\&b={}', { a: '"\\', b: '{}' }],
    ['empty parts', '&&=x&a&b=', { a: '', b: '' }],
    ['names of the prototype', '__proto__=1&constructor=2&toString=3', JSON.parse('{"__proto__":"1","constructor":"2","toString":"3"}')], // prettier-ignore
  ])('stores %s as it came', async (_name, query, stored) => {
    const answer = await raw(`GET /r/${scene.promos[0]!.code}?${query} HTTP/1.1`);
    expect(answer.match(/^location: /gim)).toHaveLength(1);
    expect(answer).not.toMatch(/set-cookie/i);
    expect(answer).toContain('https://fox.example/');
    expect((await visit(tagOfRaw(answer))).query).toEqual(stored);
  });

  it('redirects with 64 KiB of query and keeps what fits', async () => {
    const long = `clickid=c-1&junk=${'x'.repeat(65_000)}&last=1`;
    const tag = tagOfRaw(await raw(`GET /r/${scene.promos[0]!.code}?${long} HTTP/1.1`));
    expect((await visit(tag)).query).toEqual({ clickid: 'c-1', last: '1' });
  });

  it('keeps 64 parameters of 1000', async () => {
    const many = Array.from({ length: 1_000 }, (_, index) => `p${index}=${index}`).join('&');
    const tag = tagOfRaw(await raw(`GET /r/${scene.promos[0]!.code}?${many} HTTP/1.1`));
    expect(Object.keys((await visit(tag)).query)).toHaveLength(64);
  });

  it('a header that the database would refuse does not cost the click', async () => {
    const answer = await raw(`GET /r/${scene.promos[0]!.code} HTTP/1.1\r\nUser-Agent: \xff\xfe\x80`);
    expect((await visit(tagOfRaw(answer))).user_agent).toBe('\xff\xfe\x80');
  });
});

describe('B02 a database that is away', () => {
  it('loses its connections: clicks go on, none is answered without being stored', async () => {
    const { code } = scene.promos[0]!;
    const before = await app.db.query<[{ count: string }]>('SELECT count(*) FROM visits');
    const clicks = Array.from({ length: 300 }, async (_, index) => {
      if (index % 100 === 50) {
        await app.db
          .query(
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
              WHERE datname = current_database() AND pid <> pg_backend_pid()
                AND application_name IN ('tributary-visits', 'tributary-promos')`,
          )
          .catch(() => {});
      }
      return tagOf(await click(`${code}?i=${index}`));
    });
    const tags = await Promise.all(clicks);
    const stored = await app.db.query<{ id: string }[]>('SELECT id FROM visits WHERE id = ANY($1)', [tags]);
    expect(stored).toHaveLength(300);
    const after = await app.db.query<[{ count: string }]>('SELECT count(*) FROM visits');
    expect(Number(after[0].count) - Number(before[0].count)).toBe(300);
  });

  it('holds visits back: they wait within a bound and then get 503 with Retry-After; later ones are stored', async () => {
    const { code } = scene.promos[0]!;
    const runner = app.db.createQueryRunner();
    await runner.startTransaction();
    await runner.query('LOCK TABLE visits IN ACCESS EXCLUSIVE MODE');
    const started = performance.now();
    const response = await click(code);
    expect(performance.now() - started).toBeLessThan(5_000);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2']);
    await runner.rollbackTransaction();
    await runner.release();
    expect(await visit(tagOf(await click(code)))).toBeDefined();
  });
});
