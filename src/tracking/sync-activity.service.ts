import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { COUNT_COLUMNS, MONEY_COLUMNS } from '../commissions/index.js';
import { Ids, type Tx } from '../platform/index.js';
import { ActivityBook } from './activity-book.js';
import type { ActivityBatch, ActivityEntry, BatchPlayer, PlacedItem, Progress } from './activity-batch.js';
import { BatchLog } from './batch-log.js';
import { DepositBook } from './deposit-book.js';
import { roundsByKey } from './domain/batch-rounds.js';
import { batchReport, type BatchReport } from './domain/batch-report.js';
import { activityParser } from './domain/parse-activity.js';
import type { Interval } from './domain/parse-interval.js';
import { condense, settleRepeats } from './domain/repetitions.js';
import { Partitions } from './partitions.service.js';

const parseActivity = activityParser({ money: MONEY_COLUMNS, counts: COUNT_COLUMNS });

/** The players that have been looked up, by their ids at the brand. */
type Players = Map<string, BatchPlayer>;

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
    const players: Players = await lockPlayers(tx, batch, accepted);
    for (const round of roundsByKey(accepted, ({ item }) => item.userId)) {
      await this.recordRound(tx, batch, round, players, progress);
    }
    settleRepeats(condensed.repeats, progress);
    const report = batchReport(progress.statuses, progress.refusals);
    await this.log.write(tx, {
      ...batch,
      ...progress,
      kind: 'activity',
      interval,
      report,
      items: rawItems,
      lines,
    });
    return report;
  }

  /**
   * Most items of most batches are new and without deposits: the statement that writes them looks their players up. Only
   * what it leaves is looked at one by one.
   */
  private async recordRound(
    tx: Tx,
    batch: ActivityBatch,
    round: readonly PlacedItem[],
    players: Players,
    progress: Progress,
  ): Promise<void> {
    const plain = round.filter((placed) => !hasDeposits(placed));
    await this.write(tx, batch, entriesOf(round.filter(hasDeposits), players, progress), plain, progress);
    const left = plain.filter(({ index }) => !progress.statuses.has(index));
    if (left.length === 0) return;
    await findPlayers(tx, batch.brandId, left, players);
    await this.write(tx, batch, entriesOf(left, players, progress), [], progress);
  }

  private async write(
    tx: Tx,
    batch: ActivityBatch,
    entries: readonly ActivityEntry[],
    plain: readonly PlacedItem[],
    progress: Progress,
  ): Promise<void> {
    const plan = await this.deposits.prepare(tx, batch, entries, progress);
    const outcome = await this.activity.write(tx, batch, plan.entries, plain, progress);
    await this.deposits.write(tx, batch, plan, outcome, progress);
  }
}

/** The items with their players; others are refused. */
function entriesOf(items: readonly PlacedItem[], players: Players, { refusals }: Progress): ActivityEntry[] {
  return items.flatMap(({ index, item }): ActivityEntry[] => {
    const player = players.get(item.userId);
    if (player) return [{ index, item, player }];
    const message = `user_id: the player '${item.userId}' was not reported`;
    refusals.push({ index, code: 'UNKNOWN_PLAYER', message });
    return [];
  });
}

function isInCurrency(
  { index, item }: PlacedItem,
  { brandCurrency }: ActivityInterval,
  { refusals }: Progress,
): boolean {
  if (item.currency === brandCurrency) return true;
  const message = `currency: the brand's currency is ${brandCurrency}, not ${item.currency}`;
  refusals.push({ index, code: 'CURRENCY_NOT_ACCEPTED', message });
  return false;
}

/**
 * Locks the players whose deposits the batch may change, in the order of their ids, and gives them: who made a first
 * deposit is decided by one batch at a time. An item that names none may take some away where its interval is known; a
 * batch that does not speak of deposits locks those players only when they lose one.
 */
async function lockPlayers(
  tx: Tx,
  { brandId, from, to }: ActivityBatch,
  items: readonly PlacedItem[],
): Promise<Players> {
  const naming = items.filter(hasDeposits);
  if (naming.length === 0 && !items.some(({ item }) => item.deposits)) return new Map();
  const rows = await tx.query<BatchPlayer[]>(
    `${SELECT_PLAYERS} AND (external_id = ANY($3) OR EXISTS (
       SELECT FROM player_activity a WHERE a.player_id = players.id AND a.interval_from = $4 AND a.interval_to = $5))
     ORDER BY id FOR NO KEY UPDATE`,
    [brandId, items.map(userIdOf), naming.map(userIdOf), from, to],
  );
  return new Map(rows.map((row) => [row.externalId, row]));
}

/** Adds the players of the items. */
async function findPlayers(
  tx: Tx,
  brandId: string,
  items: readonly PlacedItem[],
  players: Players,
): Promise<void> {
  const missing = items.filter(({ item }) => !players.has(item.userId));
  if (missing.length === 0) return;
  const rows = await tx.query<BatchPlayer[]>(SELECT_PLAYERS, [brandId, missing.map(userIdOf)]);
  for (const row of rows) players.set(row.externalId, row);
}

function userIdOf({ item }: PlacedItem): string {
  return item.userId;
}

const SELECT_PLAYERS = `
  SELECT id, external_id AS "externalId", partner_id AS "partnerId", campaign_id AS "campaignId",
         promo_id AS "promoId"
    FROM players WHERE brand_id = $1 AND external_id = ANY($2)`;

function hasDeposits({ item }: PlacedItem): boolean {
  return (item.deposits?.length ?? 0) > 0 || item.measures.has('deposits_count') || item.measures.has('deposits_sum'); // prettier-ignore
}
