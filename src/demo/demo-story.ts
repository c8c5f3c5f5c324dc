import { generateSync } from 'otplib';
import type { DemoClient } from './demo-client.js';
import type { DemoClock } from './demo-clock.js';
import { writeContents } from './demo-content.js';
import { DemoCreators } from './demo-creators.js';
import {
  DEMO_BRANDS,
  DEMO_DAYS,
  DEMO_MEDIA,
  DEMO_OPERATOR_EMAIL,
  DEMO_PARTNERS,
  DEMO_PASSWORD,
  DEMO_RATES,
  DEMO_WAITING_PARTNER,
} from './demo-program.js';
import { playDay, type Promotion } from './demo-traffic.js';

const DAY_MS = 86_400_000;

/** Day on which a public campaign is published. */
const CAMPAIGN_DAY = DEMO_DAYS - 3;

interface Program {
  brandId: string;
  planId: string;
  landingId: string;
  mediaId: string;
  key: { authKey: string; secret: string };
}

type Mails = (to: string) => Promise<string[]>;

/** Plays the demo program's history: thirty days through the doors that everybody uses. */
export class DemoStory {
  private secret = '';
  private codesUsed = 0;

  constructor(
    private readonly visitor: DemoClient,
    private readonly clock: DemoClock,
    private readonly mails: Mails,
  ) {}

  /** Plays from thirty days before `end` until `end`. */
  async play(end: Date): Promise<void> {
    const start = new Date(end.getTime() - DEMO_DAYS * DAY_MS);
    this.clock.set(start);
    const programs = await this.openProgram();
    const promotions = await this.joinPartners(programs);
    const creators = new DemoCreators(this.visitor, this.clock, programs[0]!, (email) =>
      this.tokenMailed(email, 'auth/invitation'),
    );
    await creators.begin(await this.operator());
    for (let day = 0; day < DEMO_DAYS; day += 1) {
      this.clock.set(new Date(start.getTime() + day * DAY_MS));
      if (day === CAMPAIGN_DAY) await creators.campaign();
      await playDay(this.visitor, this.clock, promotions, day);
    }
    this.clock.set(end);
    await creators.publish();
    await this.bill();
  }

  private operator(): Promise<DemoClient> {
    return this.visitor.signIn(DEMO_OPERATOR_EMAIL, DEMO_PASSWORD);
  }

  private async openProgram(): Promise<Program[]> {
    const operator = await this.operator();
    await writeContents(operator);
    const programs: Program[] = [];
    for (const { brand, landing, plan } of DEMO_BRANDS) {
      const { id: brandId } = await operator.post<{ id: string }>('operator/brands', brand);
      const { id: landingId } = await operator.post<{ id: string }>('operator/landings', {
        ...landing,
        brandId,
      });
      const { id: mediaId } = await operator.post<{ id: string }>('operator/media', {
        ...DEMO_MEDIA,
        brandId,
      });
      const { id: planId } = await operator.post<{ id: string }>('operator/commission-plans', {
        ...plan,
        brandId,
      });
      const key = await operator.post<Program['key']>(`operator/brands/${brandId}/sync-keys`);
      programs.push({ brandId, planId, landingId, mediaId, key });
    }
    return programs;
  }

  private async joinPartners(programs: Program[]): Promise<Promotion[]> {
    const promotions: Promotion[] = [];
    for (const { clicksADay, ...form } of DEMO_PARTNERS) {
      await this.register(form);
      const partner = await this.visitor.signIn(form.email, DEMO_PASSWORD);
      await this.verifySocialAccounts(partner);
      for (const program of programs) {
        const code = await this.promote(partner, program, form.name);
        promotions.push({
          code,
          key: program.key,
          currency: currencyOf(programs.indexOf(program)),
          clicksADay,
          players: [],
        });
      }
    }
    await this.visitor.post('auth/register', { ...DEMO_WAITING_PARTNER, password: DEMO_PASSWORD });
    await this.confirmAddress(DEMO_WAITING_PARTNER.email);
    return promotions;
  }

