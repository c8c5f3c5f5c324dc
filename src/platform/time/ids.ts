import { Injectable } from '@nestjs/common';
import { randomInt } from 'node:crypto';
import { randomFillSync } from 'node:crypto';
import { v7 as uuidV7 } from 'uuid';
import { Clock } from './clock.js';

/** A millisecond's sequence begins below this, so that it never overflows its 32 bits. */
const SEQUENCE_START_BELOW = 2 ** 31;

const ID_BYTES = 16;
const POOL_BYTES = 256 * ID_BYTES;

/** Makes identifiers: UUIDv7 (RFC 9562), so that keys grow with the clock's time. */
@Injectable()
export class Ids {
  private lastMs = 0;
  private sequence = 0;
  private readonly pool = new Uint8Array(POOL_BYTES);
  private used = POOL_BYTES;

  constructor(private readonly clock: Clock) {}

  /**
   * Next identifier; rising within one process even inside one millisecond, from a random start, so that
   * processes at work in the same millisecond do not meet (RFC 9562, section 6.2, method 1).
   */
  next(): string {
    const ms = this.clock.now().getTime();
    this.sequence = ms === this.lastMs ? this.sequence + 1 : randomInt(SEQUENCE_START_BELOW);
    this.lastMs = ms;
    return uuidV7({ msecs: ms, seq: this.sequence, random: this.random() });
  }

  /** Sixteen random bytes; drawn in bulk, because asking the system each time costs more than all the rest. */
  private random(): Uint8Array {
    if (this.used === POOL_BYTES) {
      randomFillSync(this.pool);
      this.used = 0;
    }
    this.used += ID_BYTES;
    return this.pool.subarray(this.used - ID_BYTES, this.used);
  }
}

/** Smallest UUIDv7 of that millisecond, before 1970 of all: the bound for range queries and partitions over ids. */
export function uuidV7Floor(at: Date): string {
  const hex = Math.max(0, at.getTime()).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

/** Time embedded in a UUIDv7, to the millisecond. */
export function uuidV7Time(id: string): Date {
  return new Date(parseInt(id.replaceAll('-', '').slice(0, 12), 16));
}
