import { SchedulerRegistry } from '@nestjs/schedule';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MAX_DOCUMENTS } from '../../../src/partner-management/documents/partner-documents.service.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Calls, callsWith, PASSWORD, type UploadedFile } from '../../support/journey.js';
import { samplePdf } from '../../support/sample-files.js';
import { codeOf } from '../identity/scene.js';
import { again, joinMarked, NOBODY, openStage, proof, type Stage } from './personal-data-scene.js';

let app: TestApp;
let stage: Stage;
beforeAll(async () => {
  app = await createTestApp({ env: { OUTBOUND_ALLOW: NOBODY } });
  stage = await openStage(app);
  // Only the test sweeps.
  void app.app.get(SchedulerRegistry).getCronJob('files.sweep').stop();
});
afterAll(() => app.close());

const replayed = ({ headers }: { headers: Record<string, string> }) => headers['idempotent-replayed'];

describe('B06 an upload with an Idempotency-Key', () => {
  let partnerId: string;
  let calls: Calls;
  beforeAll(async () => {
    const owner = await joinMarked(stage, 'uploader');
    partnerId = owner.partnerId;
    calls = callsWith(app, owner.session.accessToken);
  });
  beforeEach(() => app.asOwner('TRUNCATE documents, idempotency_keys, loose_files CASCADE'));

  const passport: UploadedFile = { content: samplePdf(50_000), fileName: 'passport.pdf' };
  const upload = (key: string, file: UploadedFile = passport) => calls.upload('partner/documents', file, key);
  const counts = async () => {
    const [row] = await app.db.query<[{ documents: number; loose: number }]>(
      `SELECT (SELECT count(*)::int FROM documents) AS documents, (SELECT count(*)::int FROM loose_files) AS loose`,
    );
    return row;
  };

  it('replays the stored answer, and keeps the content once', async () => {
    const first = await upload('k1');
    const second = await upload('k1');
    expect([first.status, replayed(first)]).toEqual([201, undefined]);
    expect([second.status, replayed(second)]).toEqual([201, 'true']);
    expect(second.text).toBe(first.text);
    expect(await counts()).toEqual({ documents: 1, loose: 0 });
    const { id } = body<{ id: string }>(first, 201);
    body(await calls.get(`partner/documents/${id}/content`), 200);
  });

  it.each<[string, UploadedFile]>([
    ['content', { ...passport, content: samplePdf(50_001) }],
    ['name of the file', { ...passport, fileName: 'other.pdf' }],
    ['field', { ...passport, fields: { label: 'Passport' } }],
  ])('is refused with another %s, and the first stays', async (_, other) => {
    body(await upload('k1'), 201);
    expect(codeOf(await upload('k1', other))).toBe('422 IDEMPOTENCY_KEY_REUSED');
    expect(await counts()).toEqual({ documents: 1, loose: 0 });
  });

  it('gets its answer again though the first request took the last place', async () => {
    await app.db.query(
      `INSERT INTO documents (id, partner_id, type, label, file_name, media_type, size_bytes, state, uploaded_by, uploaded_at)
       SELECT gen_random_uuid(), m.partner_id, 'other', 'Old', 'old.pdf', 'application/pdf', 1, 'pending', m.user_id, now()
         FROM memberships m, generate_series(2, $2::int) WHERE m.partner_id = $1`,
      [partnerId, MAX_DOCUMENTS],
    );
    body(await upload('k1'), 201);
    expect(codeOf(await upload('k2'))).toBe('409 TOO_MANY_DOCUMENTS');
    expect(replayed(await upload('k1'))).toBe('true');
  });

  it('has one effect when it comes many times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => upload('k1')));
    const made = answers.filter(({ status }) => status === 201);
    expect(made.filter((answer) => replayed(answer) === undefined)).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status !== 201))
      expect(codeOf(answer)).toBe('409 IDEMPOTENCY_KEY_IN_USE');
    expect(await counts()).toEqual({ documents: 1, loose: 0 });
  });
});

describe('B06 what is asked for with password and code', () => {
  it.each(['partner/data-export', 'partner/erasure'])(
    '%s replays the answer of the same key, though the code was used',
    async (path) => {
      const owner = await joinMarked(stage, path.replace('/', '-'));
      const calls = callsWith(app, (await again(app, owner)).accessToken);
      const asked = proof(owner);
      const first = await calls.postWithKey(path, asked, 'k1');
      expect([first.status, replayed(first)]).toEqual([202, undefined]);
      const second = await calls.postWithKey(path, asked, 'k1');
      expect([second.status, replayed(second), second.text]).toEqual([202, 'true', first.text]);
      expect(codeOf(await calls.postWithKey(path, { password: PASSWORD }, 'k2'))).toBe('401 OTP_REQUIRED');
    },
  );
});
