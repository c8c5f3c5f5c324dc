import { SchedulerRegistry } from '@nestjs/schedule';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StoredFiles } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { type S3Server, startS3Server } from '../../support/s3-server.js';
import { samplePdf } from '../../support/sample-files.js';
import { codeOf } from '../identity/scene.js';
import { type Uploader, uploaderOf } from './document-scene.js';

const CONTENT = samplePdf(7_000_000);

let s3: S3Server;
let app: TestApp;
let partner: Uploader;
beforeAll(async () => {
  s3 = await startS3Server();
  app = await createTestApp({ env: s3.env });
  // Only the test sweeps.
  void app.app.get(SchedulerRegistry).getCronJob('files.sweep').stop();
  partner = await uploaderOf(app, 'ann@example.com');
});
afterAll(async () => {
  await app.close();
  await s3.stop();
});

const upload = async () => body<{ id: string }>(await partner.upload({ content: CONTENT }), 201).id;
const download = async (id: string) =>
  fetch(`${app.url}/api/v1/partner/documents/${id}/content`, {
    headers: { authorization: `Bearer ${partner.accessToken}` },
  });
const looseFiles = () => app.db.query<object[]>('SELECT key FROM loose_files');

describe('A25 documents in an S3-compatible store', () => {
  it('come back as they were', async () => {
    const answer = await download(await upload());
    expect(answer.headers.get('content-length')).toBe(String(CONTENT.length));
    expect(CONTENT.equals(Buffer.from(await answer.arrayBuffer()))).toBe(true);
  });

  it('are refused with 503 while the store is away, and leave nothing when it is back', async () => {
    const id = await upload();
    s3.answer(() => 'slow-down');
    const refused = await partner.upload();
    expect(codeOf(refused)).toBe('503 FILE_STORE_UNAVAILABLE');
    expect(refused.headers['retry-after']).toBe('5');
    expect((await download(id)).status).toBe(503);
    expect((await partner.as.delete(`partner/documents/${id}`)).status).toBe(204);
    await app.app.get(StoredFiles).sweep();
    expect(await looseFiles()).toHaveLength(2);

    s3.answer(() => 'pass');
    const from = s3.requests.length;
    app.clock.advance(300);
    await app.app.get(StoredFiles).sweep();
    expect(await looseFiles()).toEqual([]);
    expect(s3.requests.slice(from).map(({ method }) => method)).toEqual(['DELETE', 'DELETE']);
  });

  it('are not passed for whole when the store cuts them off', async () => {
    partner = { ...partner, ...(await partner.again()) };
    const id = await upload();
    s3.answer(() => 'truncate');
    const answer = await download(id);
    await expect(answer.arrayBuffer()).rejects.toThrow();
    s3.answer(() => 'pass');
  });
});
