import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type HeldTable, PersonalData } from '../identity/index.js';
import { readRows, type Tx } from '../platform/index.js';

const TABLES: readonly HeldTable[] = [
  { table: 'sub_affiliates', file: 'sub-affiliates', onErasure: 'anonymised' },
];

/** Both sides, by ids: whom the partner brought, and who brought it. The click is told to who made it. */
const CONNECTIONS = `
  SELECT partner_id AS "partnerId", inviter_id AS "inviterId", campaign_id AS "campaignId", promo_id AS "promoId",
         CASE WHEN partner_id = $1 THEN visit_id END AS "visitId", connected_at AS "connectedAt"
    FROM sub_affiliates WHERE partner_id = $1 OR inviter_id = $1 ORDER BY partner_id`;

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
      files: { 'sub-affiliates': (tx, partnerId) => readRows(tx, CONNECTIONS, [partnerId]) },
      erase,
    });
  }
}

async function erase(tx: Tx, partnerId: string): Promise<'done'> {
  await tx.query('UPDATE sub_affiliates SET visit_id = NULL WHERE partner_id = $1', [partnerId]);
  return 'done';
}
