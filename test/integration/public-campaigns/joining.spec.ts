import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PersonalData } from '../../../src/identity/index.js';
import { UnitOfWork } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, callsWith, type Person, signIn } from '../../support/journey.js';
import { makeProgram } from '../../support/program.js';
import { outboxDelivered } from '../../support/outbox.js';
import { Caller, open } from '../identity/scene.js';
import { joinBrand } from '../tracking/order-scene.js';
import {
  type CampaignBody,
  collect,
  connect,
  type Creator,
  eur,
  found,
  join,
  makeCreator,
  problem,
  publish,
} from './campaign-scene.js';

interface Reason {
  code: string;
}
interface JobBody extends CampaignBody {
  brand: { name: string };
  eligible: boolean;
  reasons: Reason[];
  accounts: {
    connectedAccountId: string;
    eligible: boolean;
    reasons: Reason[];
    participationId: string | null;
  }[];
}

const BEGIN = '2026-11-02T09:00:00Z';

let app: TestApp;
let operator: Person;
let owner: Person;
let creator: Creator;

beforeAll(async () => {
  app = await createTestApp();
  operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  owner = await joinBrand(app, operator, (await makeProgram(operator)).brandId, 'owner');
  creator = await makeCreator(app, operator);
});
afterAll(() => app.close());
beforeEach(() => app.clock.set(BEGIN));

const codes = (reasons: Reason[]) => reasons.map(({ code }) => code);
const job = async (id: string) => body<JobBody>(await creator.person.get(`partner/jobs/${id}`), 200);
const jobs = async (query = '') =>
  body<{ items: JobBody[]; nextCursor: string | null }>(
    await creator.person.get(`partner/jobs${query}`),
    200,
  );
const tryToJoin = ({ person, accountId }: Creator, id: string, acceptedTermsVersion = 1) =>
  person.post(`partner/jobs/${id}/join`, { connectedAccountId: accountId, acceptedTermsVersion });
/** Something else about the creator's account, until it is set again. */
const setAccount = (changes: string) =>
  app.db.query(`UPDATE connected_accounts SET ${changes} WHERE id = $1`, [creator.accountId]);

