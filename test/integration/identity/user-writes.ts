import { body } from '../../support/journey.js';
import type { Program, Write } from './operator-writes.js';
import { joinTeam } from './scene.js';

const USERS = 'operator/users';

const person = (program: Program, role: string) => ({
  email: `${program.name()}@operators.example`,
  name: 'Olga Operator',
  role,
});

const invited = (program: Program): Promise<string> => program.make(USERS, person(program, 'support'));

/** A call that succeeds for every route by which operators write people's accounts. */
export const userWrites: Readonly<Record<string, (program: Program) => Promise<Write> | Write>> = {
  'POST /api/v1/operator/brands/{id}/users': (program) => ({
    path: `operator/brands/${program.scene.brandId}/users`,
    payload: person(program, 'reviewer'),
  }),
  'POST /api/v1/operator/users': (program) => ({
    path: USERS,
    payload: person(program, 'support'),
  }),
  'PATCH /api/v1/operator/users/{id}': async (program) => ({
    path: `operator/users/${await invited(program)}`,
    payload: { role: 'finance' },
  }),
  'DELETE /api/v1/operator/users/{id}': async (program) => ({
    path: `operator/users/${await invited(program)}`,
  }),
  'POST /api/v1/operator/users/{id}/2fa/reset': async (program) => {
    const email = `${program.name()}@operators.example`;
    const id = await joinTeam(program.app, program.operator, email, 'support', USERS);
    await program.app.db.query(
      `UPDATE users SET two_factor_secret = 'none', two_factor_enabled_at = now() WHERE id = $1`,
      [id],
    );
    return { path: `operator/users/${id}/2fa/reset`, payload: { reason: 'Lost the phone' } };
  },
  'POST /api/v1/operator/users/{id}/block': async (program) => ({
    path: `operator/users/${await invited(program)}/block`,
    payload: { reason: 'Left the company' },
  }),
  'POST /api/v1/operator/users/{id}/invite-again': async (program) => {
    const id = await invited(program);
    program.app.clock.advance(1);
    return { path: `operator/users/${id}/invite-again` };
  },
  'POST /api/v1/operator/users/{id}/unblock': async (program) => {
    const path = `operator/users/${await invited(program)}`;
    body(await program.operator.post(`${path}/block`, { reason: 'A mistake' }), 200);
    return { path: `${path}/unblock` };
  },
  'POST /api/v1/operator/users/{id}/unlock': async (program) => {
    const email = `${program.name()}@operators.example`;
    const id = await joinTeam(program.app, program.operator, email, 'support', USERS);
    await program.app.db.query('UPDATE users SET locked_at = now() WHERE id = $1', [id]);
    return { path: `operator/users/${id}/unlock` };
  },
};
