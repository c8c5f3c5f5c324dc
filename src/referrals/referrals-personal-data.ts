import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type HeldTable, PersonalData } from '../identity/index.js';
import { readRows, type Tx } from '../platform/index.js';

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

/** Nobody is paid for whom there is no more. */
const END_REFERRALS = `
  UPDATE referrals SET state = 'declined', ended_at = now(), reason = 'one of both has left the program'
   WHERE $1 IN (partner_id, inviter_id) AND state IN ('open', 'held')`;

/**
 * Who came through whom. After an erasure the connection stays, by ids, because others' commission hangs on it; the
 * click, which the partner's address and browser are known of, is forgotten.
 */
@Injectable()
export class ReferralsPersonalData implements OnModuleInit {
  constructor(private readonly personalData: PersonalData) {}

  onModuleInit(): void {
    this.personalData.register({
      room: 'referrals',
      tables: TABLES,
      files: {
        'sub-affiliates': (tx, partnerId) => readRows(tx, CONNECTIONS, [partnerId]),
        'referral-code': (tx, partnerId) => readRows(tx, CODE, [partnerId]),
        referrals: (tx, partnerId) => readRows(tx, REFERRALS, [partnerId]),
      },
      erase,
    });
  }
}

async function erase(tx: Tx, partnerId: string): Promise<'done'> {
  await tx.query('UPDATE sub_affiliates SET visit_id = NULL WHERE partner_id = $1', [partnerId]);
  await tx.query('DELETE FROM referral_codes WHERE partner_id = $1', [partnerId]);
  await tx.query(END_REFERRALS, [partnerId]);
  return 'done';
}
