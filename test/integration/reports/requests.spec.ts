import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parse } from 'csv-parse/sync';
import { readXlsx } from 'hucre/xlsx';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fromBufferPromise } from 'yauzl';
import { Config, FileStore, StoredFiles } from '../../../src/platform/index.js';
import { ReportRequestMaker } from '../../../src/reports/requests/report-request-maker.js';
import { ReportRequestWaker } from '../../../src/reports/requests/report-requests.job.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, callsWith } from '../../support/journey.js';
import { startSmtpServer, type TestSmtpServer } from '../../support/smtp-server.js';
import { personOf } from '../identity/matrix/people.js';
import { codeOf } from '../identity/scene.js';
import { NAUGHTY, type Reader, ReportScene } from './report-scene.js';

interface Requested {
  id: string;
  name: string;
  state: string;
  failure: string | null;
  parameters: Record<string, unknown>;
  actor: { userId: string; name: string; impersonated: boolean };
  requestedAt: string;
  expiresAt: string | null;
  downloads: { csv: string; xlsx: string } | null;
}

const PATH = 'partner/reports/requests';

const shown = async ({ as }: Reader, id: string): Promise<Requested> =>
  body<Requested>(await as.get(`${PATH}/${id}`), 200);

/** The texts of a ZIP's files, by their names. */
async function unzip(archive: Buffer): Promise<Record<string, string>> {
  const zip = await fromBufferPromise(archive);
  const files: Record<string, string> = {};
  for await (const entry of zip.eachEntry()) {
    files[entry.fileName] = await text(await zip.openReadStreamPromise(entry));
  }
  return files;
}

