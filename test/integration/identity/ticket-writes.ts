import { randomUUID } from 'node:crypto';
import { body } from '../../support/journey.js';
import { SAMPLE_PNG } from '../../support/sample-files.js';
import type { Program, Write } from './operator-writes.js';

const MESSAGE = { body: 'We look into it.' };

/** The path of an open ticket of a partner, as it stands. */
async function ticket({ app, wallet }: Program): Promise<string> {
  const [{ id }] = await app.db.query<[{ id: string }]>(
    `INSERT INTO tickets (id, reference, partner_id, opened_by, category, subject, state, created_at, last_message_at)
     VALUES (gen_random_uuid(), $1, $2, $3, 'general', 'When?', 'open', now(), now()) RETURNING id`,
    [`TKT-${randomUUID()}`, wallet.ownerId, wallet.userId],
  );
  return `operator/tickets/${id}`;
}

/** A call that succeeds for every route by which operators write into tickets. */
export const ticketWrites: Readonly<Record<string, (program: Program) => Promise<Write> | Write>> = {
  'POST /api/v1/operator/ticket-attachments': () => ({
    path: 'operator/ticket-attachments',
    file: { content: SAMPLE_PNG, fileName: 'there.png' },
  }),
  'PATCH /api/v1/operator/tickets/{id}': async (program) => ({
    path: await ticket(program),
    payload: { priority: 'high' },
  }),
  'POST /api/v1/operator/tickets/{id}/messages': async (program) => ({
    path: `${await ticket(program)}/messages`,
    payload: MESSAGE,
  }),
  'POST /api/v1/operator/tickets/{id}/notes': async (program) => ({
    path: `${await ticket(program)}/notes`,
    payload: MESSAGE,
  }),
  'POST /api/v1/operator/tickets/{id}/close': async (program) => ({ path: `${await ticket(program)}/close` }),
  'POST /api/v1/operator/tickets/{id}/reopen': async (program) => {
    const path = await ticket(program);
    body(await program.operator.post(`${path}/close`), 200);
    return { path: `${path}/reopen` };
  },
};
