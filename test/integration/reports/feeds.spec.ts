import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { codeOf } from '../identity/scene.js';
import { type Reader, ReportScene } from './report-scene.js';

let app: TestApp;
let scene: ReportScene;
let ann: Reader;
let query: string;

beforeAll(async () => {
  app = await createTestApp({ background: false });
  scene = await ReportScene.open(app);
  ann = await scene.reader('Autumn');
  query = `from=${scene.day}&to=${scene.day}&columns[]=visits_count&group_by[]=campaign`;
});
afterAll(() => app.close());

const tokenOf = async ({ as }: Reader): Promise<string> =>
  body<{ token: string }>(await as.get('me/statistic-token'), 200).token;

describe('A18 feed links', () => {
  it.each([
    ['json', 'application/json'],
    ['xml', 'application/xml'],
    ['csv', 'text/csv'],
  ])('%s is opened by the token in the link, without a session', async (format, mediaType) => {
    const answer = await scene.fetch(`/feeds/report.${format}?token=${await tokenOf(ann)}&${query}`);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toContain(mediaType);
    expect(String(answer.body)).toContain('Autumn');
    expect(answer.headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
  });

  it('shows the same figures as the report API by the same token', async () => {
    const token = await tokenOf(ann);
    const feed = await scene.fetch(`/feeds/report.json?token=${token}&${query}`);
    const page = await scene.fetch(`/api/customer/v1/partner/report?${query}`, { authorization: token });
    const { rows, totals, relations } = JSON.parse(String(page.body)) as Record<string, unknown>;
    expect(JSON.parse(String(feed.body))).toMatchObject({ rows, totals, relations });
  });

  it('have no pages, and neither have files of the report', async () => {
    const token = await tokenOf(ann);
    for (const parameter of ['page=2', 'per_page=1', 'page[]=1']) {
      const path = parameter.replace(/\W.*/, '');
      const feed = await scene.fetch(`/feeds/report.json?token=${token}&${query}&${parameter}`);
      expect(JSON.parse(String(feed.body)), parameter).toMatchObject({ status: 400, errors: [{ path }] });
      const file = await ann.as.get(`partner/reports/performance?${query}&format=csv&${parameter}`);
      expect(file.body, parameter).toMatchObject({ status: 400, errors: [{ path }] });
    }
  });

  it('reach to the last days that there are', async () => {
    const ask = async (to: string): Promise<number> =>
      (await scene.fetch(`/feeds/report.json?token=${await tokenOf(ann)}&from=2026-10-01&to=${to}`)).status;
    expect(await ask('9999-12-30')).toBe(200);
    expect(await ask('9999-12-31')).toBe(400);
  });

  it('no other token opens them; the answer is a 401 in JSON, never a redirect', async () => {
    const token = await tokenOf(ann);
    for (const wrong of [
      '',
      'token=',
      'token=x',
      `token=${token}x`,
      `token=${token}&token=${token}`,
      `Token=${token}`,
    ]) {
      const answer = await scene.fetch(`/feeds/report.json?${wrong}&${query}`);
      expect(answer.status, wrong).toBe(401);
      expect(answer.headers['content-type']).toContain('json');
      expect(String(answer.body)).not.toContain(token);
      expect(answer.headers['location']).toBeUndefined();
    }
  });

  it('refuses what is wrong with the query, without telling the token', async () => {
    const token = await tokenOf(ann);
    const answer = await scene.fetch(`/feeds/report.json?token=${token}&${query}&columns[]=secrets`);
    expect(answer.status).toBe(400);
    expect(JSON.parse(String(answer.body))).toMatchObject({
      code: 'INVALID_PARAMETER',
      instance: '/feeds/report.json',
    });
    expect(String(answer.body)).not.toContain(token);
  });

  it('shows the own partner’s figures only, whatever campaigns are asked for', async () => {
    const bob = await scene.reader('Winter');
    const { items } = body<{ items: { id: string }[] }>(await ann.as.get('partner/campaigns'), 200);
    const foreign = `&campaign_ids[]=${items[0]!.id}`;
    const answer = await scene.fetch(`/feeds/report.json?token=${await tokenOf(bob)}&${query}${foreign}`);
    expect(JSON.parse(String(answer.body))).toMatchObject({ total_count: 0, relations: { campaigns: [] } });
  });

  it('are counted by token, with Retry-After when there were too many', async () => {
    const { paths } = body<{ paths: Record<string, { get: { 'x-rate-limit': object; responses: object } }> }>(
      await app.http.get('/api/openapi.json'),
      200,
    );
    const { get } = paths['/feeds/report.json']!;
    expect(get['x-rate-limit']).toMatchObject({ class: 'report', per: 'statistics token' });
    expect(Object.keys(get.responses)).toContain('429');
  });
});

describe('A18 the token of a team mate', () => {
  it('is expired by an owner: its feeds are out at once, everybody else’s stay', async () => {
    const bob = await scene.member(ann.partnerId, 'partner:analyst');
    const [old, own] = [await tokenOf(bob), await tokenOf(ann)];
    expect(old).not.toBe(own);
    const open = async (token: string) =>
      (await scene.fetch(`/feeds/report.csv?token=${token}&${query}`)).status;
    expect(await open(old)).toBe(200);
    const expire = `partner/users/${bob.userId}/statistic-token/expire`;
    expect(codeOf(await bob.as.post(expire))).toBe('403 PERMISSION_DENIED');
    const stranger = await scene.reader();
    expect(codeOf(await stranger.as.post(expire))).toBe('404 NOT_FOUND');
    expect(body(await ann.as.post(expire), 200)).toEqual({ done: true });
    expect([await open(old), await open(own)]).toEqual([401, 200]);
    const next = await tokenOf(bob);
    expect(next).not.toBe(old);
    expect(await open(next)).toBe(200);
  });
});
