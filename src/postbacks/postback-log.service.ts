import { Injectable } from '@nestjs/common';
import { type DataSource, type EntityManager } from 'typeorm';
import { Campaigns, Promos } from '../campaigns/index.js';
import { idOfCursor, notFound, type Page, toPage, type Tx, uuidV7Floor } from '../platform/index.js';
import { DeliveryQueue, type NewDelivery } from './delivery/delivery-queue.js';
import { LogFilter, type LogFilterInput } from './log-filter.js';
import type { PostbackLogEntry } from './postback-log.dto.js';
import { cannotResend, postbackDisabled } from './postbacks.errors.js';

type Db = EntityManager | DataSource;

interface LogRow extends Omit<PostbackLogEntry, 'sentAt' | 'campaign' | 'promo'> {
  sentAt: Date;
  campaignId: string | null;
  promoId: string | null;
}

const DAY_MS = 24 * 60 * 60 * 1_000;

/** Every attempt of the last 90 days (A10). */
@Injectable()
export class PostbackLog {
  constructor(
    private readonly campaigns: Campaigns,
    private readonly promos: Promos,
    private readonly queue: DeliveryQueue,
  ) {}

  /** The partner's attempts, newest first. */
  async list(db: Db, partnerId: string, query: LogFilterInput): Promise<Page<PostbackLogEntry>> {
    const filter = await this.filterOf(db, partnerId, query);
    if (!filter) return { items: [], nextCursor: null };
    const rows = await db.query<LogRow[]>(
      `SELECT id, sent_at AS "sentAt", method, url, action, kind, attempt, response_code AS "responseCode", error,
              duration_ms AS "durationMs", postback_id AS "postbackId", delivery_id AS "deliveryId",
              event_id AS "eventId", campaign_id AS "campaignId", promo_id AS "promoId"
         FROM postback_log WHERE ${filter.sql} ORDER BY id DESC LIMIT ${query.limit + 1}`,
      filter.parameters,
    );
    const page = toPage(rows, query.limit, ({ id }) => [id]);
    return { ...page, items: await this.withNames(db, page.items) };
  }

  /**
   * Sends a logged postback again: same event id, same URL and body, marked as a resend.
   * @throws DomainError NOT_FOUND, POSTBACK_GONE, POSTBACK_DISABLED
   */
  async resend(tx: Tx, partnerId: string, logId: string): Promise<NewDelivery & { id: string }> {
    const [entry] = await tx.query<{ deliveryId: string }[]>(
      `SELECT delivery_id AS "deliveryId" FROM postback_log
        WHERE id = $1 AND partner_id = $2 AND postback_id IS NOT NULL`,
      [logId, partnerId],
    );
    if (!entry) throw notFound('log entry');
    const [original] = await tx.query<(Omit<NewDelivery, 'kind'> & { state: string })[]>(
      `SELECT d.postback_id AS "postbackId", d.partner_id AS "partnerId", d.event_id AS "eventId", d.action,
              d.campaign_id AS "campaignId", d.promo_id AS "promoId", d.visit_id AS "visitId",
              d.player_id AS "playerId", d.method, d.url, d.body, p.state
         FROM postback_deliveries d JOIN postbacks p ON p.id = d.postback_id WHERE d.id = $1`,
      [entry.deliveryId],
    );
    if (!original) throw cannotResend();
    const { state, ...rest } = original;
    if (state === 'disabled') throw postbackDisabled();
    const delivery: NewDelivery = { ...rest, kind: 'resend' };
    const [id] = await this.queue.add(tx, [delivery]);
    return { ...delivery, id: id! };
  }

  /** The conditions of a query, or null when nothing can fit. */
  private async filterOf(db: Db, partnerId: string, query: LogFilterInput): Promise<LogFilter | null> {
    const filter = new LogFilter(partnerId, query);
    if (query.from !== undefined) filter.add('id >=', uuidV7Floor(startOf(query.from)));
    if (query.to !== undefined) filter.add('id <', uuidV7Floor(endOf(query.to)));
    if (query.cursor !== undefined) filter.add('id <', idOfCursor(query.cursor));
    if (query.campaignName !== undefined) {
      filter.addAny('campaign_id', await this.campaigns.idsByName(db, partnerId, query.campaignName));
    }
    if (query.promoCode !== undefined) {
      const promoId = await this.promos.findIdByCode(db, partnerId, query.promoCode);
      if (promoId === null) return null;
      filter.add('promo_id =', promoId);
    }
    return filter;
  }

  private async withNames(db: Db, rows: readonly LogRow[]): Promise<PostbackLogEntry[]> {
    const campaignNames = await this.campaigns.namesOf(db, idsOf(rows, 'campaignId'));
    const promoCodes = await this.promos.codesOf(db, idsOf(rows, 'promoId'));
    return rows.map(({ campaignId, promoId, sentAt, ...row }) => ({
      ...row,
      sentAt: sentAt.toISOString(),
      campaign: campaignId === null ? null : { id: campaignId, name: campaignNames.get(campaignId) ?? '' },
      promo: promoId === null ? null : { id: promoId, code: promoCodes.get(promoId) ?? '' },
    }));
  }
}

function idsOf(rows: readonly LogRow[], column: 'campaignId' | 'promoId'): string[] {
  return [...new Set(rows.flatMap((row) => row[column] ?? []))];
}

function startOf(text: string): Date {
  return new Date(text);
}

function endOf(text: string): Date {
  const at = new Date(text);
  return isDateOnly(text) ? new Date(at.getTime() + DAY_MS) : at;
}

function isDateOnly(text: string): boolean {
  return !text.includes('T');
}
