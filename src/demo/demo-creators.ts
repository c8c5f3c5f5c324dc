import type { DemoClient } from './demo-client.js';
import type { DemoClock } from './demo-clock.js';
import {
  DEMO_AD_PACKAGE,
  DEMO_ADD_ON,
  DEMO_BRAND_OWNER,
  DEMO_CODE,
  DEMO_DEAL,
  DEMO_PROMO_CODES,
  DEMO_PUBLIC_CAMPAIGN,
  DEMO_REEL,
  DEMO_REFERRALS,
  DEMO_SCREENSHOT,
} from './demo-offers.js';
import { DEMO_PASSWORD } from './demo-program.js';

const DAY_MS = 86_400_000;
const CREATOR = 'creator@demo.example';

interface Made {
  id: string;
}

/** A brand's server and what it may be told by. */
interface Brand {
  brandId: string;
  key: { authKey: string; secret: string };
}

/** Plays what a brand and a creator do with one another. */
export class DemoCreators {
  private reel = '';
  private code = '';

  constructor(
    private readonly visitor: DemoClient,
    private readonly clock: DemoClock,
    private readonly brand: Brand,
    private readonly invitationOf: (email: string) => Promise<string>,
  ) {}

  /** The program offers what partners may ask for, and the brand's owner joins and makes offers. */
  async begin(operator: DemoClient): Promise<void> {
    await operator.post('operator/add-ons', DEMO_ADD_ON);
    await operator.post('operator/ad-packages', DEMO_AD_PACKAGE);
    await operator.post('operator/referral-program', DEMO_REFERRALS);
    await operator.post(`operator/brands/${this.brand.brandId}/users`, DEMO_BRAND_OWNER);
    const token = await this.invitationOf(DEMO_BRAND_OWNER.email);
    await this.visitor.post('auth/invitation', { token, password: DEMO_PASSWORD });

    const owner = await this.owner();
    await owner.post('brand/deals', DEMO_DEAL);
    const pool = await owner.post<Made>('brand/promo-codes', { name: 'Creators', codes: DEMO_PROMO_CODES });
    this.reel = await openOffer(owner, DEMO_REEL);
    const offer = await openOffer(owner, { ...DEMO_CODE, promoCodePoolId: pool.id });
    const creator = await this.creator();
    await creator.post(`partner/offers/${offer}/apply`);
    ({ code: this.code } = await creator.post<{ code: string }>(`partner/offers/${offer}/promo-code`));
  }

  /** Some days before the end: orders come by the creator's code, and the brand publishes a public campaign. */
  async campaign(): Promise<void> {
    await this.visitor.sync('orders', this.brand.key, { orders: this.orders() });
    const owner = await this.owner();
    const day = (daysFromNow: number): string =>
      new Date(this.clock.now().getTime() + daysFromNow * DAY_MS).toISOString().slice(0, 10);
    const { id } = await owner.post<Made>('brand/public-campaigns', {
      ...DEMO_PUBLIC_CAMPAIGN,
      startsAt: day(1),
      endsAt: day(30),
    });
    await owner.post(`brand/public-campaigns/${id}/publish`);
  }

  /** The creator publishes what the brand has seen, and the brand confirms it: the reward is in the wallet. */
  async publish(): Promise<void> {
    const creator = await this.creator();
    const owner = await this.owner();
    const { id } = await creator.post<Made>(`partner/offers/${this.reel}/apply`);
    const cut = ['https://files.example/cleo/first-cut.mp4'];
    await creator.post(`partner/publications/${id}/content`, { links: cut });
    await owner.post(`brand/publications/${id}/approve-content`);
    const file = await creator.upload<Made>(`partner/publications/${id}/files`, 'reel.png', DEMO_SCREENSHOT);
    await creator.post(`partner/publications/${id}/evidence`, {
      links: ['https://www.instagram.com/reel/demo/'],
      fileIds: [file.id],
    });
    await owner.post(`brand/publications/${id}/confirm`);
    const { items } = await owner.get<{ items: Made[] }>('brand/orders?status=pending');
    await owner.post(`brand/orders/${items[0]!.id}/approve`);
  }

  private orders(): object[] {
    const orderedAt = this.clock.now().toISOString();
    return ['80.00', '35.50'].map((amount, index) => ({
      order_id: `ticket-${index + 1}`,
      promo_code: this.code,
      amount,
      currency: 'EUR',
      ordered_at: orderedAt,
      country: 'FR',
      status: 'pending',
    }));
  }

  private owner(): Promise<DemoClient> {
    return this.visitor.signIn(DEMO_BRAND_OWNER.email, DEMO_PASSWORD);
  }

  private creator(): Promise<DemoClient> {
    return this.visitor.signIn(CREATOR, DEMO_PASSWORD);
  }
}

async function openOffer(owner: DemoClient, terms: object): Promise<string> {
  const { id } = await owner.post<Made>('brand/offers', terms);
  await owner.post(`brand/offers/${id}/open`);
  return id;
}
