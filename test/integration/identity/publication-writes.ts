import type { Program, Write } from './operator-writes.js';

/** A confirmed publication of the wallet's owner, which paid nothing. */
async function confirmedPublication({ app, wallet, scene }: Program): Promise<string> {
  const [{ id }] = await app.db.query<[{ id: string }]>(
    `WITH offer AS (
       INSERT INTO offers (id, brand_id, title, description, state, pricing_model, currency, goods, requires_moderation,
                           content_review_required, content_days, publication_days, auto_confirm, countries, platforms,
                           created_at, opened_at)
       VALUES (gen_random_uuid(), $1, 'Show our shoes', 'A reel', 'open', 'barter', 'EUR', 'Shoes', false, false, 7, 14,
               true, '{}', '{}', now(), now())
       RETURNING id)
     INSERT INTO publications (id, offer_id, brand_id, partner_id, platform, step, step_at, declines, currency, created_at)
     SELECT gen_random_uuid(), id, $1, $2, 'instagram', 'confirmed', now(), 0, 'EUR', now() FROM offer
     RETURNING id`,
    [scene.brandId, wallet.ownerId],
  );
  return id;
}

/** A call that succeeds for every route by which operators write publications. */
export const publicationWrites: Readonly<Record<string, (program: Program) => Promise<Write>>> = {
  'POST /api/v1/operator/publications/{id}/reverse': async (program) => ({
    path: `operator/publications/${await confirmedPublication(program)}/reverse`,
    payload: { comment: 'Deleted the next day' },
  }),
};
