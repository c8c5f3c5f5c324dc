import { ad, adPackage, adPackageRequest, adRequest } from './matrix/ad-kinds.js';
import type { Kind } from './matrix/kinds.js';
import type { Scene } from './matrix/scene.js';
import type { Program, Write } from './operator-writes.js';

/** Something of the program's partner. */
function make({ app, wallet }: Program, kind: Kind): Promise<string> {
  return kind.make({ app } as Scene, { partnerId: wallet.ownerId, brandId: '', userId: wallet.userId }, []);
}

const REJECTION = { description: 'Not now' };

/** A call that succeeds for every route by which operators write ads. */
export const adWrites: Readonly<Record<string, (program: Program) => Promise<Write> | Write>> = {
  'POST /api/v1/operator/ad-packages': (program) => ({
    path: 'operator/ad-packages',
    payload: { name: program.name(), impressions: 100, price: { amount: '1.00', currency: 'EUR' } },
  }),
  'PATCH /api/v1/operator/ad-packages/{id}': async (program) => ({
    path: `operator/ad-packages/${await make(program, adPackage)}`,
    payload: { active: false },
  }),
  'POST /api/v1/operator/ad-package-requests/{id}/approve': async (program) => ({
    path: `operator/ad-package-requests/${await make(program, adPackageRequest)}/approve`,
  }),
  'POST /api/v1/operator/ad-package-requests/{id}/reject': async (program) => ({
    path: `operator/ad-package-requests/${await make(program, adPackageRequest)}/reject`,
    payload: REJECTION,
  }),
  'POST /api/v1/operator/ad-requests/{id}/approve': async (program) => ({
    path: `operator/ad-requests/${await make(program, adRequest)}/approve`,
  }),
  'POST /api/v1/operator/ad-requests/{id}/reject': async (program) => ({
    path: `operator/ad-requests/${await make(program, adRequest)}/reject`,
    payload: REJECTION,
  }),
  'POST /api/v1/operator/ads/{id}/take-down': async (program) => {
    const id = await make(program, ad);
    await program.app.db.query(`UPDATE ads SET state = 'approved' WHERE id = $1`, [id]);
    return { path: `operator/ads/${id}/take-down`, payload: { reason: 'Misleading' } };
  },
};
