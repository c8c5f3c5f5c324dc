import { describe, ended } from './event-description.js';

/** What happens to a partner's ads and ad campaigns without its doing. */
export const AD_EVENTS = {
  ad_taken_down: describe('Ad taken down', 'ad', { reason: 'text' }, ({ reason }) => {
    return ended('The program took an ad down; it is not shown any more', reason);
  }),
  ad_campaign_paused: describe('Ad campaign paused', 'ad_campaign', {}, () => {
    return 'An ad campaign has shown all its impressions and paused itself.';
  }),
  ad_campaign_ended: describe(
    'Ad campaign ended',
    'ad_campaign',
    { shown: 'text', returned: 'text' },
    ({ shown, returned }) => {
      return `The time of an ad campaign is over: ${shown} impressions were shown, ${returned} are available again.`;
    },
  ),
};