describe('E01 a creator searches for jobs', () => {
  it('finds what is upcoming or ongoing, by status, platform and words, page by page', async () => {
    const word = { title: 'Find me: Zebra' };
    const ongoing = await publish(owner, word);
    const upcoming = await publish(owner, { ...word, startsAt: '2026-11-10', platforms: ['tiktok'] });
    const over = await publish(owner, { ...word, startsAt: '2026-11-01', endsAt: '2026-11-03' });
    const cancelled = await publish(owner, word);
    body(await owner.post(`brand/public-campaigns/${cancelled.id}/cancel`), 200);
    app.clock.set('2026-11-03T12:00:00Z');
    creator.person = await creator.person.signInAgain();
    const idsOf = async (query: string) => (await jobs(`?search=zebra${query}`)).items.map(({ id }) => id);
    expect(await idsOf('')).toEqual(expect.arrayContaining([ongoing.id, upcoming.id]));
    expect(await idsOf('')).toHaveLength(2);
    expect(await idsOf('&status=ongoing')).toEqual([ongoing.id]);
    expect(await idsOf('&status=upcoming')).toEqual([upcoming.id]);
    expect(await idsOf('&platform=tiktok')).toEqual([upcoming.id]);
    const first = await jobs('?search=zebra&limit=1');
    const second = await jobs(`?search=zebra&limit=1&cursor=${first.nextCursor}`);
    expect([...first.items, ...second.items].map(({ id }) => id).toSorted()).toEqual(
      [ongoing.id, upcoming.id].toSorted(),
    );
    expect(second.nextCursor).toBeNull();
    const { brand } = first.items[0]!;
    expect(
      (await jobs(`?search=${encodeURIComponent(brand.name.toUpperCase())}`)).items.length,
    ).toBeGreaterThan(1);
    expect((await jobs('?search=%25')).items).toEqual([]);
    // A finished one is still shown by its id; a cancelled one only to those who joined.
    expect(await job(over.id)).toMatchObject({ status: 'finished' });
    expect(problem(await creator.person.get(`partner/jobs/${cancelled.id}`))).toBe('404 NOT_FOUND');
    expect(problem(await creator.person.get('partner/jobs?status=finished'))).toMatch(/^4\d\d .* status$/);
  });

  it('is told every reason at once why it cannot join, with each account', async () => {
    const strict = await publish(owner, {
      eligibility: { countries: ['FR', 'AT'], minFollowers: 6_000, verifiedOnly: true },
    });
    expect(await job(strict.id)).toMatchObject({ eligible: false });
    expect(codes((await job(strict.id)).reasons)).toEqual([
      'COUNTRY_NOT_ACCEPTED',
      'TOO_FEW_FOLLOWERS',
      'ACCOUNT_NOT_VERIFIED',
    ]);
    await setAccount(`token_expires_at = '2026-11-02T08:59:59Z', followers = NULL`);
    const [account] = (await job(strict.id)).accounts;
    expect(account).toMatchObject({
      connectedAccountId: creator.accountId,
      eligible: false,
      participationId: null,
    });
    expect(codes(account!.reasons)).toEqual([
      'COUNTRY_NOT_ACCEPTED',
      'TOKEN_EXPIRED',
      'FOLLOWERS_UNKNOWN',
      'ACCOUNT_NOT_VERIFIED',
    ]);
    await setAccount(`token_expires_at = '2027-01-01', followers = 5000`);
    const elsewhere = await publish(owner, { platforms: ['tiktok'] });
    expect(codes((await job(elsewhere.id)).reasons)).toEqual(['ACCOUNT_NOT_CONNECTED']);
    expect((await job(elsewhere.id)).accounts).toEqual([]);
  });

  it('can join with any account that will do', async () => {
    const { id } = await publish(owner, { eligibility: { minFollowers: 6_000 } });
    expect(codes((await job(id)).reasons)).toEqual(['TOO_FEW_FOLLOWERS']);
    const [user] = await app.db.query<[{ userId: string }]>(
      'SELECT user_id AS "userId" FROM memberships WHERE partner_id = $1',
      [creator.partnerId],
    );
    await connect(app, { ...user, partnerId: creator.partnerId }, { platform: 'youtube', followers: 90_000 });
    const found = await job(id);
    expect(found).toMatchObject({ eligible: true, reasons: [] });
    expect(found.accounts.map(({ eligible }) => eligible).toSorted()).toEqual([false, true]);
  });
});

describe('E01 a job says what joining it would say', () => {
  /** What the job says of the creator and its account, and what joining says. */
  const before = async (id: string) => {
    const { eligible, reasons, accounts } = await job(id);
    const own = accounts.find(({ connectedAccountId }) => connectedAccountId === creator.accountId)!;
    expect([eligible, own.eligible]).toEqual([false, false]);
    expect(codes(own.reasons)).toEqual(codes(reasons).filter((code) => code !== 'ACCOUNT_NOT_CONNECTED'));
    return [...codes(reasons), problem(await tryToJoin(creator, id))];
  };

  it('while the campaign is over budget, and when it is over', async () => {
    const { id } = await publish(owner, { budget: eur('5.00'), platforms: ['instagram'] });
    const other = await makeCreator(app, operator);
    await collect(app, await join(other, id), found({ app, creator: other }, 'all-of-it'));
    expect(await before(id)).toEqual(['CAMPAIGN_OVER_BUDGET', '409 CAMPAIGN_OVER_BUDGET']);
    app.clock.set('2026-11-20T09:00:00Z');
    creator.person = await creator.person.signInAgain();
    expect(await before(id)).toEqual(['CAMPAIGN_FINISHED', '409 CAMPAIGN_FINISHED']);
    app.clock.set(BEGIN);
    creator.person = await creator.person.signInAgain();
  });

  it('to an account that has joined, by whomever it was connected; while the campaign is paused, too', async () => {
    const { id } = await publish(owner, { platforms: ['instagram'] });
    const other = await makeCreator(app, operator);
    body(await other.person.delete(`partner/social-accounts/connections/${other.accountId}`), 200);
    await app.db.query('UPDATE connected_accounts SET platform_user_id = $1 WHERE id = $2', [
      creator.platformUserId,
      other.accountId,
    ]);
    await join(creator, id);
    expect(await before(id)).toEqual(['ALREADY_JOINED', '409 ALREADY_JOINED']);
    const theirs = body<JobBody>(await other.person.get(`partner/jobs/${id}`), 200).accounts[0]!;
    expect(codes(theirs.reasons)).toEqual(['ALREADY_JOINED', 'ACCOUNT_NOT_CONNECTED']);
    expect(theirs.participationId).toBeNull();
    body(await owner.post(`brand/public-campaigns/${id}/pause`), 200);
    expect(await before(id)).toEqual(['CAMPAIGN_PAUSED', 'ALREADY_JOINED', '409 CAMPAIGN_PAUSED']);
  });

  it('of a brand which works with the program no more, as far as it is shown', async () => {
    const { brandId } = await makeProgram(operator);
    const { id } = await publish(await joinBrand(app, operator, brandId, 'owner'), {
      platforms: ['instagram'],
    });
    const other = await makeCreator(app, operator);
    await join(other, id);
    body(await operator.patch(`operator/brands/${brandId}`, { state: 'archived' }), 200);
    expect(problem(await creator.person.get(`partner/jobs/${id}`))).toBe('404 NOT_FOUND');
    const theirs = body<JobBody>(await other.person.get(`partner/jobs/${id}`), 200);
    expect(codes(theirs.reasons)).toEqual(['BRAND_ARCHIVED', 'ALREADY_JOINED']);
  });
});