describe('A17 requested reports', () => {
  let app: TestApp;
  let smtp: TestSmtpServer;
  let scene: ReportScene;
  let ann: Reader;
  let parameters: Record<string, unknown>;
  let ready: Requested;

  const ended = async (id: string): Promise<Requested> => {
    await expect.poll(async () => (await shown(ann, id)).state, { timeout: 20_000 }).not.toBe('processing');
    return shown(ann, id);
  };

  beforeAll(async () => {
    smtp = await startSmtpServer();
    app = await createTestApp({ env: { SMTP_URL: smtp.url } });
    scene = await ReportScene.open(app);
    ann = await scene.reader(...NAUGHTY);
    await scene.reader('of somebody else');
    parameters = { from: scene.day, to: scene.day, columns: ['visits_count'], group_by: ['campaign'] };
  });
  afterAll(async () => {
    await app.close();
    await smtp.stop();
  });

  it('are made in the background, listed with who asked for what, and named', async () => {
    const asked = body<Requested>(await ann.as.post(PATH, { name: 'By campaign', parameters }), 202);
    expect(asked).toMatchObject({ name: 'By campaign', state: 'processing', downloads: null });
    ready = await ended(asked.id);
    expect(ready).toMatchObject({
      state: 'successful',
      failure: null,
      parameters: { ...parameters, convert_all_currencies: '0' },
      actor: { userId: ann.userId, impersonated: false },
      downloads: { csv: expect.stringContaining(ready.id) as string },
    });
    const nameless = body<Requested>(await ann.as.post(PATH, { parameters }), 202);
    expect(nameless.name).toBe(`Performance ${scene.day} to ${scene.day}`);
    const renamed = body<Requested>(await ann.as.patch(`${PATH}/${nameless.id}`, { name: 'Again' }), 200);
    expect(renamed.name).toBe('Again');
    const mate = await scene.member(ann.partnerId, 'partner:analyst');
    const { items } = body<{ items: Requested[] }>(await mate.as.get(PATH), 200);
    expect(items.map(({ name }) => name)).toEqual(['Again', 'By campaign']);
  });

  it('are mailed with the XLSX attached, and a link', async () => {
    const mail = await smtp.waitForMailTo(ann.email, /By campaign/);
    expect(mail.text).toContain(`/api/v1/${PATH}/${ready.id}/download?format=xlsx`);
    const encoded = /filename=report\.xlsx[^]*?\r\n\r\n([A-Za-z0-9+/=\r\n]+)/.exec(mail.raw)![1]!;
    const { sheets } = await readXlsx(Buffer.from(encoded, 'base64'));
    expect(sheets.map(({ name }) => name)).toEqual(['Rows', 'Totals']);
  });

  it('are downloaded as a ZIP of rows and totals, and as XLSX of two sheets', async () => {
    const csv = await ann.as.download(ready.downloads!.csv.slice('/api/v1/'.length));
    expect(csv.headers['content-type']).toBe('application/zip');
    const files = await unzip(csv.body as Buffer);
    expect(Object.keys(files)).toEqual(['rows.csv', 'totals.csv']);
    expect(parse(files['rows.csv']!)).toHaveLength(NAUGHTY.length + 1);
    expect(parse(files['totals.csv']!)).toEqual([
      ['Visits', 'Currency'],
      [String(NAUGHTY.length), 'N/A'],
    ]);
    const xlsx = await ann.as.download(`${PATH}/${ready.id}/download`);
    const { sheets } = await readXlsx(xlsx.body as Buffer);
    expect(sheets.map(({ rows }) => rows.length)).toEqual([NAUGHTY.length + 1, 2]);
  });

  it('are made from a favourite, under its name, over the days that it means now', async () => {
    const { columns, group_by } = parameters;
    const saved = { name: 'Yesterday', period: 'yesterday', parameters: { columns, group_by } };
    const favourite = body<{ id: string }>(await ann.as.post('partner/reports/favourites', saved), 201);
    const asked = body<Requested>(await ann.as.post(PATH, { favouriteId: favourite.id, format: 'csv' }), 202);
    expect(asked).toMatchObject({ name: 'Yesterday', parameters: { from: '2026-11-01', to: '2026-11-01' } });
    const mail = await smtp.waitForMailTo(ann.email, /Yesterday/);
    expect(mail.text).toContain(`${asked.id}/download?format=csv`);
  });

  it('fail with the reason, which is mailed', async () => {
    await scene.deposit(ann.partnerId, 5_000);
    const foreign = { ...parameters, columns: ['first_deposits_sum'], conversion_currency: 'GBP' };
    const asked = body<Requested>(await ann.as.post(PATH, { name: 'In pounds', parameters: foreign }), 202);
    const failed = await ended(asked.id);
    expect(failed).toMatchObject({ state: 'failed', downloads: null });
    expect(failed.failure).toContain('no exchange rate from EUR to GBP');
    const mail = await smtp.waitForMailTo(ann.email, /could not be made: In pounds/);
    expect(mail.text).toContain('no exchange rate from EUR to GBP');
    expect(codeOf(await ann.as.get(`${PATH}/${asked.id}/download`))).toBe('409 REPORT_NOT_READY');
  });

  it('refuse what makes no report, and say where', async () => {
    const refused = async (what: object) => {
      const answer = await ann.as.post(PATH, what);
      return [codeOf(answer), (answer.body as { errors: { path: string }[] }).errors[0]?.path];
    };
    const wrong = '422 VALIDATION_FAILED';
    expect(await refused({})).toEqual([wrong, 'parameters']);
    expect(await refused({ parameters: {} })).toEqual([wrong, 'parameters.from']);
    expect(await refused({ parameters: { ...parameters, per_page: '5' } })).toEqual([
      wrong,
      'parameters.per_page',
    ]);
    expect(await refused({ parameters, favouriteId: ready.id })).toEqual([wrong, 'parameters']);
    expect(await refused({ favouriteId: ready.id })).toEqual(['404 NOT_FOUND', undefined]);
  });

  it('are the team’s alone', async () => {
    const { as } = await scene.reader();
    expect(body(await as.get(PATH), 200)).toEqual({ items: [], nextCursor: null });
    for (const answer of [
      await as.get(`${PATH}/${ready.id}`),
      await as.get(`${PATH}/${ready.id}/download`),
      await as.patch(`${PATH}/${ready.id}`, { name: 'Theirs' }),
    ]) {
      expect(codeOf(answer)).toBe('404 NOT_FOUND');
    }
  });

  it('operators have theirs over the whole program, which partners do not see', async () => {
    const { token } = await personOf(app, 'operator:support', ann.partnerId);
    const operator = callsWith(app, token!);
    const whole = { ...parameters, group_by: ['partner'] };
    const path = 'operator/reports/requests';
    const asked = body<Requested>(await operator.post(path, { name: 'All', parameters: whole }), 202);
    const shownTo = async () => body<Requested>(await operator.get(`${path}/${asked.id}`), 200);
    await expect.poll(async () => (await shownTo()).state, { timeout: 20_000 }).toBe('successful');
    const file = await operator.download((await shownTo()).downloads!.csv.slice('/api/v1/'.length));
    const [header, ...rows] = parse((await unzip(file.body as Buffer))['rows.csv']!);
    expect(header).toEqual(['Partner ID', 'Partner', 'Visits', 'Currency']);
    expect(rows).toHaveLength(2);
    const csv = await operator.download(
      `operator/reports/performance?from=${scene.day}&to=${scene.day}&columns[]=visits_count&group_by[]=partner&format=csv`,
    );
    expect(parse(csv.body as Buffer)).toEqual([header, ...rows]);
    expect(codeOf(await ann.as.get(`${PATH}/${asked.id}`))).toBe('404 NOT_FOUND');
    expect(codeOf(await operator.get(`${path}/${ready.id}`))).toBe('404 NOT_FOUND');
    expect(codeOf(await ann.as.get(path))).toBe('403 PERMISSION_DENIED');
    const saved = { name: 'Mine', period: 'today', parameters: { group_by: ['partner'] } };
    const favourite = body<{ id: string }>(await operator.post('operator/reports/favourites', saved), 201);
    body(await operator.get(`operator/reports/favourites/${favourite.id}/report`), 200);
    const ours = await ann.as.post('partner/reports/favourites', saved);
    expect(codeOf(ours)).toBe('422 VALIDATION_FAILED');
  });

  it('are asked for and fetched by report clients: async=true is 202 with the id, once while it is made', async () => {
    const { token } = body<{ token: string }>(await ann.as.get('me/statistic-token'), 200);
    const get = async (path: string) =>
      scene.fetch(`/api/customer/v1/partner/report${path}`, { authorization: token });
    const query = `?from=${scene.day}&to=${scene.day}&group_by[]=campaign&async=true`;
    const answers = await Promise.all([1, 2, 3].map(() => get(query)));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    const { id } = JSON.parse(String(answers[0]!.body)) as Requested;
    await ended(id);
    const made = JSON.parse(String((await get(`/requests/${id}`)).body)) as Requested;
    const file = await scene.fetch(made.downloads!.csv, { authorization: token });
    expect(Object.keys(await unzip(file.body as Buffer))).toEqual(['rows.csv', 'totals.csv']);
    expect((await get(`/requests/${randomUUID()}`)).status).toBe(404);
    expect((await scene.fetch(made.downloads!.csv, { authorization: 'wrong' })).status).toBe(401);
  });
});

