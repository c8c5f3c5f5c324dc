import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Outbox, UnitOfWork } from '../../../src/platform/index.js';
import { DeliveryEngine } from '../../../src/postbacks/index.js';
import type { PlayerAction } from '../../../src/tracking/index.js';
import { createTestApp, type TestApp, TestClock } from '../../support/app.js';
import { body, joinAsPartner, type Person, signIn } from '../../support/journey.js';
import { makeProgram, type Program } from '../../support/program.js';

export interface Place {
  id: string;
  name: string;
  promos: { id: string; code: string }[];
}

export interface PostbackBody {
  id: string;
  state: string;
  failures: number;
  disabledReason: string | null;
  [field: string]: unknown;
}

export interface LogEntry {
  id: string;
  postbackId: string;
  sentAt: string;
  url: string;
  kind: string;
  attempt: number;
  responseCode: number | null;
  error: string | null;
  eventId: string;
  action: string;
  campaign: { id: string; name: string } | null;
  promo: { id: string; code: string } | null;
}

/** Of a delivery `d` and its place `q` in the queue. */
const STATE = `CASE WHEN q.delivery_id IS NULL THEN coalesce(d.given_up, 'delivered') ELSE 'pending' END`;
const EMAIL = 'tracker@partners.example';

/** A partner with two campaigns of two promos each, and everything that a test of postbacks does. */
export class PostbackScene {
  partnerId: string;
  private constructor(
    readonly app: TestApp,
    readonly operator: Person,
    public partner: Person,
    readonly program: Program,
    readonly autumn: Place,
    readonly winter: Place,
  ) {}

  /** @param allow `host:port` pairs that may be called */
  static async open(
    allow: readonly string[],
    env: Record<string, string> = {},
    clock = new TestClock(),
  ): Promise<PostbackScene> {
    const app = await createTestApp({ env: { OUTBOUND_ALLOW: allow.join(','), ...env }, clock });
    const operator = await signIn(app, 'admin@example.com', 'correct horse battery');
    const partner = await joinAsPartner(app, operator, EMAIL);
    const program = await makeProgram(operator);
    const places = [];
    for (const name of ['Autumn 50%', 'Winter']) places.push(await makePlace(partner, program, name));
    const scene = new PostbackScene(app, operator, partner, program, places[0]!, places[1]!);
    const [row] = await app.db.query('SELECT partner_id FROM campaigns WHERE id = $1', [places[0]!.id]);
    scene.partnerId = row.partner_id;
    return scene;
  }

  get engine(): DeliveryEngine {
    return this.app.app.get(DeliveryEngine);
  }

  /** Makes a postback; account scope and first deposits unless told otherwise. */
  async postback(url: string, change: object = {}): Promise<PostbackBody> {
    const input = { scope: 'account', action: 'first_deposit', url, ...change };
    return body<PostbackBody>(await this.partner.post('partner/postbacks', input), 201);
  }

  /** A promo's code, of a campaign that pays 50 EUR per player from a first deposit of 20 EUR on, daily. */
  async codeOfCpa(): Promise<string> {
    const { brandId, landingId } = this.program;
    const plan = await this.operator.post('operator/commission-plans', {
      brandId,
      name: 'CPA',
      period: 'daily',
      timeZone: 'UTC',
      strategies: [{ type: 'cpa', amount: '50.00', criteria: { firstDepositAtLeast: '20.00' } }],
    });
    const { id: commissionPlanId } = body<{ id: string }>(plan, 201);
    const made = await this.partner.post('partner/campaigns', { name: 'CPA', brandId, commissionPlanId });
    const { id: campaignId } = body<{ id: string }>(made, 201);
    const promo = await this.partner.post(`partner/campaigns/${campaignId}/promos`, { landingId });
    return body<{ code: string }>(promo, 201).code;
  }

  /** Tells of an action, as tracking does; resolves to its event id when it is consumed. */
  async happen(change: object = {}): Promise<string> {
    const action = this.actionOf(change);
    await this.tell('tracking.facts_recorded', { actions: [action] });
    return action.eventId;
  }

