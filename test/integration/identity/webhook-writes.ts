import type { Program, Write } from './operator-writes.js';

const COMMENT = { comment: 'Forwards what it gets' };

/** A webhook of a partner, as it stands. */
async function webhook({ app, wallet }: Program, state: 'active' | 'disabled'): Promise<string> {
  const [{ id }] = await app.db.query<[{ id: string }]>(
    `INSERT INTO webhook_endpoints (id, partner_id, url, secret_sealed, state, disabled_reason, disabled_at,
                                    created_at, updated_at)
     SELECT gen_random_uuid(), $1, 'https://hooks.example/', 'none', $2::text, reason, at, now(), now()
       FROM (SELECT CASE WHEN $2 = 'disabled' THEN 'failing' END AS reason,
                    CASE WHEN $2 = 'disabled' THEN now() END AS at) AS since
     RETURNING id`,
    [wallet.ownerId, state],
  );
  return id;
}

/** A call that succeeds for every route by which operators write webhooks. */
export const webhookWrites: Readonly<Record<string, (program: Program) => Promise<Write>>> = {
  'POST /api/v1/operator/webhooks/{id}/disable': async (program) => ({
    path: `operator/webhooks/${await webhook(program, 'active')}/disable`,
    payload: COMMENT,
  }),
  'POST /api/v1/operator/webhooks/{id}/enable': async (program) => ({
    path: `operator/webhooks/${await webhook(program, 'disabled')}/enable`,
  }),
};