describe('A17 requested reports that are made in several tries', () => {
  let app: TestApp;
  let scene: ReportScene;
  let ann: Reader;
  let parameters: Record<string, unknown>;

  const make = (id: string) => app.app.get(ReportRequestMaker).make(id);
  const request = async (): Promise<string> =>
    body<Requested>(await ann.as.post(PATH, { name: 'Slow', parameters }), 202).id;
  const stored = async (): Promise<string[]> => {
    const folder = join(app.app.get(Config).dataDirectory, 'files', 'reports');
    const names = await readdir(folder, { recursive: true }).catch(() => []);
    return names.filter((name) => name.includes('.'));
  };
  const mails = async () => (await app.mailbox(ann.email)).map(({ subject }) => subject);
  /** What is answered while every report takes too long. */
  const whileSlow = <T>(ask: () => Promise<T>): Promise<T> =>
    app.db.transaction(async (tx) => {
      await tx.query('LOCK TABLE visits IN ACCESS EXCLUSIVE MODE');
      return ask();
    });

  beforeAll(async () => {
    app = await createTestApp({ background: false, env: { REPORT_TIME_LIMIT_MS: '100' } });
    scene = await ReportScene.open(app);
    ann = await scene.reader();
    await scene.visits(ann.partnerId, 'Autumn', 20);
    parameters = { from: scene.day, to: scene.day, columns: ['visits_count'], group_by: ['dynamic_tag_n'] };
  });
  afterAll(() => app.close());

  it('one that takes longer than a request may is made in the background instead, once', async () => {
    const path = `partner/reports/performance?from=${scene.day}&to=${scene.day}&group_by[]=dynamic_tag_n`;
    const answer = await whileSlow(() => ann.as.get(path));
    const first = body<Requested>(answer, 202);
    expect(answer.headers['location']).toBe(`/api/v1/${PATH}/${first.id}`);
    expect(first).toMatchObject({ state: 'processing', name: `Performance ${scene.day} to ${scene.day}` });
    for (const more of ['page=2', 'format=xlsx']) {
      const again = body<Requested>(await whileSlow(() => ann.as.get(`${path}&${more}`)), 202);
      expect(again.id).toBe(first.id);
    }
    await make(first.id);
    expect(await shown(ann, first.id)).toMatchObject({ state: 'successful' });
    expect((await ann.as.get(`${path}&format=pdf`)).status).toBe(400);
  });

  it('where nothing is made in the background, the answer is that it takes too long', async () => {
    const { token } = body<{ token: string }>(await ann.as.get('me/statistic-token'), 200);
    const query = `from=${scene.day}&to=${scene.day}&group_by[]=dynamic_tag_n`;
    const feed = await whileSlow(() => scene.fetch(`/feeds/report.csv?token=${token}&${query}`));
    expect([feed.status, JSON.parse(String(feed.body))]).toMatchObject([503, { code: 'REPORT_TOO_SLOW' }]);
  });

  it('begins again after a try that died, ends once, with one mail and no files of the first', async () => {
    const id = await request();
    const before = (await stored()).length;
    const store = app.app.get(FileStore);
    const put = vi
      .spyOn(store, 'put')
      .mockImplementationOnce(() => Promise.reject(new Error('the disk is full')));
    await expect(make(id)).rejects.toThrow('the disk is full');
    put.mockRestore();
    await app.db.query('UPDATE report_requests SET attempts = attempts + 1 WHERE id = $1', [id]);
    await Promise.all([make(id), make(id)]);
    await make(id);
    expect(await shown(ann, id)).toMatchObject({ state: 'successful' });
    expect((await mails()).filter((subject) => subject === 'Your report is ready: Slow')).toHaveLength(1);
    expect((await stored()).length).toBe(before + 2);
  });

  it('is given up after five tries, and the person is told', async () => {
    const id = await request();
    const put = vi.spyOn(app.app.get(FileStore), 'put').mockRejectedValue(new Error('the disk is full'));
    for (let attempt = 1; attempt < 5; attempt += 1)
      await expect(make(id)).rejects.toThrow('the disk is full');
    await make(id);
    put.mockRestore();
    expect(await shown(ann, id)).toMatchObject({
      state: 'failed',
      failure: expect.stringContaining('again') as string,
    });
    await make(id);
    expect((await mails()).filter((subject) => subject.includes('could not be made'))).toHaveLength(1);
  });

  it('keeps its files for thirty days; the request stays listed', async () => {
    const id = await request();
    await make(id);
    const kept = (await stored()).length;
    app.clock.advance(30 * 86_400);
    ann = { ...ann, as: (await scene.member(ann.partnerId, 'partner:owner')).as };
    const waiting = vi.spyOn(app.app.get(Config), 'worker', 'get').mockReturnValue(true);
    await app.app.get(ReportRequestWaker).expire();
    await app.app.get(StoredFiles).sweep();
    waiting.mockRestore();
    expect(kept).toBeGreaterThan(0);
    expect(await stored()).toEqual([]);
    expect(await shown(ann, id)).toMatchObject({ state: 'successful', downloads: null });
    expect(codeOf(await ann.as.get(`${PATH}/${id}/download`))).toBe('409 REPORT_NOT_READY');
  });

  it('as many as may be at once, also when asked for at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 24 }, () => ann.as.post(PATH, { parameters })));
    const codes = answers.map(codeOf);
    expect(codes.filter((code) => code === '202 OK')).toHaveLength(20);
    expect(codes.filter((code) => code === '429 TOO_MANY_REPORT_REQUESTS')).toHaveLength(4);
    expect(answers.find(({ status }) => status === 429)!.headers['retry-after']).toBe('60');
  });
});
