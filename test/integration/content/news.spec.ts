import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CountriesOfNews1763000000201 } from '../../../migrations/0201-countries-of-news.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, impersonate, joinAsPartner, type Person, signIn } from '../../support/journey.js';
import { makeProgram, type Program } from '../../support/program.js';
import { SAMPLE_PNG, samplePng, sampleZip } from '../../support/sample-files.js';
import { codeOf } from '../identity/scene.js';

interface Image {
  id: string;
  alt: string;
  path: string;
}
interface News {
  id: string;
  title: string;
  read: boolean;
  bodyHtml: string;
  images: Image[];
}
interface Page {
  items: News[];
  nextCursor: string | null;
  unreadCount: number;
}

let app: TestApp;
let operator: Person;
let program: Program;
let ann: Person;
let carl: Person;

beforeAll(async () => {
  app = await createTestApp();
  operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  program = await makeProgram(operator);
  ann = await joinAsPartner(app, operator, 'ann@example.com');
  carl = await joinAsPartner(app, operator, 'carl@example.com', { kind: 'creator', country: 'AT' });
});
afterAll(() => app.close());

const write = async (news: object = {}): Promise<string> =>
  body<{ id: string }>(
    await operator.post('operator/news', { title: 'Fox joins', body: 'From **today** on.', ...news }),
    201,
  ).id;
const publish = async (id: string, when: object = {}): Promise<string> => {
  body(await operator.post(`operator/news/${id}/publish`, when), 200);
  return id;
};
const list = async (who: Person, query = ''): Promise<Page> =>
  body<Page>(await who.get(`partner/news?limit=200${query}`), 200);
const idsOf = ({ items }: Page): string[] => items.map(({ id }) => id);

