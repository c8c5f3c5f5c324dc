import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { SuspensionBook } from '../partner-management/index.js';
import { notFound } from '../platform/index.js';
import { betsOf, depositsOf, type PlayerToQualify } from './facts.service.js';
import { fraudulentSql } from './fraud/fraudulent-sql.js';

/** A player with the plan that its campaign is paid by. */
export interface ExplainedPlayer extends PlayerToQualify {
  /** The brand's own id of it. */
  readonly externalId: string;
  readonly planId: string;
}

type PlayerRow = Omit<ExplainedPlayer, 'suspensions' | 'deposits' | 'activity'>;

/** What is known of single players, for those who ask why they were paid or not (B03). */
@Injectable()
export class PlayerFacts {
  constructor(private readonly suspensions: SuspensionBook) {}

  /**
   * The player with all its deposits and bets before `until`.
   * @param partnerId whose player it must be; another partner's player does not exist
   * @throws DomainError NOT_FOUND
   */
  async get(db: EntityManager, playerId: string, until: Date, partnerId?: string): Promise<ExplainedPlayer> {
    const [player] = await db.query<PlayerRow[]>(
      `SELECT p.id AS "playerId", p.partner_id AS "partnerId", p.campaign_id AS "campaignId",
              p.promo_id AS "promoId", p.external_id AS "externalId", p.country, p.signed_up_at AS "signedUpAt",
              p.duplicate, p.self_excluded AS "selfExcluded", p.disabled, p.settled,
              ${fraudulentSql('p.partner_id', 'p.id')} AS fraudulent, c.commission_plan_id AS "planId"
         FROM players p JOIN campaigns c ON c.id = p.campaign_id
        WHERE p.id = $1 AND ($2::uuid IS NULL OR p.partner_id = $2)`,
      [playerId, partnerId ?? null],
    );
    if (!player) throw notFound('player');
    const deposits = await depositsOf(db, [playerId], [until]);
    const activity = await betsOf(db, [playerId], [until]);
    const suspensions = await this.suspensions.spans(db, [player.partnerId]);
    return {
      ...player,
      suspensions: suspensions.get(player.partnerId) ?? [],
      deposits: deposits.get(playerId) ?? [],
      activity: activity.get(playerId) ?? [],
    };
  }
}
