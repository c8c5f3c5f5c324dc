import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type HeldTable, PersonalData } from '../identity/index.js';
import { readRows, type Tx } from '../platform/index.js';
import { ReferralProgress } from './program/referral-progress.service.js';

const TABLES: readonly HeldTable[] = [
  { table: 'sub_affiliates', file: 'sub-affiliates', onErasure: 'anonymised' },
  { table: 'referral_codes', file: 'referral-code', onErasure: 'deleted' },
  { table: 'referrals', file: 'referrals', onErasure: 'anonymised' },
];

/** Both sides, by ids: whom the partner brought, and who brought it. The click is told to who made it. */
const CONNECTIONS = `
  SELECT partner_id AS "partnerId", inviter_id AS "inviterId", campaign_id AS "campaignId", promo_id AS "promoId",
         CASE WHEN partner_id = $1 THEN visit_id END AS "visitId", connected_at AS "connectedAt"
    FROM sub_affiliates WHERE partner_id = $1 OR inviter_id = $1 ORDER BY partner_id`;

const CODE = 'SELECT code, made_at AS "madeAt" FROM referral_codes WHERE partner_id = $1';

const REFERRALS = `
  SELECT id, partner_id AS "partnerId", inviter_id AS "inviterId", state, entered_at AS "enteredAt",
         payable_at AS "payableAt", rewarded_at AS "rewardedAt", ended_at AS "endedAt", reason
    FROM referrals WHERE partner_id = $1 OR inviter_id = $1 ORDER BY id`;

/**
 * Who came through whom. After an erasure the connection stays, by ids, because others' commission hangs on it; the
 * click, which the partner's address and browser are known of, is forgotten.
 */
@Injectable()
export class ReferralsPersonalData implements OnModuleInit {
  constructor(
    private readonly personalData: PersonalData,
    private readonly progress: ReferralProgress,
  ) {}

  onModuleInit(): void {
    this.personalData.register({
      room: 'referrals',
      tables: TABLES,
      files: {
        'sub-affiliates': (tx, partnerId) => readRows(tx, CONNECTIONS, [partnerId]),
        'referral-code': (tx, partnerId) => readRows(tx, CODE, [partnerId]),
        referrals: (tx, partnerId) => readRows(tx, REFERRALS, [partnerId]),
      },
      erase: (tx, partnerId) => this.erase(tx, partnerId),
    });
  }

  private async erase(tx: Tx, partnerId: string): Promise<'done'> {
    await tx.query('UPDATE sub_affiliates SET visit_id = NULL WHERE partner_id = $1', [partnerId]);
    await tx.query('DELETE FROM referral_codes WHERE partner_id = $1', [partnerId]);
    await this.progress.leave(tx, partnerId);
    return 'done';
  }
}
