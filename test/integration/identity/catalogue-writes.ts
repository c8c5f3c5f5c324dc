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

/** Calls about suggested brands and deals that succeed. */
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
};
