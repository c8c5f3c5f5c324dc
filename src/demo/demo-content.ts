import type { DemoClient } from './demo-client.js';

const TERMS = [
  {
    kind: 'terms',
    title: 'Terms and conditions',
    body: 'You promote our brands **fairly**: no spam, no bidding on their names, no players of your own.\n\nWe pay what the plan of your campaign says, when your bill is approved.',
  },
  {
    kind: 'privacy',
    title: 'Privacy policy',
    body: 'We keep what you tell us and what your links bring. Under *Your data* you may copy all of it, or have it erased.',
  },
];

const NEWS = [
  {
    title: 'Welcome to the program',
    summary: 'Three brands, one wallet.',
    body: 'Choose a brand, make a campaign, and place its link. **Every click counts from now on.**',
  },
  {
    title: 'Creators: an offer for you',
    summary: 'Publish once, earn twice.',
    body: 'Some offers pay for the publication *and* for every order with your promo code.',
    partnerKinds: ['creator'],
  },
];

const FAQ = [
  {
    topic: 'referral-program',
    question: 'How does the referral program work?',
    answer:
      'Give your code or link to somebody who is not a partner yet. When they have a verified account, a first confirmed publication or paid bill, and have earned the amount that the program names within 90 days, **both of you** get the bonus, 14 days later.',
    position: 1,
  },
  {
    topic: 'referral-program',
    question: 'When can I enter the code of whoever invited me?',
    answer:
      'Once, within 30 days of your sign-up and before your first confirmed work. It cannot be changed.',
    position: 2,
  },
  {
    topic: 'payments',
    question: 'When is my money available?',
    answer: 'When an operator has approved the bill. Your wallet shows what is pending until then.',
  },
];

const CONTACT = {
  name: 'Olga Operator',
  role: 'Partner support',
  email: 'support@demo.example',
  messenger: 'Telegram @tributary_demo',
};

/** Writes what the demo program tells partners: terms, news, questions with answers, whom to turn to. */
export async function writeContents(operator: DemoClient): Promise<void> {
  for (const [path, items] of [
    ['operator/terms', TERMS],
    ['operator/news', NEWS],
  ] as const) {
    for (const item of items) {
      const { id } = await operator.post<{ id: string }>(path, item);
      await operator.post(`${path}/${id}/publish`);
    }
  }
  for (const entry of FAQ) await operator.post('operator/faq', entry);
  await operator.post('operator/contacts', CONTACT);
}
