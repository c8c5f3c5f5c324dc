import { Injectable } from '@nestjs/common';
import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DataSource, type EntityManager, QueryFailedError } from 'typeorm';
import { LostRace } from '../errors/domain-error.js';
import { TransactionRunner } from './transaction-runner.js';

/** The transaction that a command works in; always the first argument of a command. */
export type Tx = EntityManager;

/** PostgreSQL's serialization_failure and deadlock_detected: the transaction may simply be run again. */
const RETRYABLE = new Set(['40001', '40P01']);
const ATTEMPTS = 4;
/** Lets the transaction that won take the freed locks, which a rerun at once could take again before it. */
const SHORTEST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 50;

/** What a transaction ends with, inside it; `result` is what its work gave. */
type LastStep = (tx: Tx, result: unknown) => Promise<void>;

/** Runs commands in transactions. */
@Injectable()
export class UnitOfWork {
  private readonly lastSteps: LastStep[] = [];

  constructor(private readonly dataSource: DataSource) {}

  /** Has every transaction end with this step: the work and the step commit together or not at all. */
  endEachWith(step: LastStep): void {
    this.lastSteps.push(step);
  }

  /**
   * Runs `work` in one transaction and commits it. On a deadlock, serialization failure or `LostRace`
   * the whole callback runs again, a few times at most (rule 1.5): it must do nothing outside the transaction.
   * @throws DomainError BUSY (503), or what the `LostRace` says, when the last run ended so too
   */
  async run<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.attempt(work);
      } catch (error) {
        if (!isRetryable(error)) throw error;
        if (attempt === ATTEMPTS) throw error instanceof LostRace ? error : busy(error);
        await delay(randomInt(SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS) * attempt);
      }
    }
  }

  private async attempt<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const runner = new TransactionRunner(this.dataSource);
    try {
      return await runner.manager.transaction(async (tx) => {
        const result = await work(tx);
        for (const step of this.lastSteps) await step(tx, result);
        return result;
      });
    } finally {
      await runner.release();
    }
  }
}

function isRetryable(error: unknown): boolean {
  return error instanceof LostRace || RETRYABLE.has(sqlState(error) ?? '');
}

/** What clients get to see when others were in the way again and again; the cause is kept for the log. */
function busy(cause: unknown): LostRace {
  const error = new LostRace('BUSY', 'Others are changing the same things just now; try again soon.');
  error.cause = cause;
  return error;
}

/** SQLSTATE of a failed query, or undefined when the failure was not the server's answer. */
export function sqlState(error: unknown): string | undefined {
  if (!(error instanceof QueryFailedError)) return undefined;
  return (error.driverError as { code?: string }).code;
}
