import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { Brands } from '../../brands/index.js';
import { Partners } from '../../partner-management/index.js';
import { idOfCursor, notFound, type Page, toPage } from '../../platform/index.js';
import { type CountedRule, type FraudScore, fraudScore } from './domain/score.js';

type Db = EntityManager | DataSource;

/** What may be decided on a signal; both are final. */
export const SIGNAL_STATES = ['open', 'released', 'confirmed'] as const;
export type SignalState = (typeof SIGNAL_STATES)[number];

/** A signal as operators see it. */
export interface FraudSignal {
  id: string;
  rule: string;
  weight: number;
  state: SignalState;
  partner: { id: string; name: string };
  brand: { id: string; name: string };
  campaignId: string;
  promoId: string;
  /** Whom or what it is about; both null when it is about the promo. */
  playerId: string | null;
  orderId: string | null;
  /** The brand's own ids of them. */
  playerExternalId: string | null;
  orderExternalId: string | null;
  evidence: Record<string, unknown>;
  occurredAt: Date;
  raisedAt: Date;
  decidedBy: string | null;
  decidedAt: Date | null;
  comment: string | null;
}

export interface SignalFilter {
  state?: SignalState;
  rule?: string;
  partnerId?: string;
  brandId?: string;
  playerId?: string;
  orderId?: string;
  /** Limits when it was raised. */
  from?: Date;
  before?: Date;
}

interface Row extends Omit<FraudSignal, 'partner' | 'brand'> {
  partnerId: string;
  brandId: string;
}

/** The operators' queue of signals, and the scores that they add up to (B07). */
@Injectable()
export class FraudSignals {
  constructor(
    private readonly brands: Brands,
    private readonly partners: Partners,
  ) {}

  /** A page of signals, those raised last first. */
  async list(
    db: Db,
    { limit, cursor, ...filter }: SignalFilter & { limit: number; cursor?: string },
  ): Promise<Page<FraudSignal>> {
    const rows = await db.query<Row[]>(
      `${SELECT} WHERE ($1::uuid IS NULL OR s.id < $1) AND ($2::text IS NULL OR s.state = $2)
                   AND ($3::text IS NULL OR s.rule = $3) AND ($4::uuid IS NULL OR s.partner_id = $4)
                   AND ($5::uuid IS NULL OR s.brand_id = $5) AND ($6::uuid IS NULL OR s.player_id = $6)
                   AND ($7::timestamptz IS NULL OR s.raised_at >= $7)
                   AND ($8::timestamptz IS NULL OR s.raised_at < $8)
                   AND ($9::uuid IS NULL OR s.order_id = $9)
       ORDER BY s.id DESC LIMIT $10`,
      [
        idOfCursor(cursor),
        filter.state ?? null,
        filter.rule ?? null,
        filter.partnerId ?? null,
        filter.brandId ?? null,
        filter.playerId ?? null,
        filter.from ?? null,
        filter.before ?? null,
        filter.orderId ?? null,
        limit + 1,
      ],
    );
    const { items, nextCursor } = toPage(rows, limit, ({ id }) => [id]);
    return { items: await this.withNames(db, items), nextCursor };
  }

  /** @throws DomainError NOT_FOUND */
  async get(db: Db, id: string): Promise<FraudSignal> {
    const [signal] = await this.withNames(db, await db.query<Row[]>(`${SELECT} WHERE s.id = $1`, [id]));
    if (!signal) throw notFound('fraud signal');
    return signal;
  }

  /** How suspicious a partner is, by all signals of its players and promos. @throws DomainError NOT_FOUND */
  async scoreOfPartner(db: Db, partnerId: string): Promise<FraudScore> {
    await this.partners.get(db, partnerId);
    return fraudScore(await countRules(db, 'partner_id = $1', partnerId));
  }

  /** How suspicious a player is. @throws DomainError NOT_FOUND */
  async scoreOfPlayer(db: Db, playerId: string): Promise<FraudScore> {
    const [player] = await db.query<unknown[]>('SELECT FROM players WHERE id = $1', [playerId]);
    if (!player) throw notFound('player');
    return fraudScore(await countRules(db, 'player_id = $1', playerId));
  }

  private async withNames(db: Db, rows: readonly Row[]): Promise<FraudSignal[]> {
    const unique = (ids: string[]): string[] => [...new Set(ids)];
    const brands = await this.brands.names(db, unique(rows.map(({ brandId }) => brandId)));
    const partners = await this.partners.names(db, unique(rows.map(({ partnerId }) => partnerId)));
    return rows.map(({ brandId, partnerId, ...row }) => ({
      ...row,
      partner: { id: partnerId, name: partners.get(partnerId)! },
      brand: { id: brandId, name: brands.get(brandId)! },
    }));
  }
}

const SELECT = `
  SELECT s.id, s.rule, s.weight, s.state, s.partner_id AS "partnerId", s.brand_id AS "brandId",
         s.campaign_id AS "campaignId", s.promo_id AS "promoId", s.player_id AS "playerId",
         s.order_id AS "orderId", p.external_id AS "playerExternalId", o.external_id AS "orderExternalId", s.evidence, s.occurred_at AS "occurredAt", s.raised_at AS "raisedAt",
         s.decided_by AS "decidedBy", s.decided_at AS "decidedAt", s.comment
    FROM fraud_signals s LEFT JOIN players p ON p.id = s.player_id LEFT JOIN orders o ON o.id = s.order_id`;

async function countRules(db: Db, condition: string, id: string): Promise<CountedRule[]> {
  return db.query<CountedRule[]>(
    `SELECT rule, max(weight)::int AS weight, (count(*) FILTER (WHERE state = 'open'))::int AS open,
            (count(*) FILTER (WHERE state = 'confirmed'))::int AS confirmed
       FROM fraud_signals WHERE ${condition} GROUP BY rule`,
    [id],
  );
}
