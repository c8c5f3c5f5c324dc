import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DataExportMaker } from '../../../src/partner-management/data-export/data-export-maker.js';
import { DataExportWaker } from '../../../src/partner-management/data-export/data-export.job.js';
import { DataExports } from '../../../src/partner-management/data-export/data-exports.service.js';
import type { PartnerActor } from '../../../src/identity/index.js';
import { Config, FileStore, StoredFiles, UnitOfWork } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, PASSWORD } from '../../support/journey.js';
import { memoryInUse } from '../../support/memory.js';
import { codeOf } from '../identity/scene.js';
import {
  again,
  credit,
  download,
  exportOf,
  IBAN,
  joinMarked,
  NOBODY,
  type MarkedPartner,
  openStage,
  proof,
  type Stage,
  withdraw,
} from './personal-data-scene.js';

const DAY_SECONDS = 86_400;

/** Names of the files that are stored. */
const stored = async ({ app }: TestApp): Promise<string[]> => {
  const folder = join(app.get(Config).dataDirectory, 'files', 'data-exports');
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return names.filter((name) => name.includes('/')).map((name) => join(folder, name));
};

describe('B12 a copy of all data', () => {
  let app: TestApp;
  let stage: Stage;
  let ann: MarkedPartner;
  let bob: MarkedPartner;
  let files: Map<string, string>;
  let exportId: string;

  const rows = (name: string) => JSON.parse(files.get(`${name}.json`)!) as Record<string, unknown>[];

  beforeAll(async () => {
    app = await createTestApp({ env: { OUTBOUND_ALLOW: NOBODY } });
    stage = await openStage(app);
    ann = await joinMarked(stage, 'quizzaciously');
    bob = await joinMarked(stage, 'flibbertigibbet');
    await credit(stage, ann.partnerId, '100.00');
    await withdraw(ann, '40.00');
  });
  afterAll(() => app.close());

  it('is asked for by the owner, with password and code', async () => {
    const { as } = ann.session;
    expect(codeOf(await as.post('partner/data-export', { password: 'not it at all' }))).toBe(
      '401 INVALID_CREDENTIALS',
    );
    expect(codeOf(await as.post('partner/data-export', { password: PASSWORD }))).toBe('401 OTP_REQUIRED');
    expect(codeOf(await as.post('partner/data-export', { password: PASSWORD, code: '000000' }))).toBe(
      '422 INVALID_CODE',
    );
    await app.db.query(`UPDATE memberships SET role = 'manager' WHERE partner_id = $1`, [ann.partnerId]);
    expect(codeOf(await as.post('partner/data-export', proof(ann)))).toBe('403 PERMISSION_DENIED');
    expect(codeOf(await as.get('partner/data-export'))).toBe('403 PERMISSION_DENIED');
    await app.db.query(`UPDATE memberships SET role = 'owner' WHERE partner_id = $1`, [ann.partnerId]);
  });

  it('is made in the background, mailed as a link, and downloaded with a fresh code', async () => {
    const made = await exportOf(ann);
    expect(made).toMatchObject({ state: 'ready' });
    exportId = made.id;
    const mail = (await app.mailbox(ann.email)).find(({ subject }) => subject.includes('copy of your data'))!;
    expect(mail.text).toContain(`/api/v1/partner/data-export/${exportId}/download`);
    const path = `partner/data-export/${exportId}/download`;
    app.clock.advance(301);
    const signedIn = await again(app, ann);
    app.clock.advance(299);
    files = await download(app, signedIn, exportId);
    app.clock.advance(-299);
    await app.db.query('UPDATE sessions SET stepped_up_at = NULL');
    expect(codeOf(await signedIn.as.get(path))).toBe('401 STEP_UP_REQUIRED');
  });

  it('holds what is there in each room', () => {
    expect(rows('profile')).toMatchObject([
      {
        id: ann.partnerId,
        name: 'Ann quizzaciously',
        website: 'https://quizzaciously.example',
        phone: '+4930123456',
      },
    ]);
    expect(rows('users')).toMatchObject([{ email: ann.email, name: 'Ann quizzaciously', role: 'owner' }]);
    const [document] = rows('documents');
    expect(document).toMatchObject({ type: 'identity', fileName: 'quizzaciously.pdf', state: 'pending' });
    expect(files.get(document!['path'] as string)).toContain('% quizzaciously');
    expect(rows('tickets')).toMatchObject([{ subject: 'Help quizzaciously', state: 'open' }]);
    expect(rows('ticket-messages')).toMatchObject([{ body: 'I am quizzaciously', byOperator: false }]);
    const [attached] = rows('ticket-attachments');
    expect(files.get(attached!['path'] as string)).toContain('% quizzaciously');
    expect(rows('requests')).toMatchObject([
      { kind: 'partnership', description: 'I am quizzaciously' },
      { kind: 'ad_package' },
      { kind: 'ad', title: 'Ad quizzaciously' },
    ]);
    expect(rows('ads')).toMatchObject([{ name: 'Ad quizzaciously', state: 'pending' }]);
    expect(rows('ad-campaigns')).toMatchObject([{ name: 'Ads quizzaciously', left: '10' }]);
    const [image] = rows('ad-files');
    expect(files.has(image!['path'] as string)).toBe(true);
    expect(rows('campaigns')).toMatchObject([{ id: ann.campaignId, name: 'Autumn quizzaciously' }]);
    expect(rows('promos')).toMatchObject([{ campaignId: ann.campaignId, title: 'Top quizzaciously' }]);
    expect(rows('visits-by-day')).toMatchObject([{ day: '2026-11-02', visits: 1 }]);
    expect(rows('balances')).toEqual([
      {
        currency: 'EUR',
        available: { amount: '60.00', currency: 'EUR' },
        processing: { amount: '40.00', currency: 'EUR' },
        paid: { amount: '0.00', currency: 'EUR' },
      },
    ]);
    expect(rows('transactions')).toHaveLength(3);
    expect(rows('cashouts')).toMatchObject([
      { state: 'pending', amount: { amount: '40.00', currency: 'EUR' } },
    ]);
    expect(rows('events').map(({ type }) => type)).toContain('two_factor_enabled');
    expect(JSON.stringify(rows('sessions'))).toContain('address');
  });

  it('shows the own accounts in full, and no secret', () => {
    expect(rows('payment-methods')).toMatchObject([
      { type: 'bank_transfer', fields: { holder: 'Ann quizzaciously', iban: IBAN } },
      { type: 'paypal', fields: { email: 'quizzaciously@pay.example' } },
    ]);
    const all = [...files.values()].join();
    expect(all).not.toMatch(/argon2|secret-|password_?hash|token_?hash|sealed/i);
    expect(rows('postbacks')).toMatchObject([{ headers: { 'x-key': '****' } }]);
  });

  it('holds nothing of another partner', async () => {
    const all = [...files.values()].join();
    expect(all).toContain(ann.mark);
    expect(all).not.toContain(bob.mark);
    expect(all).not.toContain(bob.partnerId);
    expect(codeOf(await bob.session.as.get(`partner/data-export/${exportId}/download`))).toMatch(/^40[14]/);
    const signedIn = await again(app, bob);
    expect(codeOf(await signedIn.as.get(`partner/data-export/${exportId}/download`))).toBe('404 NOT_FOUND');
    expect(body(await signedIn.as.get('partner/data-export'), 200)).toEqual({ items: [], nextCursor: null });
  });

  it('tells what is in it and what is not, and why', () => {
    const about = JSON.parse(files.get('about.json')!) as {
      partnerId: string;
      files: string[];
      leftOut: { what: string; because: string }[];
    };
    expect(about.partnerId).toBe(ann.partnerId);
    const names = [...files.keys()].filter((name) => !name.includes('/'));
    expect(names.sort()).toEqual(['about.json', ...about.files.map((name) => `${name}.json`)].sort());
    expect(about.leftOut.map(({ what }) => what)).toContain('audit_log');
    expect(about.leftOut.every(({ because }) => because.length > 10)).toBe(true);
  });

  it('is encrypted where it is kept', async () => {
    const [path] = await stored(app);
    const kept = await readFile(path!);
    expect(kept.subarray(0, 2).toString()).not.toBe('PK');
    expect(kept.includes('about.json')).toBe(false);
  });

  it('is made once a day', async () => {
    const signedIn = await again(app, ann);
    const answer = await signedIn.as.post('partner/data-export', proof(ann));
    expect(codeOf(answer)).toBe('429 DATA_EXPORT_TOO_SOON');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(80_000);
    app.clock.advance(DAY_SECONDS);
    await again(app, ann);
    expect(await exportOf(ann)).toMatchObject({ state: 'ready' });
  });

  it('expires after seven days; its file is deleted', async () => {
    app.clock.advance(6 * DAY_SECONDS + 100);
    const signedIn = await again(app, ann);
    expect(await stored(app)).toHaveLength(2);
    const path = `partner/data-export/${exportId}/download`;
    expect(codeOf(await signedIn.as.get(path))).toBe('409 DATA_EXPORT_NOT_READY');
    await app.app.get(DataExportWaker).expire();
    await app.app.get(StoredFiles).sweep();
    expect(await stored(app)).toHaveLength(1);
    const { items } = body<{ items: { state: string }[] }>(await signedIn.as.get('partner/data-export'), 200);
    expect(items.map(({ state }) => state)).toEqual(['ready', 'expired']);
    expect(codeOf(await signedIn.as.get(path))).toBe('409 DATA_EXPORT_NOT_READY');
  });

  it('refuses a file that was altered', async () => {
    const [path] = await stored(app);
    const store = app.app.get(FileStore);
    const key = path!.slice(path!.indexOf('data-exports'));
    const content = await readFile(path!);
    content[content.length - 1]! ^= 1;
    await store.put(key, Readable.from([content]));
    const { items } = body<{ items: { id: string }[] }>(await ann.session.as.get('partner/data-export'), 200);
    await expect(download(app, ann.session, items[0]!.id)).rejects.toThrow();
  });
});

