import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { uuidV7Floor, uuidV7Time } from '../platform/index.js';
import type { TestResult } from './postbacks.dto.js';

/** Longer than an address that stays silent is waited for, and much shorter than the slowest answer may take. */
const WAIT_MS = 7_000;
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 250;
/** Clocks of two instances differ by less. */
const HOUR_MS = 60 * 60 * 1_000;

/**
 * How a test-fire ended, whichever process sent it; waits for it a few seconds, outside any transaction. Null when it is
 * not known by then.
 */
export async function resultOfTest(db: DataSource, deliveryId: string): Promise<TestResult | null> {
  const since = performance.now();
  let pauseMs = FIRST_PAUSE_MS;
  let result = await find(db, deliveryId);
  while (result === null && performance.now() - since < WAIT_MS) {
    await pause(pauseMs);
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    result = await find(db, deliveryId);
  }
  return result;
}

async function find(db: DataSource, deliveryId: string): Promise<TestResult | null> {
  const [row] = await db.query<(Omit<TestResult, 'sentAt'> & { sentAt: Date })[]>(
    `SELECT sent_at AS "sentAt", response_code AS "responseCode", error, duration_ms AS "durationMs"
       FROM postback_log WHERE delivery_id = $1 AND id >= $2`,
    [deliveryId, uuidV7Floor(new Date(uuidV7Time(deliveryId).getTime() - HOUR_MS))],
  );
  return row ? { ...row, sentAt: row.sentAt.toISOString() } : null;
}
