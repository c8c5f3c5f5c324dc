import { invalidField, type Tx } from '../platform/index.js';
import { linkCodeTaken } from './campaigns.errors.js';
import { isReservedCode } from './domain/link-code.js';
import { randomLinkCode } from './random-code.js';

/** Collisions of 59 random bits do not happen twice in a row; more than this many is a fault of ours. */
const ATTEMPTS = 5;

/**
 * Makes the code the promo's own, for good: it leads to the promo even after it got another one.
 * @throws DomainError LINK_CODE_TAKEN, VALIDATION_FAILED (422) for a reserved word
 */
export async function claimCode(tx: Tx, promoId: string, code: string): Promise<void> {
  if (isReservedCode(code)) throw invalidField('code', 'is reserved; choose another one');
  if (!(await claim(tx, promoId, code))) throw linkCodeTaken(code);
}

/** Makes a code up and makes it the promo's own. */
export async function claimRandomCode(tx: Tx, promoId: string): Promise<string> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const code = randomLinkCode();
    if (await claim(tx, promoId, code)) return code;
  }
  throw new Error('No free promo code was found');
}

/** Tells every instance that what the promo's codes lead to is to be read anew. */
export async function announceCodes(tx: Tx, promoId: string): Promise<void> {
  await tx.query(`SELECT pg_notify('promos_changed', code) FROM link_codes WHERE promo_id = $1`, [promoId]);
}

/** Whoever claims the same code at once waits here until the first one has committed, and then sees whose it is. */
async function claim(tx: Tx, promoId: string, code: string): Promise<boolean> {
  const claimed = await tx.query<unknown[]>(
    'INSERT INTO link_codes (code, promo_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING code',
    [code, promoId],
  );
  if (claimed.length > 0) return true;
  const own = await tx.query<unknown[]>('SELECT FROM link_codes WHERE code = $1 AND promo_id = $2', [
    code,
    promoId,
  ]);
  return own.length > 0;
}
