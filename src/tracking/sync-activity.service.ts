import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { COUNT_COLUMNS, MONEY_COLUMNS } from '../commissions/index.js';
import { Ids, type Tx } from '../platform/index.js';
import { ActivityBook } from './activity-book.js';
import { type ActivityBatch, type ActivityEntry, type BatchPlayer, type Progress } from './activity-batch.js';
import { BatchLog } from './batch-log.js';
import { DepositBook } from './deposit-book.js';
import { roundsByKey } from './domain/batch-rounds.js';
import { batchReport, type BatchReport } from './domain/batch-report.js';
import { activityParser, type ReportedActivity } from './domain/parse-activity.js';
import type { Interval } from './domain/parse-interval.js';
import { condense, settleRepeats } from './domain/repetitions.js';
import { Partitions } from './partitions.service.js';

const parseActivity = activityParser({ money: MONEY_COLUMNS, counts: COUNT_COLUMNS });

/** The head of a batch of activity: whose it is and which time it reports. */
export interface ActivityInterval extends Interval {
  readonly brandId: string;
  readonly brandCurrency: string;
}

/**
 * Takes in batches of activity (A07, rules §2.3): the same interval again changes nothing, with other values it is a
 * correction and the difference is kept.
 */
@Injectable()
export class SyncActivity {
  constructor(
    private readonly activity: ActivityBook,
    private readonly deposits: DepositBook,
    private readonly log: BatchLog,
    private readonly ids: Ids,
    private readonly partitions: Partitions,
    private readonly dataSource: DataSource,
  ) {}

  /**
   * Makes the partition of a month that comes for the first time, if the batch brings anything for it. To be called
   * before the transaction: a partition is made in one of its own.
   */
  async makeRoom(interval: ActivityInterval, rawItems: readonly unknown[]): Promise<void> {
    if (!this.partitions.lacksActivityMonth(interval.from)) return;
    const { items } = parseActivity(rawItems);
    const userIds = items
      .filter(({ item }) => item.currency === interval.brandCurrency)
      .map(({ item }) => item.userId);
    const [found] = await this.dataSource.query<unknown[]>(`${SELECT_PLAYERS} LIMIT 1`, [
      interval.brandId,
      userIds,
    ]);
    if (found) await this.partitions.tryEnsureActivityMonth(interval.from);
  }

  /**
   * Records the batch of the brand; items are judged one by one, written together.
   * @param lines of the items, where they came in a file
   */
  async record(
    tx: Tx,
    interval: ActivityInterval,
    rawItems: readonly unknown[],
    lines?: readonly number[],
  ): Promise<BatchReport> {
    const { items, refusals } = parseActivity(rawItems);
    const condensed = condense(items, 'user_id', ({ userId }) => userId);
    const batch: ActivityBatch = { ...interval, id: this.ids.next() };
    const progress: Progress = {
      statuses: new Map(),
      refusals: [...refusals, ...condensed.refusals],
      changes: [],
      actions: [],
    };
    const accepted = condensed.entries.filter((entry) => isInCurrency(entry, interval, progress));
    const players = await findPlayers(tx, interval.brandId, accepted);
    const entries = accepted.flatMap(({ index, item }): ActivityEntry[] => {
      const player = players.get(item.userId);
      if (player) return [{ index, item, player }];
      const message = `user_id: the player '${item.userId}' was not reported`;
      progress.refusals.push({ index, code: 'UNKNOWN_PLAYER', message });
      return [];
    });
    for (const round of roundsByKey(entries, ({ player }) => player.id)) {
      await this.recordRound(tx, batch, round, progress);
    }
    settleRepeats(condensed.repeats, progress);
    const report = batchReport(progress.statuses, progress.refusals);
    await this.log.write(tx, { ...batch, ...progress, kind: 'activity', report, items: rawItems, lines });
    return report;
  }

  private async recordRound(
    tx: Tx,
    batch: ActivityBatch,
    round: readonly ActivityEntry[],
    progress: Progress,
  ): Promise<void> {
    const plan = await this.deposits.prepare(tx, batch, round, progress);
    const outcome = await this.activity.write(tx, batch, plan.entries, progress);
    await this.deposits.write(tx, batch, plan, outcome, progress);
  }
}

function isInCurrency(
  { index, item }: { index: number; item: ReportedActivity },
  { brandCurrency }: ActivityInterval,
  { refusals }: Progress,
): boolean {
  if (item.currency === brandCurrency) return true;
  const message = `currency: the brand's currency is ${brandCurrency}, not ${item.currency}`;
  refusals.push({ index, code: 'CURRENCY_NOT_ACCEPTED', message });
  return false;
}

/**
 * The players of the items by their ids at the brand. Those with deposits are locked, in the order of their ids: who
 * made a first deposit is decided by one batch at a time.
 */
async function findPlayers(
  tx: Tx,
  brandId: string,
  entries: readonly { item: ReportedActivity }[],
): Promise<Map<string, BatchPlayer>> {
  const players = new Map<string, BatchPlayer>();
  if (entries.length === 0) return players;
  const [depositing, others] = [entries.filter(hasDeposits), entries.filter((entry) => !hasDeposits(entry))];
  if (depositing.length > 0) {
    const rows = await tx.query<BatchPlayer[]>(
      `${SELECT_PLAYERS} ORDER BY id FOR NO KEY UPDATE`,
      [brandId, depositing.map(({ item }) => item.userId)], // prettier-ignore
    );
    for (const row of rows) players.set(row.externalId, row);
  }
  if (others.length > 0) {
    const rows = await tx.query<BatchPlayer[]>(SELECT_PLAYERS, [
      brandId,
      others.map(({ item }) => item.userId),
    ]);
    for (const row of rows) if (!players.has(row.externalId)) players.set(row.externalId, row);
  }
  return players;
}

const SELECT_PLAYERS = `
  SELECT id, external_id AS "externalId", partner_id AS "partnerId", campaign_id AS "campaignId",
         promo_id AS "promoId"
    FROM players WHERE brand_id = $1 AND external_id = ANY($2)`;

function hasDeposits({ item }: { item: ReportedActivity }): boolean {
  return (item.deposits?.length ?? 0) > 0 || item.measures.has('deposits_count') || item.measures.has('deposits_sum'); // prettier-ignore
}