describe('A21 news', () => {
  it('is a draft that nobody sees, then published, then archived', async () => {
    const id = await write();
    expect(idsOf(await list(ann))).not.toContain(id);
    expect(codeOf(await ann.get(`partner/news/${id}`))).toBe('404 NOT_FOUND');
    expect(codeOf(await operator.post(`operator/news/${id}/archive`))).toBe('409 NEWS_STATE_CONFLICT');
    await publish(id);
    expect(body<News>(await ann.get(`partner/news/${id}`), 200)).toMatchObject({
      title: 'Fox joins',
      body: 'From **today** on.',
      bodyHtml: '<p>From <strong>today</strong> on.</p>',
      publishAt: app.clock.now().toISOString(),
      read: false,
    });
    expect(codeOf(await operator.delete(`operator/news/${id}`))).toBe('409 NEWS_STATE_CONFLICT');
    body(await operator.post(`operator/news/${id}/archive`), 200);
    expect(codeOf(await ann.get(`partner/news/${id}`))).toBe('404 NOT_FOUND');
  });

  it('waits for its time', async () => {
    const id = await publish(await write(), { publishAt: '2026-11-02T09:01:00Z' });
    expect(idsOf(await list(ann))).not.toContain(id);
    app.clock.set('2026-11-02T09:01:00Z');
    expect(idsOf(await list(ann))).toContain(id);
    const noZone = await operator.post(`operator/news/${id}/publish`, { publishAt: '2026-11-02T09:01:00' });
    expect(codeOf(noZone)).toBe('400 VALIDATION_FAILED');
  });

  it('reaches those whom it is for, and nobody else', async () => {
    const annId = body<{ partnerId: string }>(await ann.get('me'), 200).partnerId;
    const [{ packageId }] = await app.db.query<[{ packageId: string }]>(
      'SELECT package_id AS "packageId" FROM partners WHERE id = $1',
      [annId],
    );
    const both = await publish(await write({ packageIds: [packageId], countries: ['DE', 'AT'] }));
    const creators = await publish(await write({ partnerKinds: ['creator'] }));
    const germany = await publish(await write({ countries: ['DE'], partnerKinds: ['affiliate'] }));
    const nobody = await publish(await write({ countries: ['DE'], partnerKinds: ['creator'] }));
    const workers = await publish(await write({ brandIds: [program.brandId] }));
    const all = [both, creators, germany, nobody, workers];
    const seenBy = async (who: Person) => idsOf(await list(who)).filter((id) => all.includes(id));

    expect(await seenBy(ann)).toEqual([germany, both]);
    expect(await seenBy(carl)).toEqual([creators, both]);
    expect(codeOf(await ann.get(`partner/news/${creators}`))).toBe('404 NOT_FOUND');
    expect(codeOf(await ann.post(`partner/news/${creators}/read`))).toBe('404 NOT_FOUND');
    body(
      await ann.post('partner/campaigns', {
        name: 'Autumn',
        brandId: program.brandId,
        commissionPlanId: program.planId,
      }),
      201,
    );
    expect(await seenBy(ann)).toEqual([workers, germany, both]);
    const unknown = await operator.post('operator/news', { title: 'a', body: 'b', brandIds: [annId] });
    expect(codeOf(unknown)).toBe('422 VALIDATION_FAILED');
    // Partners' countries are kept in capital letters: in small ones it would reach nobody.
    for (const countries of [['de'], ['DE', 'at'], ['ZZ']]) {
      const small = await operator.post('operator/news', { title: 'a', body: 'b', countries });
      expect(small.body).toMatchObject({
        errors: [
          { path: 'countries', message: expect.stringContaining('in capital letters, such as DE') as string },
        ],
      });
    }
  });

  it('written when countries could be in small letters reaches them since', async () => {
    const id = await publish(await write({ countries: ['DE'] }));
    await app.db.query(`UPDATE news SET countries = '{at,DE,At}' WHERE id = $1`, [id]);
    expect(idsOf(await list(carl))).not.toContain(id);
    const runner = app.db.createQueryRunner();
    await new CountriesOfNews1763000000201().up(runner);
    await runner.release();
    expect(idsOf(await list(carl))).toContain(id);
    expect(body(await operator.get(`operator/news/${id}`), 200)).toMatchObject({ countries: ['AT', 'DE'] });
  });

  it('is paged, newest first, and by language', async () => {
    const german = await publish(await write({ language: 'de' }));
    app.clock.advance(1);
    const english = await publish(await write({ language: 'en-GB' }));
    const all = idsOf(await list(ann));
    const paged: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Page = body(await ann.get(`partner/news?limit=2${cursor && `&cursor=${cursor}`}`), 200);
      paged.push(...idsOf(page));
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(all);
    expect(all.slice(0, 2)).toEqual([english, german]);
    const read = idsOf(await list(ann, '&language=DE'));
    expect(read).toContain(german);
    expect(read).not.toContain(english);
  });

  it('is counted as unread until a person has read it, on the dashboard too', async () => {
    const { unreadCount } = await list(ann);
    const id = await publish(await write({ title: 'To be read' }));
    expect((await list(ann)).unreadCount).toBe(unreadCount + 1);
    expect((await ann.post(`partner/news/${id}/read`)).status).toBe(204);
    expect((await ann.post(`partner/news/${id}/read`)).status).toBe(204);
    expect((await list(ann)).unreadCount).toBe(unreadCount);
    expect((await list(ann)).items.find((item) => item.id === id)!.read).toBe(true);
    expect((await list(carl)).items.find((item) => item.id === id)!.read).toBe(false);
    const { news } = body<{ news: { latest: News[]; unreadCount: number } }>(
      await ann.get('partner/dashboard'),
      200,
    );
    expect(news.latest.length).toBeLessThanOrEqual(3);
    expect(news.latest[0]).toMatchObject({ id, title: 'To be read', read: true });
    expect(news.unreadCount).toBe(unreadCount);
    const { partnerId } = body<{ partnerId: string }>(await ann.get('me'), 200);
    const impersonator = await impersonate(app, operator, partnerId);
    expect(codeOf(await impersonator.post(`partner/news/${id}/read`))).toBe('403 NOT_WHILE_IMPERSONATING');
    body(await operator.post('operator/impersonation/exit'), 200);
  });

  it('executes nothing of what stands in it', async () => {
    const text = [
      '<script>alert(1)</script> <img src=x onerror=alert(1)>',
      '[click](javascript:alert(1)) [data](data:text/html,<script>) ![x](javascript:alert(1))',
      '<javascript:alert(1)> [a]: <javascript:alert(1)> [ok](https://fox.example/?a=1&b=2 "t\\"x")',
    ].join('\n\n');
    const id = await publish(await write({ body: text, title: '<b>bold</b>' }));
    const { bodyHtml, title } = body<News>(await ann.get(`partner/news/${id}`), 200);
    expect(title).toBe('<b>bold</b>');
    expect(bodyHtml).not.toMatch(/<script|<img[^>]*onerror|(?:href|src)="(?:javascript|data):/i);
    expect(bodyHtml).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(bodyHtml).toContain('href="https://fox.example/?a=1&amp;b=2"');
  });
});

describe('A21 images of news', () => {
  const png = (fileName: string, content = SAMPLE_PNG) => ({ content, fileName });

  it('are shown to those who may see the news, until it or they are gone', async () => {
    const id = await write({ partnerKinds: ['affiliate'] });
    const image = body<Image>(
      await operator.upload(`operator/news/${id}/images`, { ...png('fox.png'), fields: { alt: 'A fox' } }),
      201,
    );
    const path = `partner/news/${id}/images/${image.id}`;
    expect(codeOf(await ann.get(path))).toBe('404 NOT_FOUND');
    await publish(id);
    const shown = await ann.download(path);
    expect([shown.status, shown.headers['content-type']]).toEqual([200, 'image/png']);
    expect(shown.headers['content-security-policy']).toBe("default-src 'none'; sandbox");
    expect(SAMPLE_PNG.equals(shown.body as Buffer)).toBe(true);
    expect(body<News>(await ann.get(`partner/news/${id}`), 200).images).toMatchObject([
      { id: image.id, alt: 'A fox', path: `/api/v1/${path}` },
    ]);
    expect(codeOf(await carl.get(path))).toBe('404 NOT_FOUND');
    const other = await publish(await write());
    expect(codeOf(await ann.get(`partner/news/${other}/images/${image.id}`))).toBe('404 NOT_FOUND');
    expect((await operator.delete(`operator/news/${id}/images/${image.id}`)).status).toBe(204);
    expect(codeOf(await ann.get(path))).toBe('404 NOT_FOUND');
  });

  it('are images and nothing else, and ten at most', async () => {
    const id = await write();
    const images = `operator/news/${id}/images`;
    const polyglot = Buffer.concat([samplePng(2, 2), sampleZip()]);
    const scripted = Buffer.concat([samplePng(2, 2), Buffer.from('<script>alert(1)</script>')]);
    for (const file of [
      png('fox.png', polyglot),
      png('fox.png', scripted),
      png('fox.jpg'),
      png('fox.svg', Buffer.from('<svg onload="alert(1)"/>')),
      png('fox.png', Buffer.alloc(0)),
    ]) {
      expect(codeOf(await operator.upload(images, file)), file.fileName).toBe('422 INVALID_IMAGE');
    }
    const large = Buffer.concat([samplePng(2, 2).subarray(0, 50), Buffer.alloc(11 * 1024 * 1024)]);
    expect(codeOf(await operator.upload(images, png('fox.png', large)))).toBe('413 FILE_TOO_LARGE');
    const added = await Promise.all(
      Array.from({ length: 12 }, () => operator.upload(images, png('fox.png'))),
    );
    expect(added.map(codeOf).sort()).toEqual([
      ...Array<string>(10).fill('201 OK'),
      ...Array<string>(2).fill('409 TOO_MANY_IMAGES'),
    ]);
    expect((await operator.delete(`operator/news/${id}`)).status).toBe(204);
    expect(await app.db.query('SELECT id FROM news_images WHERE news_id = $1', [id])).toEqual([]);
    expect(codeOf(await operator.upload(images, png('fox.png')))).toBe('404 NOT_FOUND');
  });
});
