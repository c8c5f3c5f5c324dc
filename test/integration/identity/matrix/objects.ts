import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { FileStore, Money, UnitOfWork } from '../../../../src/platform/index.js';
import { CashoutRequests, Ledger, PaymentMethods } from '../../../../src/wallet/index.js';
import { billLineKind, playerKind } from './billing-kinds.js';
import { fraudSignalKind } from './fraud-kinds.js';
import { medium, privateMedium } from './media-kinds.js';
import { personOf } from './people.js';
import {
  insert,
  makeApprovalRun,
  makeBillRun,
  makeBrand,
  makeExchangeRate,
  makeLanding,
  makePartner,
  makePlan,
  makeVisit,
  next,
  type Scene,
  type Tenant,
} from './scene.js';
import { syncBatch, syncKey } from './sync-kinds.js';

const AT = '2026-11-01T00:00:00Z';

/** An id that nothing has. */
export const MISSING = '01920000-0000-7000-8000-00000000dead';

/**
 * How to get what a path parameter names: a new object for every call, so that the route may change or delete it.
 * `parents` are the ids of the parameters before it.
 */
export interface Kind {
  make: (scene: Scene, tenant: Tenant, parents: string[]) => Promise<string>;
  /** Nobody's in particular: there is no other tenant's one. */
  shared?: true;
}

/** An object of one table. */
function row(table: string, values: (scene: Scene, tenant: Tenant) => object): Kind {
  return { make: (scene, tenant) => insert(scene.app, table, values(scene, tenant)) };
}

const bill = row('bills', ({ brandId, planId, billRunId }, { partnerId }) => {
  const start = new Date(Date.parse('2020-01-01T00:00:00Z') + next() * 3_600_000);
  return {
    partner_id: partnerId,
    plan_id: planId,
    plan_version: 1,
    brand_id: brandId,
    currency: 'EUR',
    period_start: start,
    period_end: new Date(start.getTime() + 3_600_000),
    time_zone: 'UTC',
    first_day: '2020-01-01',
    last_day: '2020-01-01',
    state: 'pending',
    issued_minor: 0,
    payable_minor: 0,
    run_id: billRunId,
    created_at: AT,
  };
});

const campaign = row('campaigns', ({ brandId, planId }, { partnerId }) => ({
  partner_id: partnerId,
  brand_id: brandId,
  commission_plan_id: planId,
  name: 'Autumn',
  state: 'active',
  created_at: AT,
}));

const promo: Kind = {
  make: async (scene, tenant) =>
    insert(scene.app, 'promos', {
      campaign_id: await campaign.make(scene, tenant, []),
      partner_id: tenant.partnerId,
      brand_id: scene.brandId,
      code: `M${String(next()).padStart(9, '0')}`,
      title: 'Top list',
      landing_id: scene.landingId,
      created_at: AT,
    }),
};

const postback = row('postbacks', (_, { partnerId }) => ({
  partner_id: partnerId,
  scope: 'account',
  action: 'registration',
  url: 'https://tracker.example/?c=1',
  method: 'GET',
  headers: [],
  state: 'active',
  failures: 0,
  created_at: AT,
  updated_at: AT,
}));

const postbackLog: Kind = {
  make: async (scene, tenant) =>
    insert(scene.app, 'postback_log', {
      partner_id: tenant.partnerId,
      postback_id: await postback.make(scene, tenant, []),
      delivery_id: randomUUID(),
      event_id: randomUUID(),
      kind: 'event',
      action: 'registration',
      attempt: 1,
      method: 'GET',
      url: 'https://tracker.example/?c=1',
      response_code: 200,
      duration_ms: 1,
      sent_at: scene.app.clock.now(),
    }),
};

const paymentMethod: Kind = {
  make: ({ app }, { partnerId: ownerId, userId }) =>
    app.app.get(UnitOfWork).run(async (tx) => {
      // One account per type: the one before it makes room.
      await tx.query('UPDATE payment_methods SET deleted_at = now() WHERE owner_id = $1', [ownerId]);
      return app.app
        .get(PaymentMethods)
        .add(tx, { ownerId, actor: { userId, impersonatorId: null } }, 'paypal', {
          email: 'ann@example.com',
        });
    }),
};

const cashout: Kind = {
  make: async (scene, tenant) => {
    const nest = scene.app.app;
    const { partnerId: ownerId, userId } = tenant;
    const paymentMethodId = await paymentMethod.make(scene, tenant, []);
    return nest.get(UnitOfWork).run(async (tx) => {
      const amount = Money.parse('100.00', 'EUR');
      await nest.get(Ledger).credit(tx, { ownerId, amount, kind: 'bill', reference: randomUUID() });
      const asked = { currency: 'EUR', amount: '100.00', paymentMethodId };
      return (
        await nest
          .get(CashoutRequests)
          .request(tx, { ownerId, actor: { userId, impersonatorId: null } }, asked)
      ).id;
    });
  },
};

