import { DataSource } from 'typeorm';
import { BillRunExecutor, BillRuns, type BillRunView } from '../../../src/billing/index.js';
import { PlanEditor, type NewPlan } from '../../../src/commissions/index.js';
import type { Actor } from '../../../src/identity/index.js';
import { Ids, UnitOfWork } from '../../../src/platform/index.js';
import type { TestApp } from '../../support/app.js';
import { body, BrandServer, joinAsPartner, type Person, signIn } from '../../support/journey.js';

export type PlanTermsInput = Partial<NewPlan> & Pick<NewPlan, 'strategies'>;

/** 50.00 per player whose first deposit is at least 20.00. */
export const CPA_50 = { type: 'cpa' as const, amount: '50.00', criteria: { firstDepositAtLeast: '20.00' } };
/** 25 % of GGR. */
export const SHARE_25 = {
  type: 'revshare' as const,
  base: 'ggr' as const,
  tiers: [{ from: '0', rateBps: 2500 }],
};

/** What a player did in an interval: sums in cents, and deposits as [id, cents, time]. */
export interface Play {
  sums?: Record<string, number>;
  deposits?: [string, number, string][];
}

/** A program with an operator, a partner and a brand whose server reports; accounts are made on it. */
export class BillingScene {
  private constructor(
    readonly app: TestApp,
    readonly operator: Person,
    readonly partner: Person,
    readonly partnerId: string,
    readonly brandId: string,
    readonly landingId: string,
    readonly server: BrandServer,
  ) {}

  static async open(app: TestApp): Promise<BillingScene> {
    const operator = await signIn(app, 'admin@example.com', 'correct horse battery');
    const partner = await joinAsPartner(app, operator, 'ann@partners.example');
    const brand = body<{ id: string }>(
      await operator.post('operator/brands', { name: 'Lucky Fox', currency: 'EUR' }),
      201,
    );
    const landing = body<{ id: string }>(
      await operator.post('operator/landings', {
        brandId: brand.id,
        title: 'Welcome',
        url: 'https://luckyfox.example/',
        audience: 'players',
      }),
      201,
    );
    const key = body<{ authKey: string; secret: string }>(
      await operator.post(`operator/brands/${brand.id}/sync-keys`),
      201,
    );
    const [{ id: partnerId }] = await app.db.query<[{ id: string }]>('SELECT id FROM partners');
    const server = new BrandServer(app, key.authKey, key.secret);
    return new BillingScene(app, operator, partner, partnerId, brand.id, landing.id, server);
  }

  /** A new plan, and the partner's campaign on it with one promo and one visit. */
  async account(terms: PlanTermsInput): Promise<Account> {
    const { app } = this;
    const actor = await this.operatorActor();
    const input: NewPlan = {
      brandId: this.brandId,
      name: 'Plan',
      period: 'monthly',
      timeZone: 'UTC',
      negativeCarryOver: true,
      ...terms,
    };
    const editor = app.app.get(PlanEditor);
    const { plan } = await app.app.get(UnitOfWork).run((tx) => editor.create(tx, actor, input));
    return this.accountOn(plan.id);
  }

  /** The partner's campaign on a plan that is there, with one promo and one visit. */
  async accountOn(planId: string): Promise<Account> {
    const { app } = this;
    const campaignId = app.app.get(Ids).next();
    await app.db.query(
      `INSERT INTO campaigns (id, partner_id, brand_id, commission_plan_id, name, state, created_at)
       VALUES ($1, $2, $3, $4, 'Campaign', 'active', now())`,
      [campaignId, this.partnerId, this.brandId, planId],
    );
    const account = new Account(this, planId, campaignId);
    await account.addPromo();
    return account;
  }

  /** The same program as a partner sees it who joins now, brought by one of the accounts if one is given. */
  async join(email: string, inviter?: Account): Promise<BillingScene> {
    const { app, operator, brandId, landingId, server } = this;
    const partner = await joinAsPartner(app, operator, email);
    const [{ id: partnerId }] = await app.db.query<[{ id: string }]>(
      'SELECT m.partner_id AS id FROM users u JOIN memberships m ON m.user_id = u.id WHERE u.email = $1',
      [email],
    );
    if (inviter) {
      await app.db.query(
        `INSERT INTO sub_affiliates (partner_id, inviter_id, campaign_id, promo_id, connected_at)
         SELECT $1, partner_id, id, $3, now() FROM campaigns WHERE id = $2`,
        [partnerId, inviter.campaignId, inviter.promoIds[0]],
      );
    }
    return new BillingScene(app, operator, partner, partnerId, brandId, landingId, server);
  }

