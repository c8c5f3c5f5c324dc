import type { Program, Write } from './operator-writes.js';

type Prepare = (program: Program) => Promise<Write> | Write;

const PRICE = { amount: '1.00', currency: 'EUR' };

/** An active partner's request for an add-on. */
async function addOnRequest(program: Program): Promise<string> {
  const addOnId = await program.make('operator/add-ons', { name: program.name(), price: PRICE });
  const [{ id }] = await program.app.db.query<[{ id: string }]>(
    `INSERT INTO partner_requests (id, kind, partner_id, state, subject_id, title, price_minor, currency, requested_at)
     VALUES (gen_random_uuid(), 'add_on', $1, 'pending', $2, 'More', 0, 'EUR', now()) RETURNING id`,
    [program.wallet.ownerId, addOnId],
  );
  return id;
}

const decide =
  (kind: string, request: (program: Program) => Promise<string>, payload?: object): Prepare =>
  async (program) => ({
    path: `operator/${kind}-requests/${await request(program)}/${payload ? 'reject' : 'approve'}`,
    ...(payload && { payload }),
  });

const REJECTION = { description: 'No traffic to be seen' };

const change =
  (kind: 'packages' | 'add-ons'): Prepare =>
  async (program) => ({
    path: `operator/${kind}/${await program.make(`operator/${kind}`, { name: program.name(), price: PRICE })}`,
    payload: { limits: { campaigns: 3 } },
  });

const makeDefault: Prepare = async (program) => ({
  path: `${(await change('packages')(program)).path}/make-default`,
});

const archive =
  (kind: 'packages' | 'add-ons'): Prepare =>
  async (program) => ({ path: `${(await change(kind)(program)).path}/archive` });

const add =
  (kind: 'packages' | 'add-ons'): Prepare =>
  (program) => ({ path: `operator/${kind}`, payload: { name: program.name(), price: PRICE } });

/** A call that succeeds for every route by which operators write what partners ask for, and have. */
export const requestWrites: Readonly<Record<string, Prepare>> = {
  'POST /api/v1/operator/add-on-requests/{id}/approve': decide('add-on', addOnRequest),
  'POST /api/v1/operator/add-on-requests/{id}/reject': decide('add-on', addOnRequest, REJECTION),
  'POST /api/v1/operator/add-ons': add('add-ons'),
  'PATCH /api/v1/operator/add-ons/{id}': change('add-ons'),
  'POST /api/v1/operator/add-ons/{id}/archive': archive('add-ons'),
  'POST /api/v1/operator/packages': add('packages'),
  'PATCH /api/v1/operator/packages/{id}': change('packages'),
  'POST /api/v1/operator/packages/{id}/archive': archive('packages'),
  'POST /api/v1/operator/packages/{id}/make-default': makeDefault,
  'POST /api/v1/operator/partners/bulk': (program) => ({
    path: 'operator/partners/bulk',
    payload: { ids: [program.scene.partnerId], action: 'add_group', group: program.name(), dryRun: false },
  }),
  'PATCH /api/v1/operator/partners/{id}': (program) => ({
    path: `operator/partners/${program.scene.partnerId}`,
    payload: { invoiceId: program.name() },
  }),
  'POST /api/v1/operator/partners/{id}/notes': ({ scene }) => ({
    path: `operator/partners/${scene.partnerId}/notes`,
    payload: { text: 'Calls back in January' },
  }),
  'POST /api/v1/operator/partnership-requests/{id}/approve': decide('partnership', (program) =>
    program.partnershipRequest(),
  ),
  'POST /api/v1/operator/partnership-requests/{id}/reject': decide(
    'partnership',
    (program) => program.partnershipRequest(),
    REJECTION,
  ),
};
