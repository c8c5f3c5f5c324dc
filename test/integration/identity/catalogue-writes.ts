import { AT } from './matrix/kinds.js';
import { insert } from './matrix/scene.js';
import type { Program, Write } from './operator-writes.js';

const suggestion = async (program: Program): Promise<string> => {
  const name = program.name();
  return insert(program.app, 'brand_suggestions', {
    partner_id: program.scene.partnerId,
    name,
    website: `https://${name}.example`,
    name_key: name,
    website_key: name,
    state: 'pending',
    suggested_at: AT,
  });
};

const deal = ({ app, scene: { brandId } }: Program): Promise<string> =>
  insert(app, 'brand_deals', {
    brand_id: brandId,
    title: 'Black week',
    link: 'https://fox.example/',
    kind: 'discount',
    size_bps: 1500,
    starts_at: AT,
    created_at: AT,
  });

const TERMS = {
  ...{ open: true, currency: 'EUR', inviterBonus: '20.00', invitedBonus: '10.00' },
  minimumEarnings: [{ amount: '100.00', currency: 'EUR' }],
};

const referral = async (program: Program): Promise<string> => {
  const { app, scene, wallet } = program;
  const termsId = await program.make('operator/referral-program', TERMS);
  return insert(app, 'referrals', {
    ...{ partner_id: wallet.ownerId, inviter_id: scene.partnerId, terms_id: termsId, state: 'open' },
    ...{ entered_at: AT, window_ends_at: '2027-01-30T00:00:00Z' },
  });
};

/** Calls about suggested brands, deals and the referral program that succeed. */
export const catalogueWrites: Readonly<Record<string, (program: Program) => Promise<Write>>> = {
  'POST /api/v1/operator/brand-suggestions/{id}/accept': async (program) => ({
    path: `operator/brand-suggestions/${await suggestion(program)}/accept`,
    payload: { brandId: program.scene.brandId },
  }),
  'POST /api/v1/operator/brand-suggestions/{id}/decline': async (program) => ({
    path: `operator/brand-suggestions/${await suggestion(program)}/decline`,
    payload: { reason: 'It works with nobody' },
  }),
  'POST /api/v1/operator/deals/{id}/remove': async (program) => ({
    path: `operator/deals/${await deal(program)}/remove`,
    payload: { reason: 'The code does not work' },
  }),
  'POST /api/v1/operator/referral-program': () =>
    Promise.resolve({ path: 'operator/referral-program', payload: TERMS }),
  'POST /api/v1/operator/referrals/{id}/revoke': async (program) => ({
    path: `operator/referrals/${await referral(program)}/revoke`,
    payload: { reason: 'Both are one person' },
  }),
};
