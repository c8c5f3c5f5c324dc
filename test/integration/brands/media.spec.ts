import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, joinAsPartner, type Person, signIn, type UploadedFile } from '../../support/journey.js';
import { makeProgram } from '../../support/program.js';
import { sampleGif, sampleJpeg, samplePng, sampleWebp } from '../../support/sample-files.js';

interface Medium {
  id: string;
  url: string | null;
  partnerIds?: string[];
}
interface Problem {
  code: string;
  errors: { path: string; message: string }[];
}

let app: TestApp;
let operator: Person;
let partner: Person;
let stranger: Person;
let partnerId: string;
let brandId: string;
let program: Awaited<ReturnType<typeof makeProgram>>;

beforeAll(async () => {
  app = await createTestApp();
  operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  partner = await joinAsPartner(app, operator, 'media@partners.example');
  stranger = await joinAsPartner(app, operator, 'stranger@partners.example');
  [{ id: partnerId }] = await app.db.query<[{ id: string }]>(
    `SELECT m.partner_id AS id FROM memberships m JOIN users u ON u.id = m.user_id WHERE u.email = $1`,
    [partner.email],
  );
  program = await makeProgram(operator);
  brandId = program.brandId;
});
afterAll(() => app.close());

const upload = (file: Partial<UploadedFile> = {}) =>
  operator.upload('operator/media/images', {
    content: samplePng(300, 250),
    fileName: 'fox.png',
    ...file,
    fields: { brandId, ...file.fields },
  });
const uploaded = async (file: Partial<UploadedFile> = {}) => body<Medium>(await upload(file), 201);
const idsOf = async (as: Person, query: string) =>
  body<{ items: Medium[] }>(await as.get(`${query}`), 200).items.map(({ id }) => id);

describe('A04 images of the media library', () => {
  it('are uploaded with their size read from the file, and given out to be kept for good', async () => {
    const content = samplePng(728, 90);
    const medium = await uploaded({
      content,
      fileName: 'Fox – leaderboard.png',
      fields: { language: 'en', tags: 'Autumn, slots,autumn' },
    });
    expect(medium).toEqual({
      id: expect.any(String) as string,
      brandId,
      title: 'Fox – leaderboard.png',
      kind: 'image',
      url: expect.stringMatching(new RegExp(`^http://[^/]+/m/${medium.id}\\.png$`)) as string,
      text: null,
      format: 'png',
      sizeBytes: content.length,
      width: 728,
      height: 90,
      resolution: '728x90',
      orientation: 'landscape',
      language: 'en',
      tags: ['autumn', 'slots'],
      privacy: 'public',
      active: true,
      partnerIds: [],
      createdAt: app.clock.now().toISOString(),
    });
    const { partnerIds: _theirs, ...shown } = medium;
    expect(body(await partner.get(`partner/media/${medium.id}`), 200)).toEqual(shown);
    expect(body(await operator.get(`operator/media/${medium.id}`), 200)).toEqual(medium);

    const path = new URL(medium.url!).pathname;
    const answer = await fetch(app.url + path);
    expect(answer.status).toBe(200);
    expect(content.equals(Buffer.from(await answer.arrayBuffer()))).toBe(true);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-length': String(content.length),
      'cache-control': 'public, max-age=31536000, immutable',
      'content-security-policy': "default-src 'none'; sandbox",
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
      etag: `"${medium.id}"`,
    });
    const known = { headers: { 'if-none-match': `"other", W/"${medium.id}"` } };
    const again = await fetch(app.url + path, known);
    expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([
      304,
      '',
      `"${medium.id}"`,
    ]);
  });

  it.each([
    ['a.jpg', sampleJpeg(100, 200), { format: 'jpg', width: 100, height: 200, orientation: 'portrait' }],
    ['b.jpeg', sampleJpeg(100, 100), { format: 'jpg', orientation: 'square' }],
    ['c.GIF', sampleGif(468, 60), { format: 'gif', resolution: '468x60' }],
    ['d.webp', sampleWebp(120, 600), { format: 'webp', resolution: '120x600' }],
  ])('of each format: %s', async (fileName, content, expected) => {
    const medium = await uploaded({ fileName, content });
    expect(medium).toMatchObject(expected);
    const answer = await fetch(app.url + new URL(medium.url!).pathname);
    expect(Buffer.from(await answer.arrayBuffer()).equals(content)).toBe(true);
  });

  it('are not found under other names', async () => {
    const { id } = await uploaded();
    for (const file of [`${id}.gif`, id, `${id}.png.html`, `${randomUUID()}.png`, '..%2f..%2fx.png']) {
      expect((await fetch(`${app.url}/m/${file}`)).status, file).toBe(404);
    }
    const linked = { brandId, kind: 'image', title: 'Far', url: 'https://cdn.example/f.png', format: 'png' };
    const far = body<Medium>(await operator.post('operator/media', linked), 201);
    expect((await fetch(`${app.url}/m/${far.id}.png`)).status).toBe(404);
  });

  it('are refused for a brand or partners that there are not', async () => {
    body(await upload({ fields: { brandId: randomUUID() } }), 404);
    const partners = await upload({ fields: { privacy: 'private', partnerIds: randomUUID() } });
    expect(body<Problem>(partners, 422).errors[0]?.path).toBe('partnerIds');
    expect(body<Problem>(await upload({ fields: { tags: 'a,,b' } }), 400).errors[0]?.path).toBe('tags');
    await expect
      .poll(() => app.db.query<object[]>('SELECT key FROM loose_files'), { timeout: 10_000 })
      .toEqual([]);
  });
});