describe('E05 a creator joins', () => {
  it('with an account, the terms accepted, once', async () => {
    const { id } = await publish(owner);
    const both = await Promise.all([tryToJoin(creator, id), tryToJoin(creator, id)]);
    expect(both.map(problemOrStatus).toSorted()).toEqual(['201', '409 ALREADY_JOINED']);
    const found = await job(id);
    const joined = found.accounts.find(({ connectedAccountId }) => connectedAccountId === creator.accountId)!;
    const path = `partner/participations/${joined.participationId}`;
    expect(body(await creator.person.get(path), 200)).toMatchObject({
      jobId: id,
      title: 'Autumn with Lucky Fox',
      platform: 'instagram',
      termsVersion: 1,
    });
    const { items } = body<{ items: { id: string }[] }>(
      await creator.person.get('partner/participations'),
      200,
    );
    expect(items.map((item) => item.id)).toContain(joined.participationId);
    const stranger = await makeCreator(app, operator);
    expect(problem(await stranger.person.get(path))).toBe('404 NOT_FOUND');
    expect(problem(await stranger.person.get(`${path}/posts`))).toBe('404 NOT_FOUND');
    expect(problem(await tryToJoin({ ...stranger, accountId: creator.accountId }, id))).toBe(
      '422 VALIDATION_FAILED connectedAccountId',
    );
    await outboxDelivered(app);
    const events = await creator.person.get('partner/events?type=campaign_joined');
    expect(body<{ items: unknown[] }>(events, 200).items[0]).toMatchObject({
      summary: 'An account at instagram joined the campaign "Autumn with Lucky Fox".',
    });
  });

  it('only with everything that is asked for; the refusal names all of it', async () => {
    const { id } = await publish(owner, {
      platforms: ['tiktok'],
      eligibility: { countries: ['FR'], minFollowers: 6_000 },
    });
    body(await owner.patch(`brand/public-campaigns/${id}`, { terms: 'Other terms.' }), 200);
    await setAccount(
      `state = 'reconnect_needed', sealed_tokens = NULL, token_expires_at = NULL, refresh_at = NULL`,
    );
    const refused = await tryToJoin(creator, id);
    expect(problem(refused)).toBe(`422 NOT_ELIGIBLE ${'connectedAccountId '.repeat(4)}acceptedTermsVersion`);
    expect((refused.body as { reasons: string[] }).reasons).toEqual([
      'COUNTRY_NOT_ACCEPTED',
      'PLATFORM_NOT_ACCEPTED',
      'TOKEN_EXPIRED',
      'TOO_FEW_FOLLOWERS',
      'TERMS_NOT_ACCEPTED',
    ]);
    await setAccount(
      `state = 'connected', sealed_tokens = 'x', token_expires_at = '2027-01-01', refresh_at = '2027-01-01'`,
    );
    const open = await publish(owner);
    body(await owner.patch(`brand/public-campaigns/${open.id}`, { terms: 'Other terms.' }), 200);
    expect(problem(await tryToJoin(creator, open.id, 1))).toBe('422 NOT_ELIGIBLE acceptedTermsVersion');
    expect(body(await tryToJoin(creator, open.id, 2), 201)).toMatchObject({ termsVersion: 2 });
  });

  it('and reads the terms that it accepted, also when the campaign has others by then', async () => {
    const { id, terms } = await publish(owner);
    const participationId = await join(creator, id);
    body(await owner.patch(`brand/public-campaigns/${id}`, { terms: 'Other terms.' }), 200);
    const participation = await creator.person.get(`partner/participations/${participationId}`);
    expect(body(participation, 200)).toMatchObject({ termsVersion: 1, terms });
    const room = app.app
      .get(PersonalData)
      .rooms()
      .find((one) => one.room === 'public-campaigns')!;
    const copy: unknown[] = [];
    await app.app.get(UnitOfWork).run(async (tx) => {
      for await (const row of room.files['joined-campaigns']!(tx, creator.partnerId)) copy.push(row);
    });
    expect(copy).toContainEqual(expect.objectContaining({ id: participationId, termsVersion: 1, terms }));
  });

  it('not while the campaign is a draft, paused, cancelled or over; but before it begins', async () => {
    const { id } = await publish(owner, { startsAt: '2026-11-02T11:00', endsAt: '2026-11-02T12:00' });
    const other = await makeCreator(app, operator);
    const move = async (action: string) =>
      body(await owner.post(`brand/public-campaigns/${id}/${action}`), 200);
    await move('pause');
    expect(problem(await tryToJoin(creator, id))).toBe('409 CAMPAIGN_PAUSED');
    await move('resume');
    await join(creator, id);
    app.clock.set('2026-11-02T11:00:00Z');
    other.person = await other.person.signInAgain();
    expect(problem(await tryToJoin(other, id))).toBe('409 CAMPAIGN_FINISHED');
    owner = await owner.signInAgain();
    const cancelled = await publish(owner);
    body(await owner.post(`brand/public-campaigns/${cancelled.id}/cancel`), 200);
    expect(problem(await tryToJoin(other, cancelled.id))).toBe('409 CAMPAIGN_CANCELLED');
    const draft = await owner.post('brand/public-campaigns', { ...cancelledTerms });
    expect(problem(await tryToJoin(other, body<{ id: string }>(draft, 201).id))).toBe('404 NOT_FOUND');
  });

  it('not that of a brand which works with the program no more', async () => {
    const { brandId } = await makeProgram(operator);
    const { id } = await publish(await joinBrand(app, operator, brandId, 'owner'));
    body(await operator.patch(`operator/brands/${brandId}`, { state: 'archived' }), 200);
    expect(problem(await tryToJoin(creator, id))).toBe('404 NOT_FOUND');
  });

  it('only after signing in within the last ten minutes: a session that goes on is not enough', async () => {
    const { id } = await publish(owner);
    const session = await open(app, creator.person.email);
    app.clock.advance(601);
    const renewed = await new Caller(app).post('auth/refresh', { refreshToken: session.refreshToken });
    const { accessToken } = body<{ accessToken: string }>(renewed, 200);
    const stale = { ...creator.person, ...callsWith(app, accessToken) };
    expect(body(await stale.get(`partner/jobs/${id}`), 200)).toMatchObject({ eligible: true });
    expect(problem(await tryToJoin({ ...creator, person: stale }, id))).toBe('401 REAUTHENTICATION_REQUIRED');
    creator.person = await creator.person.signInAgain();
    await join(creator, id);
  });
});

const cancelledTerms = {
  title: 'Draft',
  description: 'Not for anybody yet.',
  platforms: ['instagram'],
  timeZone: 'UTC',
  startsAt: '2026-11-02',
  endsAt: '2026-11-16',
  budget: eur('1.00'),
  unitPrices: [{ unit: 'post', price: eur('1.00') }],
  terms: 'None.',
};

function problemOrStatus(response: Parameters<typeof problem>[0]): string {
  return response.status < 300 ? String(response.status) : problem(response);
}
