import { describe, ended, inWords } from './event-description.js';

const CAMPAIGN = { campaign: 'text' } as const;
const REWARD = { ...CAMPAIGN, amount: 'money' } as const;

/** What happens when a creator takes part in public engagement campaigns. */
export const CAMPAIGN_EVENTS = {
  campaign_joined: describe(
    'Campaign joined',
    'participation',
    { ...CAMPAIGN, platform: 'text' },
    ({ campaign, platform }) => `An account at ${platform} joined the campaign "${campaign}".`,
  ),
  post_submitted: describe('Post submitted', 'campaign_post', CAMPAIGN, ({ campaign }) => {
    return `The address of a post for "${campaign}" was given.`;
  }),
  post_approved: describe('Post approved', 'campaign_post', REWARD, ({ campaign, amount }) => {
    const toRequest =
      Number(amount.amount) > 0 ? `${inWords(amount)} can be requested` : 'nothing to request';
    return `A post for "${campaign}" was approved: ${toRequest}.`;
  }),
  post_rejected: describe(
    'Post not approved',
    'campaign_post',
    { ...CAMPAIGN, reason: 'text' },
    ({ campaign, reason }) => ended(`A post for "${campaign}" was not approved`, reason),
  ),
  post_paid: describe('Post paid', 'campaign_post', REWARD, ({ campaign, amount }) => {
    return `A post for "${campaign}" was paid: ${inWords(amount)} are in your available balance.`;
  }),
};