  private async register(form: {
    email: string;
    name: string;
    kind: string;
    country: string;
  }): Promise<void> {
    await this.visitor.post('auth/register', { ...form, password: DEMO_PASSWORD });
    await this.confirmAddress(form.email);
    const operator = await this.operator();
    const { items } = await operator.get<{ items: { id: string; email: string }[] }>(
      'operator/partnership-requests',
    );
    const request = items.find(({ email }) => email === form.email)!;
    await operator.post(`operator/partnership-requests/${request.id}/approve`);
  }

  private async confirmAddress(email: string): Promise<void> {
    const token = await this.tokenMailed(email, 'auth/verify-email');
    await this.visitor.post('auth/verify-email', { token });
  }

  /** The token in the link that was mailed. */
  private async tokenMailed(email: string, page: string): Promise<string> {
    const mails = await this.mails(email);
    return mails
      .map((text) => text.split(`/${page}?token=`)[1])
      .find(Boolean)!
      .split(/\s/)[0]!;
  }

  private async verifySocialAccounts(partner: DemoClient): Promise<void> {
    const { items } = await partner.get<{ items: { id: string }[] }>('partner/social-accounts');
    const operator = await this.operator();
    for (const { id } of items) {
      const { code } = await partner.post<{ code: string }>(`partner/social-accounts/${id}/verification`);
      await operator.post(`operator/social-accounts/${id}/verify`, { code });
    }
  }

  private async promote(partner: DemoClient, program: Program, name: string): Promise<string> {
    const { id } = await partner.post<{ id: string }>('partner/campaigns', {
      name: `${name}: main`,
      brandId: program.brandId,
      commissionPlanId: program.planId,
    });
    const { landingId, mediaId } = program;
    const promo = await partner.post<{ code: string }>(`partner/campaigns/${id}/promos`, {
      title: 'Front page',
      landingId,
      mediaId,
    });
    return promo.code;
  }

  /** Bills what is due and leaves bills in every state, with money in the partners' wallets. */
  private async bill(): Promise<void> {
    const operator = await this.operator();
    await this.enterRates(operator);
    const through = new Date(this.clock.now().getTime() - DAY_MS).toISOString().slice(0, 10);
    const run = await operator.post<{ id: string }>('operator/bill-runs', { through });
    let state = 'queued';
    while (state !== 'finished') {
      await new Promise((resolve) => setTimeout(resolve, 50));
      ({ state } = await operator.get<{ state: string }>(`operator/bill-runs/${run.id}`));
      if (state === 'failed') throw new Error('The bill run of the demo program failed');
    }
    await this.decide(operator);
  }

  /** Rates of the last days, so that amounts can be converted. */
  private async enterRates(operator: DemoClient): Promise<void> {
    for (const [currency, rates] of Object.entries(DEMO_RATES)) {
      for (const [daysAgo, rate] of rates.entries()) {
        const day = new Date(this.clock.now().getTime() - daysAgo * DAY_MS).toISOString().slice(0, 10);
        await operator.post('operator/exchange-rates', { day, currency, rate });
      }
    }
  }

  private async decide(operator: DemoClient): Promise<void> {
    const { items } = await operator.get<{ items: { id: string; issued: { amount: string } }[] }>(
      'operator/bills?state=pending&limit=200',
    );
    await this.setUpTwoFactor(operator);
    for (const [index, bill] of items.entries()) {
      const path = `operator/bills/${bill.id}`;
      if (index % 10 === 7) await operator.post(`${path}/hold`);
      else if (index % 10 === 8)
        await operator.post(`${path}/cancel`, { reason: 'Traffic from a forbidden source.' });
      else if (index % 10 < 6) await operator.post(`${path}/approve`);
    }
    await operator.post('auth/2fa/disable', { password: DEMO_PASSWORD, code: this.code() });
  }

  /** Deciding about money needs a code; the demo's operator has none afterwards, so that newcomers can sign in. */
  private async setUpTwoFactor(client: DemoClient): Promise<void> {
    this.secret = (await client.post<{ secret: string }>('auth/2fa/setup')).secret;
    await client.post('auth/2fa/confirm', { code: this.code() });
  }

  /** Each code is accepted once: the next one is that of the next thirty seconds. */
  private code(): string {
    const epoch = this.clock.now().getTime() / 1_000 + 30 * this.codesUsed;
    this.codesUsed += 1;
    return generateSync({ secret: this.secret, epoch });
  }
}

function currencyOf(index: number): string {
  return DEMO_BRANDS[index]!.brand.currency;
}
