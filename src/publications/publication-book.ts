import { Injectable } from '@nestjs/common';
import { Clock, Ids, type Tx } from '../platform/index.js';
import type { Actor } from '../identity/index.js';
import type { Action, Side, Step } from './domain/publication-state.js';

/** Who does something to a publication: nobody where the program itself does. */
export type Mover =
  | { side: 'partner'; actor: Actor & { partnerId: string } }
  | { side: 'brand'; actor: Actor & { brandId: string } }
  | { side: 'operator'; actor: Actor }
  | { side: 'system'; actor: null };

/** A line of a publication's history. */
export interface HistoryEntry {
  publicationId: string;
  partnerId: string;
  action: Action | 'apply' | 'reverse';
  from: Step | null;
  to: Step;
  reason: string | null;
}

/** Keeps the history of publications, which only grows. */
@Injectable()
export class PublicationBook {
  constructor(
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  async record(
    tx: Tx,
    { side, actor }: { side: Side; actor: Actor | null },
    entry: HistoryEntry,
  ): Promise<void> {
    const { publicationId, partnerId, action, from, to, reason } = entry;
    await tx.query(
      `INSERT INTO publication_history (id, publication_id, partner_id, action, from_step, to_step, side, actor_id,
                                        impersonator_id, reason, occurred_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        this.ids.next(),
        publicationId,
        partnerId,
        action,
        from,
        to,
        side,
        actor?.userId ?? null,
        actor?.impersonatorId ?? null,
        reason,
        this.clock.now(),
      ],
    );
  }
}
