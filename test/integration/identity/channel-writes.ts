import { body } from '../../support/journey.js';
import type { Program, Write } from './operator-writes.js';

const END_USERS = 'operator/end-users';

/** A call that succeeds for every route by which operators write end users. */
export const channelWrites: Readonly<Record<string, (program: Program) => Promise<Write> | Write>> = {
  'POST /api/v1/operator/end-users': (program) => ({
    path: END_USERS,
    payload: { items: [{ externalId: program.name(), email: `${program.name()}@mail.example` }] },
    makes: true,
  }),
  'DELETE /api/v1/operator/end-users/{id}': async (program) => {
    const externalId = program.name();
    const items = [{ externalId, email: `${externalId}@mail.example` }];
    body(await program.operator.post(END_USERS, { items }), 200);
    const found = await program.operator.get(`${END_USERS}?externalId=${externalId}`);
    return { path: `${END_USERS}/${body<{ items: [{ id: string }] }>(found, 200).items[0].id}` };
  },
};
