import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type HeldTable, PersonalData } from '../../identity/index.js';
import { readRows, type Tx } from '../../platform/index.js';
import { EndUserBook } from './end-user-book.js';

const TABLES: readonly HeldTable[] = [
  { table: 'channels', file: 'channels', onErasure: 'deleted' },
  {
    table: 'channel_followers',
    file: null,
    because: 'tells of the people who follow your channels; the lists of followers give it to you',
    onErasure: 'deleted',
  },
  {
    table: 'end_users',
    file: null,
    because: 'tells of the program’s end users, who are not your people',
    onErasure: 'kept',
    keptBecause: 'tells of other people; who was known from the erased channels only is forgotten, too',
  },
  {
    table: 'end_user_opt_outs',
    file: null,
    because: 'hashes of mailboxes of people who unsubscribed',
    onErasure: 'deleted',
  },
];

const CHANNELS = `
  SELECT id, name, handle, description, category, language, state, created_at AS "createdAt",
         updated_at AS "updatedAt"
    FROM channels WHERE partner_id = $1 ORDER BY id`;

const FOLLOWERS_AT_ONCE = 5_000;

/** A partner's channels, and who follows them (B12). */
@Injectable()
export class ChannelsPersonalData implements OnModuleInit {
  constructor(
    private readonly personalData: PersonalData,
    private readonly endUsers: EndUserBook,
  ) {}

  onModuleInit(): void {
    this.personalData.register({
      room: 'partner-management/channels',
      tables: TABLES,
      files: { channels: (tx, partnerId) => readRows(tx, CHANNELS, [partnerId]) },
      erase: (tx, partnerId) => this.erase(tx, partnerId),
    });
  }

  private async erase(tx: Tx, partnerId: string): Promise<'done' | 'more'> {
    const [removed] = await tx.query<[{ endUserId: string }[], number]>(
      `DELETE FROM channel_followers WHERE id IN (
         SELECT f.id FROM channel_followers f JOIN channels c ON c.id = f.channel_id
          WHERE c.partner_id = $1 LIMIT ${FOLLOWERS_AT_ONCE})
       RETURNING end_user_id AS "endUserId"`,
      [partnerId],
    );
    await this.endUsers.forgetUnneeded(tx, removed.map(({ endUserId }) => endUserId)); // prettier-ignore
    if (removed.length === FOLLOWERS_AT_ONCE) return 'more';
    await tx.query(
      'DELETE FROM end_user_opt_outs WHERE channel_id IN (SELECT id FROM channels WHERE partner_id = $1)',
      [partnerId],
    );
    await tx.query('DELETE FROM channels WHERE partner_id = $1', [partnerId]);
    return 'done';
  }
}