const cashoutSchedule: Kind = {
  make: async (scene, tenant) =>
    insert(scene.app, 'cashout_schedules', {
      owner_id: tenant.partnerId,
      payment_method_id: await paymentMethod.make(scene, tenant, []),
      currency: 'EUR',
      frequency: 'daily',
      weekdays: [],
      dates: [],
      time_of_day: '09:00',
      time_zone: 'UTC',
      state: 'paused',
      authorised_by: tenant.userId,
      two_factor_since: AT,
      failures: 0,
      created_at: AT,
      updated_at: AT,
    }),
};

const document: Kind = {
  make: async ({ app }, { partnerId, userId }) => {
    const id = await insert(app, 'documents', {
      partner_id: partnerId,
      type: 'identity',
      label: 'Passport',
      file_name: 'passport.pdf',
      media_type: 'application/pdf',
      size_bytes: 4,
      state: 'pending',
      uploaded_by: userId,
      uploaded_at: AT,
    });
    await app.app.get(FileStore).put(`documents/${partnerId}/${id}`, Readable.from(['%PDF']));
    return id;
  },
};

const partnershipRequest: Kind = {
  make: async (scene) =>
    insert(scene.app, 'partner_requests', {
      kind: 'partnership',
      partner_id: await makePartner(scene),
      state: 'pending',
      package_id: scene.packageId,
      price_minor: 0,
      currency: 'EUR',
      requested_at: AT,
    }),
};

const frozenWallet: Kind = {
  make: async ({ app }) => {
    const ownerId = randomUUID();
    await app.db.query(`INSERT INTO wallet_freezes (owner_id, frozen_at, reason) VALUES ($1, $2, 'test')`, [
      ownerId,
      AT,
    ]);
    return ownerId;
  },
};

const session = row('sessions', (_, { userId }) => ({ user_id: userId, created_at: AT, last_seen_at: AT }));

const user: Kind = {
  make: async ({ app }, { partnerId }) => (await personOf(app, 'partner:manager', partnerId)).userId!,
};

const sessionOfUser: Kind = {
  make: ({ app }, _tenant, [userId]) =>
    insert(app, 'sessions', { user_id: userId, created_at: AT, last_seen_at: AT }),
};

const socialAccount = row('social_accounts', (_, { partnerId }) => ({
  partner_id: partnerId,
  platform: 'instagram',
  handle: `ann${next()}`,
  state: 'pending',
  code_hash: 'none',
  requested_at: AT,
  created_at: AT,
}));

const event = row('event_log', (_, { partnerId, userId }) => ({
  partner_id: partnerId,
  type: 'two_factor_enabled',
  actor_user_id: userId,
  subject_type: 'user',
  subject_id: userId,
  data: {},
  occurred_at: AT,
}));

const auditEntry = row('audit_log', (_, { userId }) => ({
  actor_user_id: userId,
  action: 'brand.change',
  subject_type: 'brand',
  occurred_at: AT,
}));

const identity = row('user_identities', (_, { userId }) => ({
  user_id: userId,
  provider: 'google',
  issuer: 'https://accounts.example',
  subject: `s-${next()}`,
  email: 'ann@example.com',
  linked_at: AT,
}));

const dataExport = row('data_exports', (_, { partnerId, userId }) => ({
  partner_id: partnerId,
  requested_by: userId,
  state: 'failed',
  requested_at: AT,
  finished_at: AT,
}));

const POOL = { name: 'Autumn', state: 'open', created_at: AT };
const poolOfBrand = row('promo_code_pools', (_, { brandId }) => ({ ...POOL, brand_id: brandId }));
const pool: Kind = {
  make: ({ app }, _tenant, [brandId]) => insert(app, 'promo_code_pools', { ...POOL, brand_id: brandId }),
  shared: true,
};

const order: Kind = {
  make: async (scene, tenant) =>
    insert(scene.app, 'orders', {
      brand_id: tenant.brandId,
      external_id: `o-${next()}`,
      partner_id: tenant.partnerId,
      campaign_id: await campaign.make(scene, tenant, []),
      promo_id: await promo.make(scene, tenant, []),
      visit_id: randomUUID(),
      amount_minor: 8_000,
      currency: 'EUR',
      ordered_at: AT,
      query: {},
      status: 'pending',
      created_at: AT,
    }),
};

const exchangeRate: Kind = {
  make: ({ app }, { userId }) => makeExchangeRate(app, userId),
  shared: true,
};

const visit: Kind = {
  make: async (scene, tenant) => makeVisit(scene, tenant, await promo.make(scene, tenant, [])),
};
const player = playerKind(campaign, promo);
const fraudSignal = fraudSignalKind(campaign, promo);

const brand: Kind = { make: ({ app }) => makeBrand(app), shared: true };
const landing: Kind = { make: ({ app, brandId }) => makeLanding(app, brandId), shared: true };
const plan: Kind = { make: ({ app, brandId }, { partnerId }) => makePlan(app, brandId, partnerId) };