  /** Tells of so many actions, each an event of its own, in one go. */
  async happenTimes(count: number, change: object = {}): Promise<void> {
    await this.tell('tracking.facts_recorded', {
      actions: Array.from({ length: count }, () => this.actionOf(change)),
    });
  }

  /** A first deposit as tracking tells of it, or what `change` makes of it. */
  actionOf(change: object = {}): PlayerAction {
    return {
      eventId: randomUUID(),
      action: 'first_deposit',
      partnerId: this.partnerId,
      campaignId: this.autumn.id,
      promoId: this.autumn.promos[0]!.id,
      playerId: randomUUID(),
      playerExternalId: 'p-1',
      visitId: randomUUID(),
      occurredAt: '2026-11-02T08:00:00.000Z',
      amountMinor: '12550',
      currency: 'EUR',
      country: 'DE',
      query: {},
      ...change,
    };
  }

  /** Publishes an event of the program's brand and waits until it is consumed. */
  async tell(type: string, payload: object): Promise<void> {
    const { brandId } = this.program;
    const outbox = this.app.app.get(Outbox);
    const id = await this.app.app
      .get(UnitOfWork)
      .run((tx) => outbox.publish(tx, type, { brandId, ...payload }));
    const consumed = () => this.app.db.query('SELECT FROM consumed_events WHERE event_id = $1', [id]);
    while ((await consumed()).length === 0) await pause(10);
  }

  /** Moves the clock and sends what is due then. */
  async after(seconds: number): Promise<void> {
    this.app.clock.advance(seconds);
    await this.engine.drain();
  }

  /** The log, newest first; signs in anew, for the clock may have passed the token's end. */
  async log(query = ''): Promise<LogEntry[]> {
    this.partner = await this.partner.signInAgain();
    return body<{ items: LogEntry[] }>(await this.partner.get(`partner/postback-log${query}`), 200).items;
  }

  async show(id: string): Promise<PostbackBody> {
    this.partner = await this.partner.signInAgain();
    return body<PostbackBody>(await this.partner.get(`partner/postbacks/${id}`), 200);
  }

  mails(): Promise<{ subject: string; text: string }[]> {
    return this.app.mailbox(EMAIL);
  }

  /** How many deliveries there are in each state. */
  async states(): Promise<Record<string, number>> {
    const rows = await this.app.db.query<{ state: string; count: number }[]>(
      `SELECT ${STATE} AS state, count(*)::int AS count
         FROM postback_deliveries d LEFT JOIN postback_queue q ON q.delivery_id = d.id GROUP BY 1`,
    );
    return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
  }

  /** Ends what waits, as if it had been tried often enough, or cancelled. */
  async endWaiting(state: 'failed' | 'cancelled' = 'failed'): Promise<void> {
    await this.app.db.query(
      `WITH taken AS (DELETE FROM postback_queue RETURNING delivery_id)
       UPDATE postback_deliveries SET given_up = $1, given_up_at = $2 FROM taken WHERE id = delivery_id`,
      [state, this.app.clock.now()],
    );
  }

  /** Deletes every postback, so that tests do not hear of each other. */
  async clear(): Promise<void> {
    await this.engine.drain();
    await this.app.db.query('DELETE FROM postbacks');
    this.partner = await this.partner.signInAgain();
  }

  close(): Promise<void> {
    return this.app.close();
  }
}

async function makePlace(partner: Person, program: Program, name: string): Promise<Place> {
  const { brandId, planId: commissionPlanId, landingId } = program;
  const made = await partner.post('partner/campaigns', { name, brandId, commissionPlanId });
  const { id } = body<{ id: string }>(made, 201);
  const promos = [];
  for (const title of ['First', 'Second']) {
    const promo = await partner.post(`partner/campaigns/${id}/promos`, { title, landingId });
    promos.push(body<{ id: string; code: string }>(promo, 201));
  }
  return { id, name, promos };
}