describe('A04 media that are not uploaded', () => {
  it('are texts, or lie at an address', async () => {
    const text = { brandId, kind: 'text', title: 'Spins', text: '100 free spins' };
    expect(body(await operator.post('operator/media', text), 201)).toMatchObject({
      text: '100 free spins',
      url: null,
      orientation: null,
    });
    const refused = async (input: object) =>
      body<Problem>(await operator.post('operator/media', { brandId, title: 'X', ...input }), 422).errors[0]
        ?.path;
    expect(await refused({ kind: 'text' })).toBe('text');
    expect(await refused({ kind: 'text', text: 'x', url: 'https://a.example' })).toBe('url');
    expect(await refused({ kind: 'html' })).toBe('url');
    expect(await refused({ kind: 'image', url: 'https://a.example', text: 'x' })).toBe('text');
  });
});

describe('A04 partners choose media', () => {
  it('by title, language, format, privacy, resolution, tag, orientation and brand', async () => {
    const other = await makeProgram(operator);
    const here = other.brandId;
    const wide = await uploaded({
      fields: { brandId: here, title: '100% Fox_wide', language: 'pt-BR', tags: 'Autumn' },
      content: samplePng(728, 90),
    });
    const tall = await uploaded({
      fields: { brandId: here, title: 'Tall fox', language: 'en' },
      content: sampleGif(120, 600),
      fileName: 'tall.gif',
    });
    const ours = await uploaded({
      fields: { brandId: here, title: 'Ours', privacy: 'private', partnerIds: partnerId },
      content: samplePng(90, 90),
    });
    const found = (query: string) => idsOf(partner, `partner/media?brandId=${here}&${query}`);
    expect(await found('')).toEqual([wide.id, tall.id, ours.id]);
    expect(await found('title=fOX')).toEqual([wide.id, tall.id]);
    expect(await found('title=x_w')).toEqual([wide.id]);
    expect(await found('title=%25')).toEqual([wide.id]);
    expect(await found('language=PT-br')).toEqual([wide.id]);
    expect(await found('format=gif')).toEqual([tall.id]);
    expect(await found('privacy=private')).toEqual([ours.id]);
    expect(await found('privacy=public')).toEqual([wide.id, tall.id]);
    expect(await found('resolution=728x90')).toEqual([wide.id]);
    expect(await found('tag=autumn')).toEqual([wide.id]);
    expect(await found('tag=AUTUMN')).toEqual([wide.id]);
    expect(await found('tag=aut')).toEqual([]);
    expect(await found('orientation=portrait')).toEqual([tall.id]);
    expect(await found('orientation=landscape')).toEqual([wide.id]);
    expect(await found('orientation=square')).toEqual([ours.id]);
    expect(await found('format=png&tag=autumn&orientation=square')).toEqual([]);
    const [first] = await found('limit=1');
    const { nextCursor } = body<{ nextCursor: string }>(
      await partner.get(`partner/media?brandId=${here}&limit=1`),
      200,
    );
    expect([first, ...(await found(`limit=5&cursor=${nextCursor}`))]).toEqual([wide.id, tall.id, ours.id]);
    for (const wrong of ['resolution=300', 'format=svg', 'orientation=round', 'language=!', 'state=active']) {
      body(await partner.get(`partner/media?${wrong}`), 400);
    }
    body(await operator.patch(`operator/brands/${here}`, { state: 'archived' }), 200);
    expect(await found('')).toEqual([]);
  });

  it('among those that are private to them, which for others are not there', async () => {
    const ours = await uploaded({ fields: { privacy: 'private', partnerIds: partnerId } });
    expect(ours.partnerIds).toEqual([partnerId]);
    expect(await idsOf(partner, `partner/media?brandId=${brandId}&privacy=private`)).toEqual([ours.id]);
    expect(await idsOf(stranger, `partner/media?brandId=${brandId}&privacy=private`)).toEqual([]);
    body(await partner.get(`partner/media/${ours.id}`), 200);
    body(await stranger.get(`partner/media/${ours.id}`), 404);
    expect(body(await partner.get(`partner/media/${ours.id}`), 200)).not.toHaveProperty('partnerIds');
    const campaignOf = async (as: Person) => {
      const input = { name: 'Foxes', brandId, commissionPlanId: program.planId };
      return body<{ id: string }>(await as.post('partner/campaigns', input), 201).id;
    };
    const promo = { landingId: program.landingId, mediaId: ours.id };
    const theirs = await stranger.post(`partner/campaigns/${await campaignOf(stranger)}/promos`, promo);
    expect(body<Problem>(theirs, 422).errors[0]?.path).toBe('mediaId');
    body(await partner.post(`partner/campaigns/${await campaignOf(partner)}/promos`, promo), 201);
  });
});