/** By the path before the parameter, without the base. A route whose parameter is not named here fails the matrix. */
const KINDS: Readonly<Record<string, Kind>> = {
  'auth/sessions': session,
  'brand/orders': order,
  'brand/promo-codes': poolOfBrand,
  'brand/sync-batches': syncBatch,
  'me/identities': identity,
  'operator/audit-log': { ...auditEntry, shared: true },
  'operator/bill-runs': { make: ({ app }) => makeBillRun(app), shared: true },
  'operator/bill-approvals': {
    make: ({ app }, { userId }) => makeApprovalRun(app, userId),
    shared: true,
  },
  'operator/bills': bill,
  'operator/bills/{id}/lines': billLineKind,
  'operator/brands': brand,
  'operator/brands/{brandId}/promo-codes': pool,
  'operator/brands/{id}/sync-batches': syncBatch,
  'operator/brands/{id}/sync-keys': syncKey,
  'operator/cashout-schedules': cashoutSchedule,
  'operator/cashouts': cashout,
  'operator/commission-plans': plan,
  'operator/documents': document,
  'operator/exchange-rates': exchangeRate,
  'operator/fraud-signals': fraudSignal,
  'operator/landings': landing,
  'operator/media': { ...medium, shared: true },
  'operator/partners': { make: makePartner },
  'operator/partnership-requests': partnershipRequest,
  'operator/payment-method-types': { make: () => Promise.resolve('paypal'), shared: true },
  'operator/players': player,
  'operator/reconciliation/freezes': frozenWallet,
  'operator/social-accounts': socialAccount,
  'operator/users': user,
  'operator/visits': visit,
  'partner/bills': bill,
  'partner/bills/{id}/lines': billLineKind,
  'partner/brands': brand,
  'partner/campaigns': campaign,
  'partner/cashout-schedules': cashoutSchedule,
  'partner/cashouts': cashout,
  'partner/commission-plans': plan,
  'partner/data-export': dataExport,
  'partner/documents': document,
  'partner/events': event,
  'partner/media': privateMedium,
  'partner/payment-methods': paymentMethod,
  'partner/players': player,
  'partner/postback-log': postbackLog,
  'partner/postbacks': postback,
  'partner/promos': promo,
  'partner/social-accounts': socialAccount,
  'partner/users': user,
  'partner/users/{id}/sessions': sessionOfUser,
  'partner/visits': visit,
};

/**
 * Bodies that get past the check of their form, for routes with a path parameter: a wrong body would be refused before
 * the object is looked for. `{}` where none is named.
 */
export const BODIES: Readonly<Record<string, object>> = {
  'POST /api/v1/operator/bills/{id}/cancel': { reason: 'Twice' },
  'POST /api/v1/operator/bills/{id}/corrections': { type: 'add', amount: '1.00', comment: 'Forgotten' },
  'POST /api/v1/brand/promo-codes/{id}/codes': { generate: { count: 1 } },
  'POST /api/v1/operator/brands/{brandId}/promo-codes': { name: 'Autumn' },
  'POST /api/v1/operator/brands/{brandId}/promo-codes/{id}/codes': { generate: { count: 1 } },
  'POST /api/v1/operator/brands/{id}/users': { email: 'bob@brand.example', name: 'Bob', role: 'reviewer' },
  'POST /api/v1/operator/documents/{id}/decline': { reason: 'Not to be read' },
  'POST /api/v1/operator/fraud-signals/{id}/confirm': { comment: 'Twice the same person' },
  'POST /api/v1/operator/fraud-signals/{id}/release': { comment: 'Two people' },
  'POST /api/v1/operator/partners/{id}/impersonate': { reason: 'They asked' },
  'POST /api/v1/operator/partners/{id}/suspend': { reason: 'Asked to' },
  'POST /api/v1/operator/partnership-requests/{id}/reject': { description: 'Not now' },
  'POST /api/v1/operator/reconciliation/freezes/{ownerId}/lift': { comment: 'Looked into' },
  'PATCH /api/v1/operator/users/{id}': { role: 'support' },
  'POST /api/v1/operator/social-accounts/{id}/reject': { reason: 'Not theirs' },
  'POST /api/v1/operator/social-accounts/{id}/verify': { code: 'AB3DEF7H' },
  'POST /api/v1/operator/users/{id}/block': { reason: 'Bought traffic' },
  'POST /api/v1/partner/campaigns/{id}/promos': { landingId: MISSING },
};

/** The parameters of a path, outermost first; a kind is undefined when the registry lacks it under `key`. */
export function parametersOf(path: string): { name: string; key: string; kind: Kind | undefined }[] {
  const base = path.replace(/^\/api\/v1\//, '');
  return [...base.matchAll(/\{(\w+)\}/g)].map((match) => {
    const key = base.slice(0, match.index).replace(/\/$/, '');
    return { name: match[1]!, key, kind: KINDS[key] };
  });
}
