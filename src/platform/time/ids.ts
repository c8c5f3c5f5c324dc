import { Injectable } from '@nestjs/common';
import { randomInt } from 'node:crypto';
import { v7 as uuidV7 } from 'uuid';
import { Clock } from './clock.js';

/** A millisecond's sequence begins below this, so that it never overflows its 32 bits. */
const SEQUENCE_START_BELOW = 2 ** 31;

/** Makes identifiers: UUIDv7 (RFC 9562), so that keys grow with the clock's time. */
@Injectable()
export class Ids {
  private lastMs = 0;
  private sequence = 0;

  constructor(private readonly clock: Clock) {}

  /**
   * Next identifier; rising within one process even inside one millisecond, from a random start, so that
   * processes at work in the same millisecond do not meet (RFC 9562, section 6.2, method 1).
   */
  next(): string {
    const ms = this.clock.now().getTime();
    this.sequence = ms === this.lastMs ? this.sequence + 1 : randomInt(SEQUENCE_START_BELOW);
    this.lastMs = ms;
    return uuidV7({ msecs: ms, seq: this.sequence });
  }
}

/** Smallest UUIDv7 of that millisecond: the bound for range queries and partitions over ids. */
export function uuidV7Floor(at: Date): string {
  const hex = at.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

/** Time embedded in a UUIDv7, to the millisecond. */
export function uuidV7Time(id: string): Date {
  return new Date(parseInt(id.replaceAll('-', '').slice(0, 12), 16));
}