describe('A04 operators keep the media library', () => {
  const change = async (id: string, input: object) =>
    body<Medium>(await operator.patch(`operator/media/${id}`, input), 200);

  it('by changing titles, languages, tags and whom a medium is for', async () => {
    const { id } = await uploaded();
    const changed = await change(id, { title: 'Winter', language: 'de', tags: ['Snow'], privacy: 'private' });
    expect(changed).toMatchObject({ title: 'Winter', language: 'de', tags: ['snow'], partnerIds: [] });
    body(await partner.get(`partner/media/${id}`), 404);
    expect(await change(id, { partnerIds: [partnerId] })).toMatchObject({ partnerIds: [partnerId] });
    expect(await change(id, { title: 'Frost' })).toMatchObject({ title: 'Frost', partnerIds: [partnerId] });
    expect(await change(id, { privacy: 'public' })).toMatchObject({ partnerIds: [] });
    const named = await operator.patch(`operator/media/${id}`, { partnerIds: [partnerId] });
    expect(body<Problem>(named, 422).errors[0]?.path).toBe('partnerIds');
    body(await operator.patch(`operator/media/${id}`, { format: 'svg' }), 400);
    body(await operator.patch(`operator/media/${id}`, { tags: null }), 400);
    body(await operator.patch(`operator/media/${randomUUID()}`, { title: 'X' }), 404);
    body(await partner.patch(`operator/media/${id}`, { title: 'Mine' }), 403);
    const { items } = body<{ items: { action: string; before: object; after: object }[] }>(
      await operator.get('operator/audit-log?action=medium.change&limit=2'),
      200,
    );
    expect(items[1]).toMatchObject({
      before: { privacy: 'private', partnerIds: [partnerId] },
      after: { privacy: 'public', partnerIds: [] },
    });
    const told = await partner.get('partner/impersonation-log?kind=change&limit=3');
    expect(body<{ items: object[] }>(told, 200).items).toMatchObject([
      { before: { title: 'Frost', privacy: 'private' }, after: { title: 'Frost', privacy: 'public' } },
      { before: { title: 'Winter' }, after: { title: 'Frost' } },
      { action: 'medium.change', subjectId: id, before: null, after: { title: 'Winter' } },
    ]);
    expect(told.text).not.toContain('partnerIds');
  });

  it('by taking one out of the choice, which promos that show it keep', async () => {
    const { id, url } = await uploaded();
    const input = { name: 'Keeps', brandId, commissionPlanId: program.planId };
    const campaign = body<{ id: string }>(await partner.post('partner/campaigns', input), 201);
    const promos = `partner/campaigns/${campaign.id}/promos`;
    const promo = { landingId: program.landingId, mediaId: id };
    const kept = body<{ id: string }>(await partner.post(promos, promo), 201);
    await change(id, { active: false });
    expect(await idsOf(partner, `partner/media?brandId=${brandId}`)).not.toContain(id);
    expect(await idsOf(operator, `operator/media?brandId=${brandId}&state=inactive`)).toEqual([id]);
    expect(await idsOf(operator, `operator/media?brandId=${brandId}&state=active`)).not.toContain(id);
    expect(body<Problem>(await partner.post(promos, promo), 422).errors[0]?.path).toBe('mediaId');
    expect(body(await partner.get(`partner/promos/${kept.id}`), 200)).toMatchObject({ mediaId: id });
    expect((await fetch(app.url + new URL(url!).pathname)).status).toBe(200);
  });
});
