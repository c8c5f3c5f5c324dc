import { Injectable } from '@nestjs/common';
import { Clock, type Tx } from '../platform/index.js';
import { Impersonations } from './impersonations.service.js';

/** Opens and closes the work of a partner's users, as partner management decides. */
@Injectable()
export class PartnerAccess {
  constructor(
    private readonly impersonations: Impersonations,
    private readonly clock: Clock,
  ) {}

  /** Lets a partner's users work. */
  async open(tx: Tx, partnerId: string): Promise<void> {
    await setActive(tx, partnerId, true);
  }

  /** Leaves a partner's users their sign-in and what they may read; impersonations end for good. */
  async close(tx: Tx, partnerId: string): Promise<void> {
    await setActive(tx, partnerId, false);
    await this.impersonations.endOverdue(tx, partnerId);
  }

  /** Shuts out all users of a partner at once and for good: what they hold to sign in with is erased later. */
  async shutOut(tx: Tx, partnerId: string): Promise<void> {
    const now = this.clock.now();
    const ofPartner = 'IN (SELECT user_id FROM memberships WHERE partner_id = $1)';
    await setActive(tx, partnerId, false);
    await tx.query(
      `UPDATE users SET blocked_at = coalesce(blocked_at, $2), shut_out_at = $2 WHERE id ${ofPartner}`,
      [partnerId, now],
    );
    await tx.query(`UPDATE sessions SET ended_at = $2 WHERE ended_at IS NULL AND user_id ${ofPartner}`, [
      partnerId,
      now,
    ]);
    await this.impersonations.endOverdue(tx, partnerId);
  }
}

async function setActive(tx: Tx, partnerId: string, active: boolean): Promise<void> {
  // Waits for invitations that are under way; the second statement then sees whom they brought in.
  await tx.query('SELECT FROM memberships WHERE partner_id = $1 ORDER BY id FOR UPDATE', [partnerId]);
  await tx.query('UPDATE memberships SET active = $2 WHERE partner_id = $1', [partnerId, active]);
}
