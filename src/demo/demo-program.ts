/** What the demo program consists of. Everything is made through the API, as users would make it. */

export const DEMO_PASSWORD = 'demo pass phrase';
export const DEMO_OPERATOR_EMAIL = 'operator@demo.example';

/** Days of history that the first start plays. */
export const DEMO_DAYS = 30;

const eurTiers = [
  { from: '0.00', rateBps: 2500 },
  { from: '2000.00', rateBps: 3500 },
];

export const DEMO_BRANDS = [
  {
    brand: {
      name: 'Lucky Fox',
      currency: 'EUR',
      category: 'casino',
      country: 'MT',
      website: 'https://luckyfox.example',
    },
    landing: { title: 'Welcome offer', url: 'https://luckyfox.example/welcome', audience: 'players' },
    plan: {
      name: 'Hybrid: 80 per player and a share of NGR',
      period: 'daily',
      timeZone: 'Europe/Berlin',
      adminFeeBps: 1000,
      negativeCarryOver: true,
      strategies: [
        { type: 'cpa', amount: '80.00', criteria: { firstDepositAtLeast: '20.00' } },
        { type: 'revshare', base: 'ngr', tierMode: 'marginal', tiers: eurTiers },
      ],
    },
  },
  {
    brand: {
      name: 'Harbour Bets',
      currency: 'EUR',
      category: 'sportsbook',
      country: 'IE',
      website: 'https://harbour.example',
    },
    landing: { title: 'First bet', url: 'https://harbour.example/first-bet?lang=en', audience: 'players' },
    plan: {
      name: 'Share of net revenue by tiers',
      period: 'weekly',
      timeZone: 'Europe/Dublin',
      negativeCarryOver: false,
      strategies: [{ type: 'revshare', base: 'ngr', tierMode: 'flat', tiers: eurTiers }],
    },
  },
  {
    brand: {
      name: 'Maple Slots',
      currency: 'USD',
      category: 'casino',
      country: 'CA',
      website: 'https://maple.example',
    },
    landing: { title: 'Free spins', url: 'https://maple.example/spins', audience: 'players' },
    plan: {
      name: '120 per depositing player',
      period: 'monthly',
      timeZone: 'America/Toronto',
      strategies: [
        { type: 'cpa', amount: '120.00', criteria: { depositsSumAtLeast: '50.00', withinDays: 30 } },
      ],
    },
  },
] as const;

/** Units for one euro on the last day, the days before it: newest first. */
export const DEMO_RATES = {
  USD: ['1.0812', '1.0799', '1.0834', '1.0790', '1.0775'],
  BTC: ['0.00001052', '0.00001047', '0.00001061', '0.00001058', '0.00001049'],
};

export const DEMO_MEDIA = {
  title: 'Leaderboard',
  kind: 'image',
  url: 'https://media.example/leaderboard.png',
  width: 728,
  height: 90,
  language: 'en',
};

/** One partner of each kind at work, and one who still waits. */
export const DEMO_PARTNERS = [
  {
    email: 'affiliate@demo.example',
    name: 'Ann Reviews',
    kind: 'affiliate',
    country: 'DE',
    website: 'https://reviews.example',
    clicksADay: 30,
  },
  {
    email: 'creator@demo.example',
    name: 'Cleo Plays',
    kind: 'creator',
    country: 'FR',
    website: 'https://cleo.example',
    socialAccount: { platform: 'instagram', handle: 'cleo.plays' },
    clicksADay: 12,
  },
  {
    email: 'channel@demo.example',
    name: 'City Radio',
    kind: 'channel',
    country: 'IE',
    website: 'https://radio.example',
    clicksADay: 6,
  },
] as const;

export const DEMO_WAITING_PARTNER = {
  email: 'waiting@demo.example',
  name: 'Wanda Waits',
  kind: 'affiliate',
  country: 'AT',
  website: 'https://wanda.example',
  description: 'A comparison site that starts next month.',
} as const;
