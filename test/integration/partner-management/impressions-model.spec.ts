import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PartnerActor } from '../../../src/identity/index.js';
import { AdCampaignRuns } from '../../../src/partner-management/ads/ad-campaign-runs.service.js';
import { Impressions } from '../../../src/partner-management/ads/impressions.service.js';
import { RenderBook } from '../../../src/partner-management/ads/serving/render-book.js';
import { DomainError, Ids, type Tx, UnitOfWork } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { insert, makePartner, makeScene, type Scene } from '../identity/matrix/scene.js';
import { AT } from '../identity/matrix/kinds.js';

interface Campaign {
  state: 'draft' | 'running' | 'paused' | 'ended';
  cap: number;
  left: number;
  served: number;
}

/** What the account and the campaigns should be, by rule 9.3 in plain words. */
class Model {
  available = 0;
  credited = 0;
  constructor(readonly campaigns: Campaign[]) {}

  get reserved(): number {
    return this.campaigns.reduce((sum, { left }) => sum + left, 0);
  }
  get served(): number {
    return this.campaigns.reduce((sum, { served }) => sum + served, 0);
  }
}

type Command =
  | { do: 'credit'; amount: number }
  | { do: 'launch' | 'pause' | 'resume' | 'end'; campaign: number }
  | { do: 'render'; renders: { campaign: number; token: number }[] };

const CAPS = [1, 3, 8];
const campaign = fc.nat({ max: CAPS.length - 1 });
const command = fc.oneof(
  fc.record({ do: fc.constant('credit' as const), amount: fc.integer({ min: 1, max: 6 }) }),
  fc.record({
    do: fc.constantFrom('launch' as const, 'pause' as const, 'resume' as const, 'end' as const),
    campaign,
  }),
  fc.record({
    do: fc.constant('render' as const),
    renders: fc.array(fc.record({ campaign, token: fc.nat({ max: 5 }) }), { minLength: 1, maxLength: 4 }),
  }),
);

let app: TestApp;
let scene: Scene;
beforeAll(async () => {
  app = await createTestApp({ background: false });
  scene = await makeScene(app);
});
afterAll(() => app.close());

/** A partner with drafts of campaigns and an approved ad, and how to command them. */
class Subject {
  private readonly tokens = new Map<string, string>();

  private constructor(
    private readonly partnerId: string,
    private readonly adId: string,
    private readonly packageId: string,
    private readonly campaignIds: string[],
  ) {}

  static async make(): Promise<Subject> {
    const partnerId = await makePartner(scene);
    const adId = await insert(app, 'ads', {
      partner_id: partnerId,
      name: 'Autumn',
      format: 'video',
      click_url: 'https://brand.example',
      fields: {},
      state: 'approved',
      revision: 1,
      created_at: AT,
      updated_at: AT,
    });
    const packageId = await insert(app, 'ad_packages', {
      name: partnerId,
      impressions: 1,
      price_minor: 0,
      currency: 'EUR',
      active: true,
      created_at: AT,
    });
    const ids: string[] = [];
    for (const impressions of CAPS) {
      const nobody = { countries: [], languages: [], platforms: [], placements: [] };
      const draft = {
        partner_id: partnerId,
        name: 'Autumn',
        state: 'draft',
        impressions,
        left_impressions: 0,
        served: 0,
      };
      ids.push(await insert(app, 'ad_campaigns', { ...draft, ...nobody, created_at: AT }));
    }
    return new Subject(partnerId, adId, packageId, ids);
  }

  /** Carries the command out; what is refused changes nothing. */
  async run(given: Command): Promise<void> {
    try {
      await app.app.get(UnitOfWork).run((tx) => this.carryOut(tx, given));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
    }
  }

  async state(): Promise<object> {
    const rows = await app.db.query<Record<string, string>[]>(
      `SELECT state, left_impressions AS left, served FROM ad_campaigns WHERE id = ANY ($1)
        ORDER BY array_position($1, id)`,
      [this.campaignIds],
    );
    const account = await app.app.get(Impressions).get(app.db, this.partnerId);
    return {
      account,
      campaigns: rows.map((row) => [row['state'], Number(row['left']), Number(row['served'])]),
    };
  }

