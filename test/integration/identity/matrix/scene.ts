import { Ids } from '../../../../src/platform/index.js';
import type { TestApp } from '../../../support/app.js';

const AT = '2026-11-01T00:00:00Z';

/** A partner whose objects are made, a user of it, and the brand in its place where a brand's are made. */
export interface Tenant {
  partnerId: string;
  brandId: string;
  userId: string;
}

/** What objects stand on. */
export interface Scene {
  app: TestApp;
  packageId: string;
  brandId: string;
  landingId: string;
  planId: string;
  billRunId: string;
}

let rows = 0;

/** A number that no row had before, for what must differ. */
export function next(): number {
  rows += 1;
  return rows;
}

/** Puts a row into a table, under a new id unless it brings one, and gives the id. */
export async function insert({ app, db }: TestApp, table: string, values: object): Promise<string> {
  const row = { id: app.get(Ids).next(), ...values };
  const columns = Object.keys(row).join(', ');
  await db.query(
    `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM jsonb_populate_record(NULL::${table}, $1)`,
    [JSON.stringify(row)],
  );
  return row.id;
}

/** A brand with a landing and a plan, and a finished bill run. */
export async function makeScene(app: TestApp): Promise<Scene> {
  const packageId = await insert(app, 'packages', {
    name: `Package ${next()}`,
    price_minor: 0,
    currency: 'EUR',
    is_default: false,
    active: true,
    created_at: AT,
  });
  const brandId = await makeBrand(app);
  return {
    app,
    packageId,
    brandId,
    landingId: await makeLanding(app, brandId),
    planId: await makePlan(app, brandId),
    billRunId: await makeBillRun(app),
  };
}

export function makePartner({ app, packageId }: Pick<Scene, 'app' | 'packageId'>): Promise<string> {
  return insert(app, 'partners', {
    name: `Partner ${next()}`,
    kind: 'affiliate',
    state: 'active',
    country: 'DE',
    package_id: packageId,
    created_at: AT,
    approved_at: AT,
  });
}

export function makeBrand(app: TestApp): Promise<string> {
  const brand = {
    name: 'Fox',
    slug: `fox-${next()}`,
    state: 'active',
    currency: 'EUR',
    tag_parameter: 'tag',
  };
  return insert(app, 'brands', { ...brand, created_at: AT });
}

export function makeLanding(app: TestApp, brandId: string): Promise<string> {
  const landing = { title: 'Welcome', url: 'https://fox.example/', audience: 'players', active: true };
  return insert(app, 'landings', { ...landing, brand_id: brandId, created_at: AT });
}

export function makeBillRun(app: TestApp): Promise<string> {
  const run = {
    through: '2026-10-31',
    source: 'command',
    state: 'finished',
    created_at: AT,
    finished_at: AT,
  };
  const counts = { partners_considered: 0, partners_failed: 0, bills_made: 0, lines_made: 0 };
  return insert(app, 'bill_runs', { ...run, ...counts });
}

/** A bulk approval that found no bills. */
export function makeApprovalRun(app: TestApp, userId: string): Promise<string> {
  const run = { filters: {}, requested_by: userId, request_id: 'matrix', created_at: AT, finished_at: AT };
  return insert(app, 'bill_approval_runs', run);
}

/** A plan for everybody, or for one partner only. */
export async function makePlan(app: TestApp, brandId: string, partnerId?: string): Promise<string> {
  const planId = await insert(app, 'commission_plans', {
    brand_id: brandId,
    name: 'Share',
    currency: 'EUR',
    period: 'monthly',
    time_zone: 'UTC',
    availability: partnerId === undefined ? 'default' : 'individual',
    negative_carry_over: false,
    state: 'active',
    current_version: 1,
    created_at: AT,
  });
  await insert(app, 'commission_plan_versions', {
    plan_id: planId,
    version: 1,
    strategies: [
      { type: 'revshare', base: 'ngr', tierMode: 'flat', tiers: [{ fromMinor: '0', rateBps: 2500 }] },
    ],
    admin_fee_bps: 0,
    negative_carry_over: false,
    created_at: AT,
  });
  if (partnerId !== undefined) {
    await app.db.query('INSERT INTO commission_plan_partners VALUES ($1, $2)', [planId, partnerId]);
  }
  return planId;
}

/** Makes a visit to the partner's promo. */
export async function makeVisit(
  { app, brandId }: Scene,
  { partnerId }: Tenant,
  promoId: string,
): Promise<string> {
  const [promo] = await app.db.query<[{ campaign_id: string }]>(
    'SELECT campaign_id FROM promos WHERE id = $1',
    [promoId],
  );
  return insert(app, 'visits', {
    partner_id: partnerId,
    brand_id: brandId,
    campaign_id: promo.campaign_id,
    promo_id: promoId,
    visited_at: AT,
    query: {},
  });
}

/** Makes a rate that the user entered, of a day that had none. */
export function makeExchangeRate(app: TestApp, userId: string): Promise<string> {
  return insert(app, 'exchange_rates', {
    day: new Date(Date.UTC(2020, 0, 1 + next())),
    currency: 'USD',
    source: 'manual',
    per_euro: '1.0812',
    entered_by: userId,
    entered_at: AT,
  });
}
