import { Injectable } from '@nestjs/common';
import { type DataSource, type EntityManager } from 'typeorm';
import { Campaigns, Promos } from '../campaigns/index.js';
import {
  Clock,
  idOfCursor,
  latestId,
  LostRace,
  notFound,
  type Page,
  pageLookedThrough,
  toTimeRange,
  type Tx,
  uuidV7Floor,
} from '../platform/index.js';
import { DeliveryQueue, type NewDelivery } from './delivery/delivery-queue.js';
import { LogFilter, type LogFilterInput } from './log-filter.js';
import type { PostbackLogEntry, PostbackLogQuery } from './postback-log.dto.js';
import { tooLong } from './domain/length-limits.js';
import { DAYS_KEPT } from './domain/verdicts.js';
import { cannotResend, postbackDisabled, testNotResent, tooLongToSend } from './postbacks.errors.js';

type Db = EntityManager | DataSource;

interface LogRow extends Omit<PostbackLogEntry, 'sentAt' | 'campaign' | 'promo'> {
  sentAt: Date;
  campaignId: string | null;
  promoId: string | null;
}

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Attempts that are looked at, at most, in one piece of time. */
const MOST_SEEN = 20_000;
/** Together all days that are kept: where there is little, a page finds all of it. */
const PIECES_DAYS = [1, 7, 31, 60];

const COLUMNS = `id, sent_at AS "sentAt", method, url, action, kind, attempt, response_code AS "responseCode", error,
  duration_ms AS "durationMs", postback_id AS "postbackId", delivery_id AS "deliveryId", event_id AS "eventId",
  campaign_id AS "campaignId", promo_id AS "promoId"`;

/** Conditions of a query, and the ids between which its rows lie. */
export interface FoundConditions {
  readonly conditions: LogFilter;
  readonly lowest: string;
  readonly highest: string;
}

/** Every attempt of the last 90 days (A10). */
@Injectable()
export class PostbackLog {
  constructor(
    private readonly campaigns: Campaigns,
    private readonly promos: Promos,
    private readonly queue: DeliveryQueue,
    private readonly clock: Clock,
  ) {}

  /**
   * The partner's attempts, newest first. A page looks at a bounded number of them: where few fit, it is short or empty,
   * and its cursor leads on. (Looking for a part of a URL that nowhere is, through 2.8 million attempts, took half a
   * minute and more; through the 20,000 of a page's piece some 50 ms. An index of trigrams would cost every attempt.)
   * @throws DomainError VALIDATION_FAILED (400) for times of which `to` is before `from`
   */
  async list(
    db: Db,
    partnerId: string,
    { cursor, limit, ...query }: PostbackLogQuery,
  ): Promise<Page<PostbackLogEntry>> {
    const before = idOfCursor(cursor);
    const found = await this.conditions(db, partnerId, query, 3);
    if (!found) return { items: [], nextCursor: null };
    const { lowest, highest, conditions } = found;
    const page = await pageLookedThrough<LogRow>(db, {
      table: 'postback_log',
      columns: COLUMNS,
      ...conditions,
      lowest,
      highest: before !== null && before < highest ? before : highest,
      limit,
      mostSeen: MOST_SEEN,
      piecesDays: PIECES_DAYS,
    });
    return { ...page, items: await this.withNames(db, page.items) };
  }

  /**
   * Sends a logged postback again: same event id, same URL and body, marked as a resend. While one waits to be sent,
   * that one is it.
   * @throws DomainError NOT_FOUND, POSTBACK_TEST, POSTBACK_GONE, POSTBACK_DISABLED, POSTBACK_TOO_LONG
   */
  async resend(tx: Tx, partnerId: string, logId: string): Promise<NewDelivery & { id: string }> {
    const [entry] = await tx.query<Pick<PostbackLogEntry, 'deliveryId' | 'postbackId' | 'kind'>[]>(
      `SELECT delivery_id AS "deliveryId", postback_id AS "postbackId", kind FROM postback_log
        WHERE id = $1 AND owner_id = $2 AND postback_id IS NOT NULL`,
      [logId, partnerId],
    );
    if (!entry) throw notFound('log entry');
    if (entry.kind === 'test') throw testNotResent(entry.postbackId);
    const [original] = await tx.query<(Omit<NewDelivery, 'kind'> & { state: string })[]>(
      `SELECT d.postback_id AS "postbackId", d.owner_id AS "ownerId", d.event_id AS "eventId", d.action,
              d.campaign_id AS "campaignId", d.promo_id AS "promoId", d.visit_id AS "visitId",
              d.player_id AS "playerId", d.method, d.url, d.body, p.state
         FROM postback_deliveries d JOIN postbacks p ON p.id = d.postback_id WHERE d.id = $1`,
      [entry.deliveryId],
    );
    if (!original) throw cannotResend();
    const { state, ...rest } = original;
    if (state === 'disabled') throw postbackDisabled();
    const excess = tooLong(rest);
    if (excess !== null) throw tooLongToSend(excess);
    const delivery: NewDelivery = { ...rest, kind: 'resend' };
    const id = (await this.queue.add(tx, [delivery]))[0] ?? (await findWaiting(tx, delivery));
    // It was sent between the two looks.
    if (id === null) throw new LostRace('POSTBACK_BEING_SENT', 'This postback is being sent again just now.');
    return { ...delivery, id };
  }

  /**
   * The conditions of a query and the ids between which its rows lie, or null when nothing can fit.
   * @param firstPlace number of the conditions' first parameter
   * @throws DomainError VALIDATION_FAILED (400) for times of which `to` is before `from`
   */
  async conditions(
    db: Db,
    partnerId: string,
    query: LogFilterInput,
    firstPlace: number,
  ): Promise<FoundConditions | null> {
    const { campaignName, promoCode } = query;
    const { from, before } = toTimeRange(query);
    const promoId = promoCode === undefined ? null : await this.promos.findIdByCode(db, partnerId, promoCode);
    if (promoCode !== undefined && promoId === null) return null;
    const campaignIds =
      campaignName === undefined ? null : await this.campaigns.idsByName(db, partnerId, campaignName);
    const now = this.clock.now().getTime();
    // Nothing is older than what is kept, nor newer than now, even where another instance's clock is ahead.
    const oldest = uuidV7Floor(new Date(now - (DAYS_KEPT + 1) * DAY_MS));
    const newest = uuidV7Floor(new Date(now + DAY_MS));
    const start = from ? uuidV7Floor(from) : oldest;
    const end = before ? uuidV7Floor(before) : newest;
    return {
      conditions: new LogFilter(partnerId, query, { campaignIds, promoId }, firstPlace),
      lowest: latestId(oldest, start),
      highest: end < newest ? end : newest,
    };
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

/** The resend of the same event that waits for the same postback; null when there is none. */
async function findWaiting(tx: Tx, { postbackId, eventId }: NewDelivery): Promise<string | null> {
  const [waiting] = await tx.query<{ id: string }[]>(
    'SELECT delivery_id AS id FROM postback_queue WHERE postback_id = $1 AND resent_event_id = $2',
    [postbackId, eventId],
  );
  return waiting?.id ?? null;
}