  /** The first operator, as services know it. */
  async operatorActor(): Promise<Actor> {
    const [user] = await this.app.db.query<[{ id: string }]>(
      `SELECT user_id AS id FROM memberships WHERE realm = 'operator' ORDER BY id LIMIT 1`,
    );
    return { userId: user.id, impersonatorId: null, requestId: 'test' } as Actor;
  }
}

let promoNumber = 0;

/** One partner's campaign on one plan. */
export class Account {
  private tag = '';
  readonly promoIds: string[] = [];

  constructor(
    private readonly scene: BillingScene,
    readonly planId: string,
    readonly campaignId: string,
  ) {}

  /** Adds a promo with a visit; players who register from now on are that promo's. */
  async addPromo(): Promise<string> {
    const { app, partnerId, brandId, landingId } = this.scene;
    const ids = app.app.get(Ids);
    const promoId = ids.next();
    promoNumber += 1;
    await app.db.query(
      `INSERT INTO promos (id, campaign_id, partner_id, brand_id, code, title, landing_id, created_at)
       VALUES ($1, $2, $3, $4, $5, 'Promo', $6, now())`,
      [promoId, this.campaignId, partnerId, brandId, `T${String(promoNumber).padStart(9, '0')}`, landingId],
    );
    this.tag = ids.next();
    await app.db.query(
      `INSERT INTO visits (id, partner_id, brand_id, campaign_id, promo_id, visited_at, query)
       VALUES ($1, $2, $3, $4, $5, $6, '{"clickid":"c-1"}')`,
      [this.tag, partnerId, brandId, this.campaignId, promoId, app.clock.now()],
    );
    this.promoIds.push(promoId);
    return promoId;
  }

  /** A registration as the brand's server reports it; `extra` sets flags, or a country. */
  player(name: string, signedUpAt: string, extra: object = {}): object {
    return { tag: this.tag, user_id: this.userId(name), sign_up_at: signedUpAt, country: 'DE', ...extra };
  }

  /** An activity item as the brand's server reports it. */
  item(name: string, { sums = {}, deposits = [] }: Play): object {
    const cents = Object.fromEntries(Object.entries(sums).map(([key, value]) => [`${key}_cents`, value]));
    return {
      user_id: this.userId(name),
      currency: 'EUR',
      ...cents,
      deposits: deposits.map(([id, amount, at]) => ({
        deposit_id: `${this.userId(name)}-${id}`,
        amount_cents: amount,
        processed_at: at,
      })),
    };
  }

  async register(name: string, signedUpAt: string, extra: object = {}): Promise<void> {
    const answer = await this.scene.server.sync('players', {
      players: [this.player(name, signedUpAt, extra)],
    });
    if (answer.rejected > 0) throw new Error(JSON.stringify(answer.items));
  }

  /** Reports an interval of one hour. */
  async play(name: string, from: string, play: Play): Promise<void> {
    const to = new Date(Date.parse(from) + 3_600_000).toISOString();
    const answer = await this.scene.server.sync('activity', { from, to, items: [this.item(name, play)] });
    if (answer.rejected > 0) throw new Error(JSON.stringify(answer.items));
  }

  /** Reports an order of the newest promo: its amount as decimal text, and its status. */
  async order(id: string, orderedAt: string, amount: string, status: string): Promise<void> {
    const order = { order_id: this.userId(id), tag: this.tag, ordered_at: orderedAt, currency: 'EUR' };
    const answer = await this.scene.server.sync('orders', { orders: [{ ...order, amount, status }] });
    if (answer.rejected > 0) throw new Error(JSON.stringify(answer.items));
  }

  /** Registers a player and reports a first deposit of 20.00, which qualifies it for CPA_50. */
  async qualify(name: string, day: string): Promise<void> {
    await this.register(name, `${day}T10:00:00Z`);
    await this.play(name, `${day}T11:00:00Z`, { deposits: [['first', 2000, `${day}T11:10:00Z`]] });
  }

  /** Runs what is due on this plan through the day, to the end. */
  async bill(through: string): Promise<BillRunView['run']> {
    return (await runBills(this.scene.app, through, this.planId)).run;
  }

