import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PersonalData } from '../../../src/identity/index.js';
import { UnitOfWork } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { waitingForLock } from '../../support/locks.js';
import { outboxDelivered } from '../../support/outbox.js';
import { samplePdf, samplePng } from '../../support/sample-files.js';
import { codeOf } from '../identity/scene.js';
import { type Ad, type Advertiser, advertiser, AdScene, upload } from './ad-scene.js';

/** The beginning of an MP4 file, which is all that is looked at. */
const SAMPLE_MP4 = Buffer.from('000000186674797069736f6d0000020069736f6d6d703431', 'hex');

interface Request {
  id: string;
  state: string;
  title: string;
  preview: Ad;
}

let app: TestApp;
let scene: AdScene;
let partner: Advertiser;
let stranger: Advertiser;

beforeAll(async () => {
  app = await createTestApp();
  scene = await AdScene.open(app);
  partner = await advertiser(app, 'ann@example.com');
  stranger = await advertiser(app, 'eve@example.com');
});
afterAll(() => app.close());

const show = async (id: string) => body<Ad>(await partner.get(`partner/ads/${id}`), 200);
const errorsOf = (answer: { body: unknown }) =>
  (answer.body as { errors: { path: string }[] }).errors.map(({ path }) => path);

describe('O06 ads', () => {
  it('have the fields of their format, which operators look at before they approve', async () => {
    const image = await upload(partner, samplePng(320, 480));
    const icon = await upload(partner, samplePng(64, 64), 'icon.png');
    const video = await upload(partner, SAMPLE_MP4, 'spot.mp4');
    const ads = [
      { format: 'banner', imageId: image.id },
      { format: 'interstitial', imageId: image.id, closeAfterSeconds: 3 },
      { format: 'video', videoId: video.id, durationSeconds: 20, skipAfterSeconds: 5 },
      { format: 'video', videoUrl: 'https://cdn.example/spot.mp4', durationSeconds: 20 },
      {
        format: 'native',
        title: '100 free spins',
        text: 'Until Sunday.',
        callToAction: 'Play now',
        iconId: icon.id,
        imageId: image.id,
      },
    ];
    for (const [index, fields] of ads.entries()) {
      const payload = { name: `Ad ${index}`, clickUrl: 'https://brand.example/x?y=1', ...fields };
      const { id } = body<Ad>(await partner.post('partner/ads', payload), 201);
      body(await partner.post(`partner/ads/${id}/submit`), 200);
      const request = await scene.operator.get(`operator/ad-requests/${await scene.requestOf({ id })}`);
      const { format, imageId, ...rest } = fields as Record<string, unknown>;
      expect(body<Request>(request, 200)).toMatchObject({
        title: `Ad ${index}`,
        preview: { id, format, state: 'pending', clickUrl: 'https://brand.example/x?y=1', creative: rest },
      });
      const { creative } = body<Request>(request, 200).preview;
      if (imageId) {
        expect(creative).toMatchObject({ width: 320, height: 480 });
        const shown = await scene.operator.download(
          new URL(creative['imageUrl'] as string).pathname.slice('/api/v1/'.length),
        );
        expect([shown.status, shown.headers['content-type']]).toEqual([200, 'image/png']);
      }
      await scene.approve({ id });
      expect((await show(id)).state).toBe('approved');
    }
  });

  it('are refused with every field that their format does not fit', async () => {
    const make = (payload: object) =>
      partner.post('partner/ads', { name: 'a', clickUrl: 'https://brand.example', ...payload });
    expect(errorsOf(await make({ format: 'native', title: 'a', closeAfterSeconds: 1 })).sort()).toEqual(
      ['closeAfterSeconds', 'text', 'callToAction', 'iconId', 'imageId'].sort(),
    );
    const video = await upload(partner, SAMPLE_MP4, 'spot.mp4');
    const foreign = await upload(stranger, samplePng(10, 10));
    for (const imageId of [video.id, foreign.id, partner.partnerId]) {
      const answer = await make({ format: 'banner', imageId });
      expect([codeOf(answer), errorsOf(answer)]).toEqual(['422 INVALID_CREATIVE', ['imageId']]);
    }
    const { id: imageId } = await upload(partner, samplePng(10, 10));
    for (const clickUrl of [
      'javascript:alert(1)',
      '//evil.example',
      'https://a:b@evil.example',
      'ftp://x.example',
      'x',
    ]) {
      expect((await make({ format: 'banner', imageId, clickUrl })).status, clickUrl).toBe(400);
    }
    expect((await make({ format: 'banner', imageId, state: 'approved' })).status).toBe(400);
  });

  it('take images and videos only, whose content is what the name says', async () => {
    const send = async (content: Buffer, fileName: string) =>
      codeOf(await partner.upload('partner/ad-files', { content, fileName }));
    expect(await send(samplePdf(), 'banner.pdf')).toBe('422 INVALID_AD_FILE');
    expect(await send(samplePng(1, 1), 'banner.mp4')).toBe('422 INVALID_AD_FILE');
    expect(await send(Buffer.from('<html><script>alert(1)</script>'), 'banner.png')).toBe(
      '422 INVALID_AD_FILE',
    );
    expect(await send(Buffer.concat([SAMPLE_MP4, Buffer.from('<script>alert(1)</script>')]), 'a.mp4')).toBe(
      '422 INVALID_AD_FILE',
    );
    expect(await send(Buffer.alloc(0), 'banner.png')).toBe('422 INVALID_AD_FILE');
  });

  it('keep their files; others are deleted', async () => {
    const ad = await scene.banner(partner);
    const used = ad.creative['imageId'] as string;
    expect(codeOf(await partner.delete(`partner/ad-files/${used}`))).toBe('409 AD_FILE_IN_USE');
    const { id } = await upload(partner, samplePng(1, 1));
    expect(codeOf(await stranger.delete(`partner/ad-files/${id}`))).toBe('404 NOT_FOUND');
    body(await partner.delete(`partner/ad-files/${id}`), 204);
    expect(codeOf(await partner.get(`partner/ad-files/${id}/content`))).toBe('404 NOT_FOUND');
  });

  it('when rejected say why, and may be changed and asked for again', async () => {
    const ad = await scene.banner(partner);
    body(await partner.post(`partner/ads/${ad.id}/submit`), 200);
    const request = await scene.requestOf(ad);
    const reject = `operator/ad-requests/${request}/reject`;
    body(await scene.operator.post(reject, { description: 'The text is not to be read.' }), 200);
    expect(await show(ad.id)).toMatchObject({ state: 'rejected', reason: 'The text is not to be read.' });
    body(await partner.patch(`partner/ads/${ad.id}`, { clickUrl: 'https://brand.example/b' }), 200);
    expect(await show(ad.id)).toMatchObject({ state: 'rejected', revision: 2 });
    body(await partner.post(`partner/ads/${ad.id}/submit`), 200);
    await scene.approve(ad);
    expect(await show(ad.id)).toMatchObject({ state: 'approved', reason: null });
  });

  it('go back to wait for approval by a change that viewers could see, and by no other', async () => {
    const ad = await scene.approvedBanner(partner);
    body(await partner.patch(`partner/ads/${ad.id}`, { name: 'Winter', clickUrl: ad.clickUrl }), 200);
    expect(await show(ad.id)).toMatchObject({ name: 'Winter', state: 'approved', revision: 1 });

    const changed = await partner.patch(`partner/ads/${ad.id}`, { clickUrl: 'https://brand.example/other' });
    expect(body<Ad>(changed, 200)).toMatchObject({ state: 'pending', revision: 2 });
    const request = await scene.requestOf(ad);
    expect(
      body<Request>(await scene.operator.get(`operator/ad-requests/${request}`), 200).preview.clickUrl,
    ).toBe('https://brand.example/other');
    // What operators look at stays what they approve.
    const again = await partner.patch(`partner/ads/${ad.id}`, { clickUrl: 'https://evil.example' });
    expect(codeOf(again)).toBe('409 AD_STATE_CONFLICT');
    body(await partner.post(`partner/requests/${request}/cancel`), 200);
    expect((await show(ad.id)).state).toBe('draft');
  });

  it('are decided once: of an approval, a rejection and a withdrawal at once, one happens', async () => {
    for (let round = 0; round < 3; round += 1) {
      const ad = await scene.banner(partner);
      body(await partner.post(`partner/ads/${ad.id}/submit`), 200);
      const request = await scene.requestOf(ad);
      const answers = await Promise.all([
        scene.operator.post(`operator/ad-requests/${request}/approve`),
        scene.operator.post(`operator/ad-requests/${request}/approve`),
        scene.operator.post(`operator/ad-requests/${request}/reject`, { description: 'No' }),
        partner.post(`partner/requests/${request}/cancel`),
      ]);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      const winner = answers.findIndex(({ status }) => status === 200);
      expect((await show(ad.id)).state).toBe(['approved', 'approved', 'rejected', 'draft'][winner]);
    }
  });

  it('are never approved in a form that nobody looked at: a change and an approval at once', async () => {
    for (let round = 0; round < 3; round += 1) {
      const ad = await scene.approvedBanner(partner);
      body(await partner.patch(`partner/ads/${ad.id}`, { clickUrl: 'https://brand.example/1' }), 200);
      const request = await scene.requestOf(ad);
      await Promise.all([
        scene.operator.post(`operator/ad-requests/${request}/approve`),
        partner.patch(`partner/ads/${ad.id}`, { clickUrl: 'https://evil.example' }),
      ]);
      const { state, clickUrl } = await show(ad.id);
      expect(state === 'approved' && clickUrl === 'https://evil.example').toBe(false);
    }
  });

  it('keep a name given at the time of another change', async () => {
    for (const change of [{ clickUrl: 'https://brand.example/2' }, {}]) {
      const { id } = await scene.banner(partner);
      const { changed } = await app.app.get(UnitOfWork).run(async (tx) => {
        await tx.query(`UPDATE ads SET name = 'Renamed' WHERE id = $1`, [id]);
        const changed = [partner.patch(`partner/ads/${id}`, change)];
        await waitingForLock(app);
        return { changed };
      });
      expect(body((await Promise.all(changed))[0]!, 200)).toMatchObject({ name: 'Renamed', ...change });
      expect(await show(id)).toMatchObject({ name: 'Renamed', ...change });
    }
  });

  it('are taken down at once, with a reason that the partner sees', async () => {
    const ad = await scene.approvedBanner(partner);
    const path = `operator/ads/${ad.id}/take-down`;
    expect(body<Ad>(await scene.operator.post(path, { reason: 'Misleading' }), 200).state).toBe('rejected');
    expect(codeOf(await scene.operator.post(path, { reason: 'Misleading' }))).toBe('409 AD_STATE_CONFLICT');
    expect(await show(ad.id)).toMatchObject({ state: 'rejected', reason: 'Misleading' });
    await outboxDelivered(app);
    const { items } = body<{ items: object[] }>(await partner.get('partner/events?type=ad_taken_down'), 200);
    expect(items[0]).toMatchObject({
      subjectId: ad.id,
      summary: 'The program took an ad down; it is not shown any more: Misleading',
    });
    const audit = await scene.operator.get(`operator/audit-log?action=ad.take_down`);
    expect(body<{ items: object[] }>(audit, 200).items[0]).toMatchObject({
      subjectId: ad.id,
      before: { state: 'approved' },
      after: { state: 'rejected', reason: 'Misleading' },
    });
  });

  it('are the partner’s own: to others they are not there', async () => {
    const { id, creative } = await scene.banner(partner);
    const calls = [
      stranger.get(`partner/ads/${id}`),
      stranger.patch(`partner/ads/${id}`, { name: 'Mine' }),
      stranger.post(`partner/ads/${id}/submit`),
      stranger.post(`partner/ads/${id}/archive`),
      stranger.get(`partner/ad-files/${creative['imageId'] as string}/content`),
    ];
    for (const answer of await Promise.all(calls)) expect(codeOf(answer)).toBe('404 NOT_FOUND');
    const campaign = { name: 'a', adIds: [id], impressions: 1 };
    const answer = await stranger.post('partner/ad-campaigns', campaign);
    expect([codeOf(answer), errorsOf(answer)]).toEqual(['422 VALIDATION_FAILED', ['adIds']]);
  });

  it('are archived for good', async () => {
    const ad = await scene.approvedBanner(partner);
    expect(body<Ad>(await partner.post(`partner/ads/${ad.id}/archive`), 200).state).toBe('archived');
    expect(codeOf(await partner.post(`partner/ads/${ad.id}/submit`))).toBe('409 AD_STATE_CONFLICT');
    expect(codeOf(await partner.patch(`partner/ads/${ad.id}`, { name: 'x' }))).toBe('409 AD_STATE_CONFLICT');
  });

  it('lose their files by an erasure, whatever they are named', async () => {
    const { id } = await scene.banner(stranger, { name: 'Erased' });
    const room = app.app
      .get(PersonalData)
      .rooms()
      .find((one) => one.room === 'partner-management: ads')!;
    await app.app.get(UnitOfWork).run((tx) => room.erase!(tx, stranger.partnerId));
    const held = await app.db.query(
      `SELECT state, image_id AS "imageId", click_url AS "clickUrl",
              (SELECT count(*)::int FROM ad_files WHERE partner_id = ads.partner_id) AS files
         FROM ads WHERE id = $1`,
      [id],
    );
    expect(held).toEqual([
      { state: 'archived', imageId: null, clickUrl: 'https://erased.invalid', files: 0 },
    ]);
  });
});
