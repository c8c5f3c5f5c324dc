import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Tx } from '../../platform/index.js';
import { EndUserBook } from './end-user-book.js';
import { OptOuts } from './opt-outs.service.js';
import type { UnsubscribeScope } from './unsubscribe.dto.js';
import { UnsubscribeLinks } from './unsubscribe-links.js';

/** Leaving a channel, all mails, or the program altogether, by a mailed link. */
@Injectable()
export class Unsubscribing {
  constructor(
    private readonly dataSource: DataSource,
    private readonly links: UnsubscribeLinks,
    private readonly optOuts: OptOuts,
    private readonly endUsers: EndUserBook,
  ) {}

  /** Name of the channel whose link this is; null when there is none any more. @throws DomainError INVALID_TOKEN (422) */
  async channelOf(token: string | undefined): Promise<string | null> {
    const { channelId } = this.links.read(token);
    const [channel] = await this.dataSource.query<{ name: string }[]>(
      'SELECT name FROM channels WHERE id = $1',
      [channelId],
    );
    return channel?.name ?? null;
  }

  /** Unsubscribes; a second time changes nothing. @throws DomainError INVALID_TOKEN (422) */
  async leave(tx: Tx, token: string | undefined, scope: UnsubscribeScope): Promise<void> {
    const { mailboxHash, channelId } = this.links.read(token);
    await this.optOuts.add(tx, mailboxHash, scope === 'channel' ? channelId : null);
    const ids = await idsOf(tx, mailboxHash);
    if (scope === 'forget') return this.endUsers.forget(tx, ids);
    await tx.query(
      `DELETE FROM channel_followers WHERE end_user_id = ANY ($1) AND ($2::uuid IS NULL OR channel_id = $2)`,
      [ids, scope === 'channel' ? channelId : null],
    );
    await this.endUsers.forgetUnneeded(tx, ids);
  }
}

async function idsOf(db: EntityManager, mailboxHash: string): Promise<string[]> {
  const rows = await db.query<{ id: string }[]>('SELECT id FROM end_users WHERE mailbox_hash = $1', [
    mailboxHash,
  ]);
  return rows.map(({ id }) => id);
}
