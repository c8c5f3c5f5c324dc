import { body } from '../../support/journey.js';
import type { Program, Write } from './operator-writes.js';

const FAVOURITES = 'operator/reports/favourites';
const REQUESTS = 'operator/reports/requests';
const REPORT = { parameters: { from: '2026-10-01', to: '2026-10-31', group_by: ['partner'] } };

const favourite = (program: Program): object => ({
  name: program.name(),
  period: 'last_month',
  parameters: { group_by: ['partner'] },
});
const saved = (program: Program): Promise<string> => program.make(FAVOURITES, favourite(program));

/** A call that succeeds for every route by which operators save and request reports. */
export const reportWrites: Readonly<Record<string, (program: Program) => Promise<Write> | Write>> = {
  'POST /api/v1/operator/reports/favourites': (program) => ({
    path: FAVOURITES,
    payload: favourite(program),
  }),
  'PATCH /api/v1/operator/reports/favourites/{id}': async (program) => ({
    path: `${FAVOURITES}/${await saved(program)}`,
    payload: { period: 'today' },
  }),
  'DELETE /api/v1/operator/reports/favourites/{id}': async (program) => ({
    path: `${FAVOURITES}/${await saved(program)}`,
  }),
  'POST /api/v1/operator/reports/requests': () => ({ path: REQUESTS, payload: REPORT, makes: true }),
  'PATCH /api/v1/operator/reports/requests/{id}': async (program) => {
    const { id } = body<{ id: string }>(await program.operator.post(REQUESTS, REPORT), 202);
    return { path: `${REQUESTS}/${id}`, payload: { name: program.name() } };
  },
};
