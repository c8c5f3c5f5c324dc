import { Injectable, Logger } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import {
  type ArrayItem,
  arrayLiteral,
  Metrics,
  setLocally,
  type Tx,
  UnitOfWork,
} from '../../platform/index.js';
import { LogPartitions } from '../log-partitions.js';
import { type Attempt, type Outcome, outcomeOf, succeeded } from './attempt.js';
import { ReceiverHealth } from './receiver-health.js';

const TRIES = 10;
const PAUSE_MS = 1_000;

const LOG_COLUMNS = `
  id, owner_id, postback_id, webhook_id, delivery_id, event_id, kind, action, attempt, campaign_id, promo_id, method,
  url, response_code, error, duration_ms, sent_at`;

/** Writes down attempts, many in one transaction. */
@Injectable()
export class AttemptRecorder {
  private readonly logger = new Logger(AttemptRecorder.name);
  private readonly attempts;
  private readonly durations;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly partitions: LogPartitions,
    private readonly health: ReceiverHealth,
    metrics: Metrics,
  ) {
    this.attempts = metrics.counter(
      'tributary_postback_attempts_total',
      'Attempts to deliver postbacks and webhooks, by outcome: delivered, refused (an answer that is not 2xx) or no_answer',
      ['outcome'],
    );
    this.durations = metrics.histogram(
      'tributary_postback_attempt_seconds',
      'Time from sending a postback or webhook to the end of its answer',
    );
  }

  /**
   * Records attempts: the deliveries' next states, the rows of the log, and the receivers' health; never throws.
   * Returns the receivers that were disabled. When the database stays away the attempts are given up, and the
   * deliveries, which are still due, go out again: at least once, under the same event ids.
   */
  async record(attempts: readonly Attempt[]): Promise<ReadonlySet<string>> {
    for (const [outcome, { length }] of Map.groupBy(attempts, outcomeLabel))
      this.attempts.inc({ outcome }, length);
    for (const { result } of attempts) this.durations.observe(result.durationMs / 1_000);
    for (let tries = 1; tries <= TRIES; tries += 1) {
      try {
        return await this.write(attempts);
      } catch (error) {
        this.logger.error({ err: error }, `Could not record ${attempts.length} attempts to deliver`);
        await wait(PAUSE_MS);
      }
    }
    return new Set();
  }

  private async write(attempts: readonly Attempt[]): Promise<ReadonlySet<string>> {
    await this.partitions.ensure(attempts.map(({ sentAt }) => sentAt));
    return this.unitOfWork.run(async (tx) => {
      // Postbacks and webhooks before deliveries, as in a deletion that cascades: one order of locks for all.
      const disabled = await this.health.note(tx, attempts);
      if ((await saveOutcomes(tx, attempts)) < attempts.length) await logOthers(tx, attempts);
      return disabled;
    });
  }
}

function outcomeLabel(attempt: Attempt): 'delivered' | 'refused' | 'no_answer' {
  if (succeeded(attempt)) return 'delivered';
  return attempt.result.status === null ? 'no_answer' : 'refused';
}

/**
 * What was attempted and still waits: neither cancelled nor sent to another address meanwhile, and no other worker was
 * faster. Each is looked up by its key: the planner knows how long the queue was when it was last cleared, which is
 * mostly when nothing waited, and by any join it might read all of the queue for each.
 */
const FOUND = `
  WITH found AS MATERIALIZED (
    SELECT made.*, q.place, q.attempts
      FROM unnest($1::uuid[], $2::xid[], $3::uuid[], $4::timestamptz[], $5::int[], $6::text[], $7::int[],
                  $8::timestamptz[])
           AS made (id, version, log_id, sent_at, response_code, error, duration_ms, next_attempt_at)
     CROSS JOIN LATERAL (SELECT ctid AS place, attempts FROM postback_queue
                          WHERE delivery_id = made.id AND xmin = made.version LIMIT 1 FOR UPDATE) q)`;
const IS_FOUND = 'ctid = ANY (ARRAY(SELECT place FROM found))';
const DONE = `${FOUND}, gone AS (DELETE FROM postback_queue WHERE ${IS_FOUND})`;

/** What becomes of deliveries after attempts with one outcome. Their own rows change only when they are given up. */
const MOVES: Readonly<Record<Outcome['state'], string>> = {
  delivered: DONE,
  failed: `${DONE}, given_up AS (
    UPDATE postback_deliveries d SET given_up = 'failed', given_up_at = sent_at
      FROM found WHERE d.id = found.id)`,
  pending: `${FOUND}, moved AS (
    UPDATE postback_queue
       SET attempts = attempts + 1,
           next_attempt_at = ((SELECT jsonb_object_agg(id, next_attempt_at) FROM found) ->> delivery_id::text)::timestamptz
     WHERE ${IS_FOUND})`,
};
/** The log says of an attempt what its delivery holds. */
const LOG_FOUND = `
  INSERT INTO postback_log (${LOG_COLUMNS})
  SELECT log_id, d.owner_id, d.postback_id, d.webhook_id, d.id, d.event_id, d.kind, d.action, attempts + 1,
         d.campaign_id, d.promo_id, d.method, d.url, response_code, error, duration_ms, sent_at
    FROM found CROSS JOIN LATERAL (SELECT * FROM postback_deliveries WHERE id = found.id LIMIT 1) d`;