  private async carryOut(tx: Tx, given: Command): Promise<void> {
    const runs = app.app.get(AdCampaignRuns);
    if (given.do === 'credit') {
      const orderId = app.app.get(Ids).next();
      await tx.query(
        `INSERT INTO impression_orders (id, partner_id, ad_package_id, package_name, impressions, ordered_at)
         VALUES ($1, $2, $3, 'x', $4, $5)`,
        [orderId, this.partnerId, this.packageId, given.amount, AT],
      );
      const { partnerId } = this;
      await app.app.get(Impressions).credit(tx, { partnerId, orderId, amount: given.amount });
    } else if (given.do === 'render') {
      await app.app.get(RenderBook).record(
        tx,
        given.renders.map((one) => ({
          tokenId: this.token(one),
          campaignId: this.campaignIds[one.campaign]!,
          adId: this.adId,
          revision: 1,
          bot: false,
        })),
      );
    } else {
      const actor = { partnerId: this.partnerId } as PartnerActor;
      await runs[given.do](tx, actor, this.campaignIds[given.campaign]!);
    }
  }

  private token({ campaign: index, token }: { campaign: number; token: number }): string {
    const name = `${index} ${token}`;
    const known = this.tokens.get(name) ?? app.app.get(Ids).next();
    this.tokens.set(name, known);
    return known;
  }
}

/** Does to the model what rule 9.3 says. @param known tokens that counted */
function apply(model: Model, given: Command, known: Set<string>): void {
  if (given.do === 'credit') {
    model.credited += given.amount;
    model.available += given.amount;
    return;
  }
  if (given.do === 'render') {
    for (const one of given.renders) {
      const shown = model.campaigns[one.campaign]!;
      const name = `${one.campaign} ${one.token}`;
      if (known.has(name) || shown.left === 0) continue;
      known.add(name);
      shown.left -= 1;
      shown.served += 1;
      if (shown.left === 0) shown.state = 'paused';
    }
    return;
  }
  const moved = model.campaigns[given.campaign]!;
  if (given.do === 'launch' && moved.state === 'draft' && model.available >= moved.cap) {
    Object.assign(moved, { state: 'running', left: moved.cap });
    model.available -= moved.cap;
  }
  if (given.do === 'pause' && moved.state === 'running') moved.state = 'paused';
  if (given.do === 'resume' && moved.state === 'paused' && moved.left > 0) moved.state = 'running';
  if (given.do === 'end' && ['running', 'paused'].includes(moved.state)) {
    model.available += moved.left;
    Object.assign(moved, { state: 'ended', left: 0 });
  }
}

it('O05 whatever is credited, launched, shown, paused and ended in any order, every number is what the rule says', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 25 }), async (commands) => {
      const subject = await Subject.make();
      const model = new Model(CAPS.map((cap) => ({ state: 'draft', cap, left: 0, served: 0 })));
      const known = new Set<string>();
      for (const given of commands) {
        await subject.run(given);
        apply(model, given, known);
        const { credited, available, reserved, served } = model;
        expect(credited).toBe(available + reserved + served);
        expect(await subject.state()).toEqual({
          account: { credited, available, reserved, served },
          campaigns: model.campaigns.map(({ state, left, served: shown }) => [state, left, shown]),
        });
      }
    }),
    { numRuns: 20 },
  );
});

it('O05 whatever is done at once, the numbers add up, and none is below zero', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 10, maxLength: 30 }), async (commands) => {
      const subject = await Subject.make();
      await subject.run({ do: 'credit', amount: 12 });
      await Promise.all(commands.map((given) => subject.run(given)));
      const { account, campaigns } = (await subject.state()) as {
        account: Record<'credited' | 'available' | 'reserved' | 'served', number>;
        campaigns: [string, number, number][];
      };
      const { credited, available, reserved, served } = account;
      const bought = commands.reduce((sum, given) => sum + (given.do === 'credit' ? given.amount : 0), 12);
      expect(credited).toBe(bought);
      expect(available + reserved + served).toBe(bought);
      expect(reserved).toBe(campaigns.reduce((sum, [, left]) => sum + left, 0));
      expect(served).toBe(campaigns.reduce((sum, [, , shown]) => sum + shown, 0));
      expect(Math.min(available, reserved, served)).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 10 },
  );
});
