import { SchedulerRegistry } from '@nestjs/schedule';
import { buffer } from 'node:stream/consumers';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FileStore, StoredFiles } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { SAMPLE_JPEG, SAMPLE_PNG, samplePdf } from '../../support/sample-files.js';
import { codeOf, signUp, type SignedIn } from '../identity/scene.js';
import { admin, signedInUploader, type Uploader, uploaderOf } from './document-scene.js';

interface Document {
  id: string;
  state: string;
  partnerId: string;
}
interface Page {
  items: Document[];
  nextCursor: string | null;
}

let app: TestApp;
let operator: SignedIn;
let partner: Uploader;
let stranger: Uploader;
beforeAll(async () => {
  app = await createTestApp();
  // Only the test sweeps.
  void app.app.get(SchedulerRegistry).getCronJob('files.sweep').stop();
  operator = await admin(app);
  partner = await uploaderOf(app, 'ann@example.com');
  stranger = await uploaderOf(app, 'eve@example.com');
});
afterAll(() => app.close());
beforeEach(() => app.db.query('DELETE FROM documents'));

const uploaded = async (...options: Parameters<Uploader['upload']>) =>
  body<Document>(await partner.upload(...options), 201);

/** The answer with its body as bytes. */
async function download({ accessToken }: SignedIn, path: string) {
  const answer = await fetch(`${app.url}/api/v1/${path}`, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  return {
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    content: Buffer.from(await answer.arrayBuffer()),
  };
}

const events = async () => {
  await outboxDelivered(app);
  return body<{ items: { type: string; data: object }[] }>(await partner.as.get('partner/events'), 200).items;
};

describe('A25 documents', () => {
  it('are uploaded, listed, shown, and downloaded as attachments', async () => {
    const content = samplePdf(300_000);
    const document = await uploaded({
      content,
      fileName: 'Ausweis “beide“ Seiten ü.pdf',
      fields: { type: 'identity', label: 'Passport' },
    });
    expect(document).toEqual({
      id: expect.any(String),
      type: 'identity',
      label: 'Passport',
      fileName: 'Ausweis “beide“ Seiten ü.pdf',
      mediaType: 'application/pdf',
      sizeBytes: 300_000,
      state: 'pending',
      declineReason: null,
      uploadedAt: app.clock.now().toISOString(),
      decidedAt: null,
    });
    expect(body(await partner.as.get('partner/documents'), 200)).toEqual({
      items: [document],
      nextCursor: null,
    });
    expect(body(await partner.as.get(`partner/documents/${document.id}`), 200)).toEqual(document);

    const answer = await download(partner, `partner/documents/${document.id}/content`);
    expect(answer.status).toBe(200);
    expect(content.equals(answer.content)).toBe(true);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/pdf',
      'content-length': '300000',
      'content-disposition':
        'attachment; filename="Ausweis ?beide? Seiten ?.pdf"; filename*=UTF-8\'\'Ausweis%20%E2%80%9Cbeide%E2%80%9C%20Seiten%20%C3%BC.pdf',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'no-store',
    });
  });

  it('take their label and type from the file when left out, and fields after the file', async () => {
    expect(await uploaded({ content: SAMPLE_PNG, fileName: 'scan.PNG' })).toMatchObject({
      label: 'scan.PNG',
      type: 'other',
      mediaType: 'image/png',
    });
    const late = await request(app.url)
      .post('/api/v1/partner/documents')
      .set('Authorization', `Bearer ${partner.accessToken}`)
      .attach('file', SAMPLE_JPEG, 'scan.jpeg')
      .field('label', 'Given afterwards');
    expect(body(late, 201)).toMatchObject({ label: 'Given afterwards', mediaType: 'image/jpeg' });
  });

  it('are paged, newest first, and filtered by state', async () => {
    const made = [await uploaded(), await uploaded(), await uploaded()];
    await operator.as.post(`operator/documents/${made[1]!.id}/approve`);
    const ids = ({ items }: Page) => items.map(({ id }) => id);
    const first = body<Page>(await partner.as.get('partner/documents?limit=2'), 200);
    expect(ids(first)).toEqual([made[2]!.id, made[1]!.id]);
    const second = body<Page>(await partner.as.get(`partner/documents?cursor=${first.nextCursor}`), 200);
    expect([ids(second), second.nextCursor]).toEqual([[made[0]!.id], null]);
    expect(ids(body<Page>(await partner.as.get('partner/documents?state=approved'), 200))).toEqual([
      made[1]!.id,
    ]);
    expect(codeOf(await partner.as.get('partner/documents?state=lost'))).toBe('400 VALIDATION_FAILED');
  });

  it('are approved by an operator once, and the partner is told', async () => {
    const { id } = await uploaded({ fields: { label: 'Passport' } });
    const waiting = body<Page>(await operator.as.get('operator/documents'), 200);
    expect(waiting.items).toMatchObject([
      {
        id,
        partnerId: partner.partnerId,
        partnerName: 'Ann Reviews',
        email: 'ann@example.com',
        state: 'pending',
      },
    ]);
    expect((await download(operator, `operator/documents/${id}/content`)).status).toBe(200);
    const approved = body(await operator.as.post(`operator/documents/${id}/approve`), 200);
    expect(approved).toMatchObject({
      state: 'approved',
      declineReason: null,
      decidedAt: app.clock.now().toISOString(),
    });
    expect(body(await operator.as.get(`operator/documents/${id}`), 200)).toEqual(approved);

    for (const [decision, reason] of [
      ['approve', undefined],
      ['decline', 'late'],
    ]) {
      const second = await operator.as.post(`operator/documents/${id}/${decision}`, reason ? { reason } : {});
      expect(codeOf(second)).toBe('409 DOCUMENT_ALREADY_DECIDED');
    }
    const mails = await app.mailbox('ann@example.com');
    expect(mails.at(-1)).toMatchObject({
      subject: 'Your document is approved',
      text: expect.stringContaining('"Passport" is approved'),
    });
    expect((await events()).slice(0, 2).map(({ type }) => type)).toEqual([
      'document_approved',
      'document_uploaded',
    ]);
  });

  it('are declined with a reason that is shown, mailed, logged and audited', async () => {
    const { id } = await uploaded();
    expect(codeOf(await operator.as.post(`operator/documents/${id}/decline`))).toBe('400 VALIDATION_FAILED');
    const reason = 'The scan is not readable.';
    body(await operator.as.post(`operator/documents/${id}/decline`, { reason }), 200);
    expect(body(await partner.as.get(`partner/documents/${id}`), 200)).toMatchObject({
      state: 'declined',
      declineReason: reason,
    });
    const [mail] = (await app.mailbox('ann@example.com')).slice(-1);
    expect(mail).toMatchObject({
      subject: 'Your document was declined',
      text: expect.stringContaining(reason),
    });
    expect((await events())[0]).toMatchObject({
      type: 'document_declined',
      data: { type: 'other', fileName: 'passport.pdf', reason },
    });
    const { items } = body<{ items: object[] }>(
      await operator.as.get(`operator/audit-log?subjectId=${id}`),
      200,
    );
    expect(items).toMatchObject([
      {
        action: 'document.decline',
        before: { state: 'pending' },
        after: { state: 'declined', declineReason: reason },
      },
      { action: 'document.upload', before: null, after: { state: 'pending', type: 'other' } },
    ]);
  });

  it('take one of two decisions made at once', async () => {
    const { id } = await uploaded();
    const answers = await Promise.all([
      ...Array.from({ length: 4 }, () => operator.as.post(`operator/documents/${id}/approve`)),
      ...Array.from({ length: 4 }, () =>
        operator.as.post(`operator/documents/${id}/decline`, { reason: 'no' }),
      ),
      ...Array.from({ length: 4 }, () => partner.as.delete(`partner/documents/${id}`)),
    ]);
    const effects = answers.filter(({ status }) => status < 300);
    // A declined document may still be deleted after the decision.
    expect(effects.length === 1 || (effects.length === 2 && effects[1]!.status === 204)).toBe(true);
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
  });

  it('are deleted with their content while pending or declined, and stay once approved', async () => {
    const [pending, declined, approved] = [await uploaded(), await uploaded(), await uploaded()];
    await operator.as.post(`operator/documents/${declined.id}/decline`, { reason: 'no' });
    await operator.as.post(`operator/documents/${approved.id}/approve`);
    const stored = (id: string) => app.app.get(FileStore).open(`documents/${partner.partnerId}/${id}`);
    for (const { id } of [pending, declined]) {
      expect((await partner.as.delete(`partner/documents/${id}`)).status).toBe(204);
      expect(codeOf(await partner.as.get(`partner/documents/${id}`))).toBe('404 NOT_FOUND');
      expect(codeOf(await partner.as.get(`partner/documents/${id}/content`))).toBe('404 NOT_FOUND');
      expect(codeOf(await partner.as.delete(`partner/documents/${id}`))).toBe('404 NOT_FOUND');
    }
    expect((await events())[0]).toMatchObject({ type: 'document_deleted' });
    await app.app.get(StoredFiles).sweep();
    for (const { id } of [pending, declined])
      await expect(stored(id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(codeOf(await partner.as.delete(`partner/documents/${approved.id}`))).toBe('409 DOCUMENT_APPROVED');
    await expect(buffer(await stored(approved.id))).resolves.toEqual(samplePdf());
    expect(await app.db.query('SELECT * FROM loose_files')).toEqual([]);
  });

  it('of another partner are not there', async () => {
    const { id } = await uploaded();
    for (const path of [`partner/documents/${id}`, `partner/documents/${id}/content`]) {
      expect(codeOf(await stranger.as.get(path))).toBe('404 NOT_FOUND');
    }
    expect(codeOf(await stranger.as.delete(`partner/documents/${id}`))).toBe('404 NOT_FOUND');
    expect(body<Page>(await stranger.as.get('partner/documents'), 200).items).toEqual([]);
    const others = `operator/documents?state=all&partnerId=${stranger.partnerId}`;
    expect(body<Page>(await operator.as.get(others), 200).items).toEqual([]);
  });

  it('are at most 50, also when many come at once', async () => {
    await app.db.query(
      `INSERT INTO documents (id, partner_id, type, label, file_name, media_type, size_bytes, uploaded_by, uploaded_at)
       SELECT gen_random_uuid(), $1, 'other', 'x', 'x.pdf', 'application/pdf', 1, user_id, now()
         FROM memberships, generate_series(1, 47) WHERE partner_id = $1`,
      [partner.partnerId],
    );
    const answers = await Promise.all(Array.from({ length: 8 }, () => partner.upload()));
    expect(answers.map(codeOf).sort()).toEqual([
      ...Array<string>(3).fill('201 OK'),
      ...Array<string>(5).fill('409 TOO_MANY_DOCUMENTS'),
    ]);
    expect(codeOf(await partner.upload())).toBe('409 TOO_MANY_DOCUMENTS');
    expect((await stranger.upload()).status).toBe(201);
    expect(await app.db.query('SELECT * FROM loose_files')).toEqual([]);
  });

  it('may be given before the partnership is approved', async () => {
    await signUp(app, 'new@example.com');
    const applicant = await signedInUploader(app, 'new@example.com');
    expect((await applicant.upload()).status).toBe(201);
  });
});
