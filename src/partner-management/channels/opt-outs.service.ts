import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock, type Tx } from '../../platform/index.js';

/**
 * SQL of whether a person wants no mails of a channel, or none at all.
 * @param mailboxHash SQL of the person's mailbox; trusted text, as is `channelId`, SQL of the channel or `NULL`
 */
export function optedOutSql(mailboxHash: string, channelId: string): string {
  return `EXISTS (SELECT FROM end_user_opt_outs opt_out
                   WHERE opt_out.mailbox_hash = ${mailboxHash}
                     AND (opt_out.channel_id IS NULL OR opt_out.channel_id = ${channelId}))`;
}

/**
 * Who wants no mails, of one channel or at all. What is kept is the mailbox's hash: it lasts when everything else about
 * the person is forgotten, so no import brings anybody back.
 */
@Injectable()
export class OptOuts {
  constructor(private readonly clock: Clock) {}

  /** Takes a mailbox off a channel's mails, or off all. @param channelId null for all */
  async add(tx: Tx, mailboxHash: string, channelId: string | null): Promise<void> {
    await tx.query(
      `INSERT INTO end_user_opt_outs (mailbox_hash, channel_id, opted_out_at)
       SELECT $1, $2::uuid, $3 WHERE $2 IS NULL OR EXISTS (SELECT FROM channels WHERE id = $2)
       ON CONFLICT DO NOTHING`,
      [mailboxHash, channelId, this.clock.now()],
    );
  }

  /** Those of the mailboxes that want no mails of the channel, or none at all. @param channelId null for none at all */
  async among(
    db: EntityManager,
    mailboxes: readonly string[],
    channelId: string | null,
  ): Promise<Set<string>> {
    const rows = await db.query<{ hash: string }[]>(
      `SELECT DISTINCT mailbox_hash AS hash FROM end_user_opt_outs
        WHERE mailbox_hash = ANY ($1) AND (channel_id IS NULL OR channel_id = $2)`,
      [mailboxes, channelId],
    );
    return new Set(rows.map(({ hash }) => hash));
  }
}
