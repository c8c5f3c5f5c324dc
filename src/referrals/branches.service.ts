import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { LEVELS } from './levels.js';

/** That a partner stands below another one, and through which of the upper one's links its branch came. */
export interface Branch {
  readonly partnerId: string;
  readonly inviterId: string;
  /** 1 when the inviter itself brought the partner. */
  readonly level: number;
  /** The inviter's. */
  readonly campaignId: string;
  readonly promoId: string;
}

const COLUMNS = `partner_id AS "partnerId", inviter_id AS "inviterId", level, campaign_id AS "campaignId",
  promo_id AS "promoId"`;

/** Who stands above and below whom, for many partners at once, to a depth of {@link LEVELS}. */
@Injectable()
export class Branches {
  /** All that stand above each of the partners. */
  above(db: EntityManager, partnerIds: readonly string[]): Promise<Branch[]> {
    return db.query<Branch[]>(
      `WITH RECURSIVE branch AS (
         SELECT partner_id, inviter_id, 1 AS level, campaign_id, promo_id FROM sub_affiliates
          WHERE partner_id = ANY($1)
         UNION ALL
         SELECT branch.partner_id, up.inviter_id, branch.level + 1, up.campaign_id, up.promo_id
           FROM branch JOIN sub_affiliates up ON up.partner_id = branch.inviter_id
          WHERE branch.level < ${LEVELS})
       SELECT ${COLUMNS} FROM branch`,
      [partnerIds],
    );
  }

  /** All that stand below each of the inviters. */
  below(db: EntityManager, inviterIds: readonly string[]): Promise<Branch[]> {
    return db.query<Branch[]>(
      `WITH RECURSIVE branch AS (
         SELECT partner_id, inviter_id, 1 AS level, campaign_id, promo_id FROM sub_affiliates
          WHERE inviter_id = ANY($1)
         UNION ALL
         SELECT down.partner_id, branch.inviter_id, branch.level + 1, branch.campaign_id, branch.promo_id
           FROM branch JOIN sub_affiliates down ON down.inviter_id = branch.partner_id
          WHERE branch.level < ${LEVELS})
       SELECT ${COLUMNS} FROM branch`,
      [inviterIds],
    );
  }
}
