import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock, idOfCursor, Ids, type Page, toPage, type Tx } from '../../platform/index.js';
import { notEnoughImpressions } from './ads.errors.js';
import { effectOf, type ImpressionCounts, type MovementKind } from './domain/impressions.js';
import type { ImpressionMovementDto } from './impressions.dto.js';

/** Impressions that go in or out of a campaign. */
export interface CampaignMovement {
  partnerId: string;
  campaignId: string;
  /** Above zero. */
  amount: number;
}

interface Movement {
  kind: MovementKind;
  partnerId: string;
  amount: number;
  orderId?: string;
  campaignId?: string;
}

type Counts<T> = Record<keyof ImpressionCounts, T>;
type MovementRow = Omit<ImpressionMovementDto, 'amount'> & { amount: string };

/**
 * Adds movements to accounts and to their log, by one statement. An account that cannot bear its movements, or that is
 * missing, stays as it is, and so does its log.
 */
const MOVE = `
  WITH movement AS (
    SELECT * FROM json_to_recordset($1) AS m (id uuid, partner_id uuid, kind text, amount bigint, order_id uuid,
      campaign_id uuid, credited bigint, available bigint, reserved bigint, served bigint)
  ), effect AS (
    SELECT partner_id, sum(credited) AS credited, sum(available) AS available, sum(reserved) AS reserved,
           sum(served) AS served
      FROM movement GROUP BY partner_id
  ), moved AS (
    UPDATE impression_accounts a
       SET credited = a.credited + e.credited, available = a.available + e.available,
           reserved = a.reserved + e.reserved, served = a.served + e.served
      FROM effect e
     WHERE a.partner_id = e.partner_id AND a.available + e.available >= 0
    RETURNING a.partner_id
  )
  INSERT INTO impression_movements (id, partner_id, kind, amount, order_id, campaign_id, occurred_at)
  SELECT m.id, partner_id, m.kind, m.amount, m.order_id, m.campaign_id, $2
    FROM movement m JOIN moved USING (partner_id)
  RETURNING partner_id`;

/**
 * Partners' impressions and every movement of them (rule 9.3): credited = available + reserved + served, none below
 * zero; the database holds both. Whoever moves impressions of a campaign has its row locked: first campaigns in the
 * order of their ids, then accounts in the order of theirs.
 */
@Injectable()
export class Impressions {
  constructor(
    private readonly dataSource: DataSource,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** The partner's counts; all zero for one that never bought any. */
  async get(db: EntityManager | DataSource, partnerId: string): Promise<ImpressionCounts> {
    const [row] = await db.query<Counts<string>[]>(
      'SELECT credited, available, reserved, served FROM impression_accounts WHERE partner_id = $1',
      [partnerId],
    );
    return {
      credited: Number(row?.credited ?? 0),
      available: Number(row?.available ?? 0),
      reserved: Number(row?.reserved ?? 0),
      served: Number(row?.served ?? 0),
    };
  }

  /** A page of the partner's movements, newest first. */
  async movements(
    partnerId: string,
    { limit, cursor }: { limit: number; cursor?: string },
  ): Promise<Page<ImpressionMovementDto>> {
    const rows = await this.dataSource.query<MovementRow[]>(
      `SELECT id, kind, amount, order_id AS "orderId", campaign_id AS "campaignId", occurred_at AS "occurredAt"
         FROM impression_movements WHERE partner_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
      [partnerId, idOfCursor(cursor), limit + 1],
    );
    const items = rows.map(({ amount, ...row }) => ({ ...row, amount: Number(amount) }));
    return toPage(items, limit, ({ id }) => [id]);
  }

  /** Adds what was bought. An order is credited once: the database refuses a second time. */
  async credit(
    tx: Tx,
    { partnerId, orderId, amount }: { partnerId: string; orderId: string; amount: number },
  ): Promise<void> {
    await tx.query('INSERT INTO impression_accounts (partner_id) VALUES ($1) ON CONFLICT DO NOTHING', [
      partnerId,
    ]);
    await this.move(tx, [{ kind: 'credit', partnerId, orderId, amount }]);
  }

  /** Sets impressions aside for a campaign. @throws DomainError NOT_ENOUGH_IMPRESSIONS (422) */
  async reserve(tx: Tx, movement: CampaignMovement): Promise<void> {
    const moved = await this.move(tx, [{ kind: 'reserve', ...movement }]);
    if (moved > 0) return;
    const { available } = await this.get(tx, movement.partnerId);
    throw notEnoughImpressions(available, movement.amount);
  }

  /** Counts impressions of campaigns as shown; one movement for each. */
  async serve(tx: Tx, movements: readonly CampaignMovement[]): Promise<void> {
    const partnerIds = [...new Set(movements.map(({ partnerId }) => partnerId))];
    if (partnerIds.length > 1) {
      await tx.query(
        'SELECT FROM impression_accounts WHERE partner_id = ANY ($1) ORDER BY partner_id FOR NO KEY UPDATE',
        [partnerIds],
      );
    }
    await this.move(tx, movements.map((movement) => ({ kind: 'serve', ...movement }))); // prettier-ignore
  }

  /** Gives back what a campaign has not used. */
  async release(tx: Tx, movement: CampaignMovement): Promise<void> {
    await this.move(tx, [{ kind: 'release', ...movement }]);
  }

  /** @returns how many movements were made */
  private async move(tx: Tx, movements: readonly Movement[]): Promise<number> {
    if (movements.length === 0) return 0;
    const rows = movements.map(({ kind, partnerId, amount, orderId = null, campaignId = null }) => ({
      id: this.ids.next(),
      partner_id: partnerId,
      kind,
      amount,
      order_id: orderId,
      campaign_id: campaignId,
      ...effectOf(kind, amount),
    }));
    const made = await tx.query<unknown[]>(MOVE, [JSON.stringify(rows), this.clock.now()]);
    return made.length;
  }
}
