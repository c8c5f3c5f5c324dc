import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import type { Tx } from '../../platform/index.js';

/** What becomes of a table with data of partners: where a partner's copy holds it, and what an erasure does to it. */
export type HeldTable = { table: string } & (
  | { file: string; because?: undefined }
  /** Not in the copy; the reason is told in it. */
  | { file: null; because: string }
) &
  ({ onErasure: 'deleted' | 'anonymised' } | { onErasure: 'kept'; keptBecause: string });

/** Something that stands in the way of an erasure. */
export interface ErasureObstacle {
  code: string;
  message: string;
  /** Whether the partner may give it up, instead of waiting until it is settled. */
  waivable: boolean;
}

/** A file beside the JSON ones. */
export interface Attachment {
  /** Path in the copy. */
  path: string;
  open(): Promise<Readable>;
}

/** What one room holds of partners (B12). */
export interface RoomPersonalData {
  room: string;
  tables: readonly HeldTable[];
  /** Rows of each file of the copy, in a transaction that sees one moment; the keys name the files. */
  files: Readonly<Record<string, (tx: Tx, partnerId: string) => AsyncIterable<object>>>;
  /** Files that the room keeps for the partner. */
  attachments?(tx: Tx, partnerId: string): AsyncIterable<Attachment>;
  /** What stands in the way of an erasure now. */
  obstacles?(tx: Tx, partnerId: string): Promise<ErasureObstacle[]>;
  /**
   * Erases or anonymises what the tables say. Runs again after a crash, so a second time changes nothing more.
   * Large amounts go in parts, each in a transaction of its own: `more` asks to be called again.
   */
  erase?(tx: Tx, partnerId: string): Promise<'done' | 'more'>;
}

/** Where every room says what it holds of partners, so that copies and erasures leave none out (B12). */
@Injectable()
export class PersonalData {
  private readonly registered: RoomPersonalData[] = [];

  /** Adds a room; call it in `onModuleInit`. */
  register(room: RoomPersonalData): void {
    this.registered.push(room);
  }

  /** Every room's part, by name. */
  rooms(): readonly RoomPersonalData[] {
    return this.registered.toSorted((a, b) => (a.room < b.room ? -1 : 1));
  }

  /** What stands in the way of a partner's erasure now. */
  async obstacles(tx: Tx, partnerId: string): Promise<ErasureObstacle[]> {
    const found: ErasureObstacle[] = [];
    for (const room of this.rooms()) found.push(...((await room.obstacles?.(tx, partnerId)) ?? []));
    return found;
  }
}
