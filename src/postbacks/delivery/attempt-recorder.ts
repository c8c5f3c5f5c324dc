import { Injectable, Logger } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { Metrics, type Tx, UnitOfWork } from '../../platform/index.js';
import { LogPartitions } from '../log-partitions.js';
import { type Attempt, type Outcome, outcomeOf, succeeded } from './attempt.js';
import { type ArrayItem, arrayLiteral } from './array-literal.js';
import { ReceiverHealth } from './receiver-health.js';

const BATCH = 1_000;
const TRIES = 10;
const PAUSE_MS = 1_000;

const LOG_COLUMNS = `
  id, partner_id, postback_id, webhook_id, delivery_id, event_id, kind, action, attempt, campaign_id, promo_id, method,
  url, response_code, error, duration_ms, sent_at`;

/** Attempts that are recorded together. */
interface Batch {
  readonly attempts: Attempt[];
  /** The receivers that were disabled, once all is written or given up. */
  readonly recorded: PromiseWithResolvers<ReadonlySet<string>>;
}

/** Writes down attempts, many in one transaction: while one batch is committed, the next one gathers. */
@Injectable()
export class AttemptRecorder {
  private readonly logger = new Logger(AttemptRecorder.name);
  private readonly waiting: Batch[] = [];
  private running = false;
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
   * Records an attempt: the delivery's next state, the log row, and the receiver's health. Returns the receivers
   * that were disabled by the batch. When the database stays away the attempt is given up, and the delivery, which
   * is still due, goes out again: at least once, under the same event id.
   */
  record(attempt: Attempt): Promise<ReadonlySet<string>> {
    this.attempts.inc({ outcome: outcomeLabel(attempt) });
    this.durations.observe(attempt.result.durationMs / 1_000);
    const { attempts, recorded } = this.gathering();
    attempts.push(attempt);
    if (!this.running) void this.work();
    return recorded.promise;
  }

  /** The batch that takes the next attempt. */
  private gathering(): Batch {
    const last = this.waiting.at(-1);
    if (last && last.attempts.length < BATCH) return last;
    const batch: Batch = { attempts: [], recorded: Promise.withResolvers() };
    this.waiting.push(batch);
    return batch;
  }

  private async work(): Promise<void> {
    this.running = true;
    for (let batch = this.waiting.shift(); batch; batch = this.waiting.shift()) {
      batch.recorded.resolve(await this.writePatiently(batch.attempts));
    }
    this.running = false;
  }

  private async writePatiently(attempts: readonly Attempt[]): Promise<ReadonlySet<string>> {
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
 * Moves the deliveries on, unless they were cancelled or another worker was faster, and logs the attempts with what the
 * deliveries hold, in one statement. Returns how many these were.
 */
async function saveOutcomes(tx: Tx, attempts: readonly Attempt[]): Promise<number> {
  const rows = attempts
    .map((attempt) => ({ attempt, outcome: outcomeOf(attempt, Math.random()) }))
    .sort((a, b) => (a.attempt.delivery.id < b.attempt.delivery.id ? -1 : 1));
  const list = (pick: (attempt: Attempt, outcome: Outcome) => ArrayItem): string =>
    arrayLiteral(rows.map(({ attempt, outcome }) => pick(attempt, outcome)));
  const [{ logged }] = await tx.query<[{ logged: number }]>(
    `WITH moved AS (
       UPDATE postback_deliveries d
          SET state = made.state, attempts = made.attempts + 1, next_attempt_at = made.next_attempt_at,
              finished_at = CASE WHEN made.state <> 'pending' THEN made.ended_at END
         FROM unnest($1::uuid[], $2::int[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::uuid[], $7::int[],
                     $8::text[], $9::int[], $10::timestamptz[])
           AS made (id, attempts, state, next_attempt_at, ended_at, log_id, response_code, error, duration_ms, sent_at)
        WHERE d.id = made.id AND d.state = 'pending' AND d.attempts = made.attempts
       RETURNING made.log_id, d.partner_id, d.postback_id, d.webhook_id, d.id, d.event_id, d.kind, d.action, d.attempts,
                 d.campaign_id, d.promo_id, d.method, d.url, made.response_code, made.error, made.duration_ms,
                 made.sent_at
     ), logged AS (
       INSERT INTO postback_log (${LOG_COLUMNS}) SELECT * FROM moved RETURNING 1
     )
     SELECT count(*)::int AS logged FROM logged`,
    [
      list(({ delivery }) => delivery.id),
      list(({ delivery }) => delivery.attempts),
      list((_attempt, { state }) => state),
      list((_attempt, { nextAttemptAt }) => nextAttemptAt.toISOString()),
      list(({ endedAt }) => endedAt.toISOString()),
      list(({ id }) => id),
      list(({ result }) => result.status),
      list(({ result }) => result.error),
      list(({ result }) => result.durationMs),
      list(({ sentAt }) => sentAt.toISOString()),
    ],
  );
  return logged;
}

/** Logs those of the attempts that are not logged yet: their deliveries had gone on, or away, by themselves. */
async function logOthers(tx: Tx, attempts: readonly Attempt[]): Promise<void> {
  const logged = await tx.query<{ id: string }[]>('SELECT id FROM postback_log WHERE id = ANY ($1)', [
    attempts.map(({ id }) => id),
  ]);
  const known = new Set(logged.map(({ id }) => id));
  const others = attempts.filter(({ id }) => !known.has(id));
  const column = <T>(pick: (attempt: Attempt) => T): T[] => others.map(pick);
  await tx.query(
    `INSERT INTO postback_log (${LOG_COLUMNS})
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::text[],
                          $8::text[], $9::int[], $10::uuid[], $11::uuid[], $12::text[], $13::text[], $14::int[],
                          $15::text[], $16::int[], $17::timestamptz[])`,
    [
      column(({ id }) => id),
      column(({ delivery }) => delivery.partnerId),
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
}
