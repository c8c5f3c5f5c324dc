import request from 'supertest';
import type { TestApp } from '../../support/app.js';
import { callsWith, type Calls } from '../../support/journey.js';
import { personOf, type Role } from '../identity/matrix/people.js';
import { insert, makePartner, makeScene, next, type Scene } from '../identity/matrix/scene.js';

/** Somebody of a partner with campaigns. */
export interface Reader {
  partnerId: string;
  userId: string;
  email: string;
  as: Calls;
}

/** Partners with visits on the day that the app's clock shows. */
export class ReportScene {
  private constructor(
    readonly app: TestApp,
    private readonly scene: Scene,
  ) {}

  static async open(app: TestApp): Promise<ReportScene> {
    return new ReportScene(app, await makeScene(app));
  }

  /** The day of the visits, for `from` and `to`. */
  get day(): string {
    return this.app.clock.now().toISOString().slice(0, 10);
  }

  /** A partner with a campaign of each name, which one visitor came by; its owner is signed in. */
  async reader(...campaigns: string[]): Promise<Reader> {
    const partnerId = await makePartner(this.scene);
    const reader = await this.member(partnerId, 'partner:owner');
    for (const name of campaigns) await this.visits(partnerId, name, 1);
    return reader;
  }

  async member(partnerId: string, role: Role): Promise<Reader> {
    const { token, userId } = await personOf(this.app, role, partnerId);
    const [user] = await this.app.db.query<[{ email: string }]>('SELECT email FROM users WHERE id = $1', [
      userId,
    ]);
    return { partnerId, userId: userId!, email: user.email, as: callsWith(this.app, token!) };
  }

  /** A campaign of that name with so many visits, each with a number of its own as the parameter `n`. */
  async visits(partnerId: string, name: string, count: number): Promise<void> {
    const { app, scene } = this;
    const { brandId, planId, landingId } = scene;
    const created = { created_at: app.clock.now() };
    const campaignId = await insert(app, 'campaigns', {
      partner_id: partnerId,
      brand_id: brandId,
      commission_plan_id: planId,
      name,
      state: 'active',
      ...created,
    });
    const promoId = await insert(app, 'promos', {
      campaign_id: campaignId,
      partner_id: partnerId,
      brand_id: brandId,
      code: `R${String(next()).padStart(9, '0')}`,
      title: `Promo of ${name}`,
      landing_id: landingId,
      ...created,
    });
    const time = app.clock.now().getTime().toString(16).padStart(12, '0');
    await app.db.query(
      `INSERT INTO visits (id, partner_id, brand_id, campaign_id, promo_id, visited_at, query)
       SELECT ($1 || '-7000-8000-' || substr(md5(random()::text), 1, 12))::uuid, $2, $3, $4, $5, $6,
              jsonb_build_object('n', n::text) FROM generate_series(1, $7::int) AS n`,
      [
        `${time.slice(0, 8)}-${time.slice(8)}`,
        partnerId,
        brandId,
        campaignId,
        promoId,
        app.clock.now(),
        count,
      ],
    );
  }

  /** A new player of one of the partner's campaigns, whose first deposit is on the day of the visits, in cents. */
  async deposit(partnerId: string, cents: number): Promise<void> {
    const [promo] = await this.app.db.query<object[]>(
      'SELECT id AS promo_id, campaign_id, brand_id, partner_id FROM promos WHERE partner_id = $1 LIMIT 1',
      [partnerId],
    );
    const now = this.app.clock.now();
    const playerId = await insert(this.app, 'players', {
      ...promo,
      external_id: `player ${next()}`,
      profile: {},
      query: {},
      signed_up_at: now,
      created_at: now,
    });
    await this.app.db.query(
      `UPDATE players SET first_deposit_at = $2, first_deposit_currency = 'EUR', first_deposit_minor = $3 WHERE id = $1`,
      [playerId, now, cents],
    );
  }

  /** A GET outside the API's base path, as it comes over the wire. */
  async fetch(path: string, headers: Record<string, string> = {}) {
    return request(this.app.url)
      .get(path)
      .set(headers)
      .redirects(0)
      .buffer(true)
      .parse((response, done) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => done(null, Buffer.concat(chunks)));
      });
  }
}

/** Campaign names that mean something to spreadsheets, to XML, or to nobody. */
export const NAUGHTY = [
  '=HYPERLINK("http://evil.example","x")',
  '+1+cmd|" /C calc"!A0',
  '-2+3',
  '@SUM(1)',
  '\t=1',
  '\r=1',
  '\n=1',
  'a "quoted", one',
  '<b>&amp;</b>]]>',
  'bell \u0007 and \uFFFE',
  'Ünïcode 🦊 漢字',
];