describe('B12 a copy that is made in several tries', () => {
  let app: TestApp;
  let stage: Stage;
  let ann: MarkedPartner;

  const request = () => {
    const actor = { userId: ann.userId, partnerId: ann.partnerId } as PartnerActor;
    return app.app.get(UnitOfWork).run((tx) => app.app.get(DataExports).request(tx, actor));
  };
  const make = (id: string) => app.app.get(DataExportMaker).make(id);
  const states = () => app.db.query('SELECT state, attempts FROM data_exports ORDER BY id');

  beforeAll(async () => {
    app = await createTestApp({ background: false, env: { OUTBOUND_ALLOW: NOBODY } });
    stage = await openStage(app);
    ann = await joinMarked(stage, 'widdershins');
  });
  afterAll(() => app.close());

  it('is one at a time, also when asked for by several at once', async () => {
    const answers = await Promise.allSettled([1, 2, 3, 4, 5].map(request));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refusals = answers.flatMap((answer) =>
      answer.status === 'rejected' ? [answer.reason as object] : [],
    );
    expect(refusals).toMatchObject(refusals.map(() => ({ code: 'DATA_EXPORT_RUNNING' })));
  });

  it('is given up after five, with a mail; the next may be asked for at once', async () => {
    const [{ id }] = await app.db.query<[{ id: string }]>('SELECT id FROM data_exports');
    const put = vi.spyOn(app.app.get(FileStore), 'put').mockRejectedValue(new Error('the disk is full'));
    for (let attempt = 1; attempt < 5; attempt += 1)
      await expect(make(id)).rejects.toThrow('the disk is full');
    await make(id);
    put.mockRestore();
    expect(await states()).toEqual([{ state: 'failed', attempts: 5 }]);
    await make(id);
    expect(await states()).toEqual([{ state: 'failed', attempts: 5 }]);
    const subjects = (await app.mailbox(ann.email)).map(({ subject }) => subject);
    expect(subjects).toContain('The copy of your data could not be made');
    await request();
  });

  it('counts once when two workers make it, and leaves one file', async () => {
    const { id } = (
      await app.db.query<{ id: string }[]>('SELECT id FROM data_exports ORDER BY id DESC LIMIT 1')
    )[0]!;
    await Promise.all([make(id), make(id)]);
    const [row] = await app.db.query<[{ state: string }]>('SELECT state FROM data_exports WHERE id = $1', [
      id,
    ]);
    expect(row.state).toBe('ready');
    expect(await stored(app)).toHaveLength(1);
    await again(app, ann);
    expect((await download(app, ann.session, id)).get('profile.json')).toContain(ann.mark);
  });

  it('takes as little memory for many rows as for few', async () => {
    await app.db.query(
      `INSERT INTO event_log (id, partner_id, type, subject_type, data, occurred_at)
       SELECT gen_random_uuid(), $1, 'probe', 'probe', jsonb_build_object('text', repeat('x', 8000)), now()
         FROM generate_series(1, 5000)`,
      [ann.partnerId],
    );
    app.clock.advance(DAY_SECONDS);
    const { id } = await request();
    const used = () => {
      const { heapUsed, external } = memoryInUse();
      return heapUsed + external;
    };
    const before = used();
    let most = before;
    const watch = setInterval(() => (most = Math.max(most, used())), 300);
    await make(id);
    clearInterval(watch);
    await again(app, ann);
    const files = await download(app, ann.session, id);
    expect(files.get('events.json')!.length).toBeGreaterThan(40_000_000);
    expect((most - before) / 1024 / 1024).toBeLessThan(24);
  }, 120_000);
});
