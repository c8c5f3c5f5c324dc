/** What brands offer creators in the demo program, and what partners may ask for. */

const eur = (amount: string): object => ({ amount, currency: 'EUR' });

export const DEMO_BRAND_OWNER = { email: 'brand@demo.example', name: 'Bea Brand', role: 'owner' };

export const DEMO_DEAL = {
  title: 'Welcome week',
  link: 'https://luckyfox.example/welcome',
  kind: 'bonus',
  size: { percent: '50' },
};

export const DEMO_PROMO_CODES = ['FOX-CLEO', 'FOX-AUTUMN', 'FOX-WINTER'];

/** Paid for a publication alone; the brand looks at the content first. */
export const DEMO_REEL = {
  title: 'A reel about the new tables',
  description: 'Thirty seconds, with the tables in the picture. Say that it is an advertisement.',
  contentReviewRequired: true,
  pricingModel: 'cpp',
  publicationReward: eur('150.00'),
  platforms: ['instagram'],
};

/** Paid for a publication and for orders by the creator's code. */
export const DEMO_CODE = {
  title: 'Your code for your followers',
  description: 'Tell your followers of your code. They get 15 % off their first ticket.',
  pricingModel: 'cpp_promo_code',
  publicationReward: eur('80.00'),
  orderReward: eur('10.00'),
  followerDiscountPercent: 15,
};

/** Pays per like and view from the day after it is published. */
export const DEMO_PUBLIC_CAMPAIGN = {
  title: 'Autumn with Lucky Fox',
  description: 'Show how you spend a rainy evening.',
  platforms: ['instagram', 'youtube', 'tiktok'],
  timeZone: 'Europe/Berlin',
  budget: eur('2000.00'),
  unitPrices: [
    { unit: 'post', price: eur('5.00') },
    { unit: 'like', price: eur('0.02') },
    { unit: 'view', price: eur('0.0025'), maxUnits: 100_000 },
  ],
  requiredTags: ['LuckyFox'],
  terms: 'Posts stay online for 30 days. Paid after the campaign.',
};

export const DEMO_ADD_ON = {
  name: 'Two more people in the team',
  price: eur('20.00'),
  limits: { teamMembers: 2 },
};

export const DEMO_AD_PACKAGE = { name: '100,000 impressions', impressions: 100_000, price: eur('400.00') };

/** What partners get for inviting others. */
export const DEMO_REFERRALS = {
  open: true,
  currency: 'EUR',
  inviterBonus: '20.00',
  invitedBonus: '10.00',
  minimumEarnings: [eur('100.00')],
};

/** The picture that a creator hands in: one pixel. */
export const DEMO_SCREENSHOT = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=',
  'base64',
);