interface Judged extends Outcome {
  readonly attempt: Attempt;
}

/** Moves the deliveries on and logs their attempts; returns how many these were. */
async function saveOutcomes(tx: Tx, attempts: readonly Attempt[]): Promise<number> {
  // For the look-ups by key, see FOUND.
  await setLocally(tx, { enable_seqscan: 'off', enable_memoize: 'off' });
  const judged = attempts.map((attempt): Judged => ({ attempt, ...outcomeOf(attempt, Math.random()) }));
  let logged = 0;
  for (const [state, some] of Map.groupBy(judged, (one) => one.state)) {
    logged += await save(tx, MOVES[state], some);
  }
  return logged;
}

async function save(tx: Tx, move: string, judged: readonly Judged[]): Promise<number> {
  const rows = judged.toSorted((a, b) => (a.attempt.delivery.id < b.attempt.delivery.id ? -1 : 1));
  const list = (pick: (row: Judged) => ArrayItem): string => arrayLiteral(rows.map(pick));
  const parameters = [
    list(({ attempt }) => attempt.delivery.id),
    list(({ attempt }) => attempt.delivery.version),
    list(({ attempt }) => attempt.id),
    list(({ attempt }) => attempt.sentAt.toISOString()),
    list(({ attempt }) => attempt.result.status),
    list(({ attempt }) => attempt.result.error),
    list(({ attempt }) => attempt.result.durationMs),
    list(({ nextAttemptAt }) => nextAttemptAt?.toISOString() ?? null),
  ];
  const { affected } = await tx.queryRunner!.query(move + LOG_FOUND, parameters, true);
  return affected!;
}

/**
 * Logs those of the attempts that are not logged yet: their deliveries had gone on, or away, by themselves. What arrived
 * is delivered all the same. Of partners whose data was erased meanwhile nothing is kept.
 */
async function logOthers(tx: Tx, attempts: readonly Attempt[]): Promise<void> {
  const logged = await tx.query<{ id: string }[]>('SELECT id FROM postback_log WHERE id = ANY ($1)', [
    attempts.map(({ id }) => id),
  ]);
  const known = new Set(logged.map(({ id }) => id));
  const missing = attempts.filter(({ id }) => !known.has(id));
  const erased = await lockOwners(tx, missing);
  const others = missing.filter(({ delivery }) => !erased.has(delivery.ownerId));
  const column = <T>(pick: (attempt: Attempt) => T): T[] => others.map(pick);
  await tx.query(
    `INSERT INTO postback_log (${LOG_COLUMNS})
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::text[],
                          $8::text[], $9::int[], $10::uuid[], $11::uuid[], $12::text[], $13::text[], $14::int[],
                          $15::text[], $16::int[], $17::timestamptz[])`,
    [
      column(({ id }) => id),
      column(({ delivery }) => delivery.ownerId),
      column(({ delivery }) => delivery.postbackId),
      column(({ delivery }) => delivery.webhookId),
      column(({ delivery }) => delivery.id),
      column(({ delivery }) => delivery.eventId),
      column(({ delivery }) => delivery.kind),
      column(({ delivery }) => delivery.action),
      column(({ delivery }) => delivery.attempts + 1),
      column(({ delivery }) => delivery.campaignId),
      column(({ delivery }) => delivery.promoId),
      column(({ delivery }) => delivery.method),
      column(({ delivery }) => delivery.url),
      column(({ result }) => result.status),
      column(({ result }) => result.error),
      column(({ result }) => result.durationMs),
      column(({ sentAt }) => sentAt),
    ],
  );
  await tx.query(
    `UPDATE postback_deliveries SET given_up = NULL, given_up_at = NULL
      WHERE id = ANY ($1) AND given_up IS NOT NULL`,
    [others.filter(succeeded).map(({ delivery }) => delivery.id)],
  );
}

/** Lets no erasure of an owner begin before this is committed; gives those whose data is erased. */
async function lockOwners(tx: Tx, attempts: readonly Attempt[]): Promise<ReadonlySet<string>> {
  const owners = await tx.query<{ id: string; erased: boolean }[]>(
    `SELECT id, state = 'erased' AS erased FROM partners WHERE id = ANY ($1) ORDER BY id FOR SHARE`,
    [attempts.map(({ delivery }) => delivery.ownerId)],
  );
  return new Set(owners.filter(({ erased }) => erased).map(({ id }) => id));
}
