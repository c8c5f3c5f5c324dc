import { body, type Calls } from '../../support/journey.js';
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
