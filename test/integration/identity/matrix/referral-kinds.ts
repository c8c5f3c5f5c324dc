import type { Kind } from './kinds.js';
import { AT } from './kinds.js';
import { insert, makePartner } from './scene.js';

/** Somebody who entered the partner's code. */
export const referral: Kind = {
  make: async (scene, { partnerId: inviterId, userId }) => {
    const termsId = await insert(scene.app, 'referral_terms', {
      ...{ open: true, currency: 'EUR', inviter_bonus_minor: 2000, invited_bonus_minor: 1000 },
      ...{ minimum_earnings: [{ currency: 'EUR', minor: '10000' }], window_days: 90, hold_days: 14 },
      ...{ how_it_works: [], created_at: AT, created_by: userId },
    });
    const partnerId = await makePartner(scene);
    const sides = { partner_id: partnerId, inviter_id: inviterId, terms_id: termsId };
    return insert(scene.app, 'referrals', {
      ...{ ...sides, entered_at: AT, window_ends_at: '2027-01-30T00:00:00Z', state: 'open' },
    });
  },
};