  /** Bills by period: issued amount, and lines as kind, day of the period they pay for, strategy, quantity, amount. */
  async bills(): Promise<{ period: string; issued: string; lines: string[] }[]> {
    return this.scene.app.db.query(
      `SELECT b.first_day::text AS period, (b.issued_minor / 100.0)::numeric(20, 2)::text AS issued,
              array_agg(concat_ws(' ', l.kind,
                  CASE WHEN l.kind = 'adjustment'
                       THEN (l.period_start AT TIME ZONE b.time_zone)::date::text END,
                  coalesce(l.strategy, CASE WHEN l.kind = 'adjustment' THEN l.line_key END),
                  CASE WHEN l.strategy = 'cpa' THEN '×' || l.quantity END,
                  (l.amount_minor / 100.0)::numeric(20, 2)) ORDER BY l.position) AS lines
         FROM bills b JOIN bill_lines l ON l.bill_id = b.id
        WHERE b.plan_id = $1 AND b.partner_id = $2 GROUP BY b.id ORDER BY b.period_start`,
      [this.planId, this.scene.partnerId],
    );
  }

  private userId(name: string): string {
    return `${this.campaignId}/${name}`;
  }
}

/** Carries a run out in this process, or waits for the worker that was faster. */
export async function runBills(app: TestApp, through: string, planId?: string): Promise<BillRunView> {
  const runs = app.app.get(BillRuns);
  const order = { through, planId: planId ?? null, source: 'command' as const };
  const id = await app.app.get(UnitOfWork).run((tx) => runs.start(tx, order));
  await app.app.get(BillRunExecutor).execute(id!);
  return runs.waitForEnd(app.app.get(DataSource).manager, id!, 30_000);
}

/**
 * Gives every one of `count` further partners its own copy of the account: campaign, promo, one player with a first
 * deposit of 20.00 and 4.00 of bets on `day`, and the note for billing. CPA_50 and SHARE_25 then pay 51.00 to each.
 */
export async function multiplyPartners(
  scene: BillingScene,
  account: Account,
  count: number,
  day: string,
): Promise<void> {
  const { app, brandId } = scene;
  const at = `${day}T10:00:00Z`;
  // Every statement may run on another connection: an ordinary table, not a temporary one.
  await app.db.query(
    `CREATE TABLE copies AS
       SELECT number, gen_random_uuid() AS partner_id, gen_random_uuid() AS campaign_id, gen_random_uuid() AS promo_id,
              gen_random_uuid() AS player_id
         FROM generate_series(1, ${count}) AS number`,
  );
  const copy = (table: string, changes: string, where: string): Promise<unknown> =>
    app.db.query(
      `INSERT INTO ${table}
       SELECT (jsonb_populate_record(NULL::${table}, to_jsonb(original) || jsonb_build_object(${changes}))).*
         FROM ${table} original, copies WHERE ${where}`,
      [account.campaignId],
    );
  await copy(
    'partners',
    `'id', copies.partner_id`,
    'original.id = (SELECT partner_id FROM campaigns WHERE id = $1)',
  );
  await copy('campaigns', `'id', copies.campaign_id, 'partner_id', copies.partner_id`, 'original.id = $1');
  await copy(
    'promos',
    `'id', copies.promo_id, 'campaign_id', copies.campaign_id, 'partner_id', copies.partner_id,
     'code', 'C' || lpad(number::text, 9, '0')`,
    'original.campaign_id = $1',
  );
  const columns = 'player_id, partner_id, campaign_id, promo_id';
  await app.db.query(
    `INSERT INTO players (id, partner_id, campaign_id, promo_id, brand_id, external_id, visit_id, profile,
                          signed_up_at, query, created_at)
     SELECT ${columns}, $2, 'copy-' || number, gen_random_uuid(), '{}', $1, '{}', $1 FROM copies`,
    [at, brandId],
  );
  await app.db.query(
    `INSERT INTO deposits (${columns}, brand_id, external_id, amount_minor, currency, processed_at, interval_from,
                           interval_to, is_first)
     SELECT ${columns}, $2, 'copy-' || number, 2000, 'EUR', $1, $1, $1::timestamptz + interval '1 hour', true
       FROM copies`,
    [at, brandId],
  );
  await app.db.query(
    `INSERT INTO player_activity (${columns}, brand_id, interval_from, interval_to, currency, bets_sum)
     SELECT ${columns}, $2, $1, $1::timestamptz + interval '1 hour', 'EUR', 400 FROM copies`,
    [at, brandId],
  );
  await app.db.query(
    `INSERT INTO fact_changes (partner_id, campaign_id, occurred_at) SELECT partner_id, campaign_id, $1 FROM copies`,
    [at],
  );
  await app.db.query('DROP TABLE copies');
}
