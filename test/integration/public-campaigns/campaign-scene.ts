import type { Response } from 'supertest';
import { UnitOfWork } from '../../../src/platform/index.js';
import {
  type CollectedPost,
  PostCollection,
} from '../../../src/public-campaigns/posts/post-collection.service.js';
import { ConnectedAccounts } from '../../../src/public-campaigns/social/connected-accounts.service.js';
import { Reconciliation } from '../../../src/wallet/index.js';
import type { TestApp } from '../../support/app.js';
import { body, type Calls, joinAsPartner, type Person } from '../../support/journey.js';
import type { MoneyBody } from '../wallet/scene.js';

/** A public campaign as the API shows it to its brand. */
export interface CampaignBody {
  id: string;
  state: string;
  status: string | null;
  budget: MoneyBody;
  consumed: MoneyBody;
  consumptionPercent: number;
  startsAt: string;
  endsAt: string;
  postingFrom: string;
  postingUntil: string;
  unitPrices: { unit: string; price: MoneyBody; maxUnits: number | null }[];
  requiredTags: string[];
  terms: string;
  termsVersion: number;
}

export const eur = (amount: string): MoneyBody => ({ amount, currency: 'EUR' });

/** What a brand sends for a campaign from the 2nd to the 16th of November 2026, in Berlin. */
export const CAMPAIGN = {
  title: 'Autumn with Lucky Fox',
  description: 'Show how you spend a rainy evening.',
  platforms: ['instagram', 'youtube'],
  timeZone: 'Europe/Berlin',
  startsAt: '2026-11-02',
  endsAt: '2026-11-16',
  budget: eur('100.00'),
  unitPrices: [
    { unit: 'post', price: eur('5.00') },
    { unit: 'like', price: eur('0.02') },
    { unit: 'view', price: eur('0.0025'), maxUnits: 10_000 },
  ],
  requiredTags: ['LuckyFox'],
  terms: 'Posts stay online for 30 days. Paid after the campaign.',
};

/** A campaign of the brand's owner, published. */
export async function publish(owner: Calls, changes: object = {}): Promise<CampaignBody> {
  const draft = await owner.post('brand/public-campaigns', { ...CAMPAIGN, ...changes });
  const { id } = body<CampaignBody>(draft, 201);
  return body<CampaignBody>(await owner.post(`brand/public-campaigns/${id}/publish`), 200);
}

/** A creator with an account that joins campaigns. */
export interface Creator {
  person: Person;
  partnerId: string;
  accountId: string;
  /** The platform's own name of the account. */
  platformUserId: string;
}

interface AccountOfTests {
  platform: 'instagram' | 'youtube' | 'tiktok';
  handle: string;
  followers: number | null;
}

let creators = 0;

/** A creator from Germany whom the operator approved, with an account at Instagram unless told otherwise. */
export async function makeCreator(
  app: TestApp,
  operator: Person,
  account: Partial<AccountOfTests> = {},
): Promise<Creator> {
  creators += 1;
  const person = await joinAsPartner(app, operator, `creator-${creators}@creators.example`, {
    kind: 'creator',
  });
  const [user] = await app.db.query<[{ userId: string; partnerId: string }]>(
    `SELECT u.id AS "userId", m.partner_id AS "partnerId" FROM users u JOIN memberships m ON m.user_id = u.id
      WHERE u.email = $1`,
    [person.email],
  );
  const connected = await connect(app, user, { handle: `creator.${creators}`, ...account });
  return { person, partnerId: user.partnerId, ...connected };
}

/** Connects an account, as the way through its platform does in the end. */
export async function connect(
  app: TestApp,
  { userId, partnerId }: { userId: string; partnerId: string },
  { platform = 'instagram', handle = 'ann', followers = 5_000 }: Partial<AccountOfTests>,
): Promise<{ accountId: string; platformUserId: string }> {
  const platformUserId = `${platform} ${handle}`;
  const tokens = {
    accessToken: 'token',
    refreshToken: 'refresh',
    expiresAt: new Date('2027-06-01T00:00:00Z'),
    scopes: [],
  };
  const { id } = await app.app.get(UnitOfWork).run((tx) =>
    app.app.get(ConnectedAccounts).connect(tx, { userId, partnerId, impersonatorId: null }, platform, {
      profile: { platformUserId, handle, followers, feed: null },
      tokens,
    }),
  );
  return { accountId: id, platformUserId };
}

/** Joins a job with the creator's account, accepting the first version of its terms. */
export async function join(creator: Creator, jobId: string, acceptedTermsVersion = 1): Promise<string> {
  const joined = await creator.person.post(`partner/jobs/${jobId}/join`, {
    connectedAccountId: creator.accountId,
    acceptedTermsVersion,
  });
  return body<{ id: string }>(joined, 201).id;
}

/** Address of a post at Instagram. */
export const urlOf = (name: string): string => `https://www.instagram.com/p/${name.padEnd(5, '_')}/`;

/** A post as the platform tells of it: by the creator, now, with the tag of {@link CAMPAIGN}. */
export function found(
  { app, creator }: { app: TestApp; creator: Pick<Creator, 'platformUserId'> },
  name: string,
  changes: Partial<CollectedPost> = {},
): CollectedPost {
  return {
    url: urlOf(name),
    publishedAt: app.clock.now(),
    authorPlatformId: creator.platformUserId,
    text: 'Rain outside, fox inside #LuckyFox',
    metrics: {},
    ...changes,
  };
}

/** Tells the program what was collected, as the job that collects does. */
export function collect(app: TestApp, participationId: string, post: CollectedPost): Promise<void> {
  return app.app
    .get(UnitOfWork)
    .run((tx) => app.app.get(PostCollection).record(tx, { participationId, found: post }));
}

/** A post as the API shows it. */
export interface PostBody {
  id: string;
  url: string;
  state: string;
  fault: string | null;
  reason: string | null;
  publishedAt: string;
  metrics: Record<string, number | null>;
  uncountedMetrics: Record<string, number | null>;
  unknownMetrics: string[];
  reward: MoneyBody;
  accrued: MoneyBody;
  payable: boolean;
  paidAt: string | null;
}

/** Code of a refusal and the fields that it names. */
export function problem(response: Response): string {
  const { code, errors } = response.body as { code: string; errors: { path: string }[] };
  return [response.status, code, ...errors.map(({ path }) => path)].join(' ');
}

/** What is wrong with a campaign's money: nothing, always. */
export async function moneyFaults(app: TestApp): Promise<unknown[]> {
  return (await app.app.get(Reconciliation).run(app.db)).mismatches;
}
