import { body } from '../../support/journey.js';
import { broadcastRequest, submittedBroadcast } from './matrix/channel-kinds.js';
import type { Scene, Tenant } from './matrix/scene.js';
import type { Program, Write } from './operator-writes.js';

const END_USERS = 'operator/end-users';

const TENANT = ({ wallet }: Program): Tenant => ({
  partnerId: wallet.ownerId,
  brandId: '',
  userId: wallet.userId,
});

/** A request to reach people beyond followers, which nobody has decided. */
const request = async (program: Program): Promise<string> =>
  broadcastRequest.make({ app: program.app } as Scene, TENANT(program), []);

/** A call that succeeds for every route by which operators write end users and broadcasts. */
export const channelWrites: Readonly<Record<string, (program: Program) => Promise<Write> | Write>> = {
  'POST /api/v1/operator/broadcast-requests/{id}/approve': async (program) => ({
    path: `operator/broadcast-requests/${await request(program)}/approve`,
  }),
  'POST /api/v1/operator/broadcast-requests/{id}/reject': async (program) => ({
    path: `operator/broadcast-requests/${await request(program)}/reject`,
    payload: { description: 'Not now' },
  }),
  'POST /api/v1/operator/broadcasts/{id}/cancel': async (program) => {
    const scene = { app: program.app } as Scene;
    const id = await submittedBroadcast.make(scene, TENANT(program), []);
    return { path: `operator/broadcasts/${id}/cancel`, payload: { reason: 'Complaints' } };
  },
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
