import { describe, ended, inWords } from './event-description.js';

/** What happens in the referral program. */
export const REFERRAL_EVENTS = {
  inviter_code_entered: describe('Inviter’s code entered', 'referral', {}, () => {
    return 'The code of who invited you was entered.';
  }),
  inviter_code_refused: describe('Inviter’s code refused', 'partner', { reason: 'text' }, ({ reason }) => {
    return ended('The inviter’s code that was given at sign-up was not taken', reason);
  }),
  referral_registered: describe('Referral registered', 'referral', {}, () => {
    return 'A partner entered your code.';
  }),
  referral_rewarded: describe('Referral bonus paid', 'referral', { amount: 'money' }, ({ amount }) => {
    return `A referral bonus of ${inWords(amount)} is in your available balance.`;
  }),
  referral_ended: describe('Referral ended', 'referral', { reason: 'text' }, ({ reason }) => {
    return ended('A referral ended without a bonus', reason);
  }),
  referral_reversed: describe(
    'Referral bonus taken back',
    'referral',
    { amount: 'money', reason: 'text' },
    ({ amount, reason }) => ended(`A referral bonus of ${inWords(amount)} was taken back`, reason),
  ),
};
