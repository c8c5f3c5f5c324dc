import { Injectable } from '@nestjs/common';
import { Clock, Ids, LostRace, Mailer, type Tx } from '../../platform/index.js';
import { OptOuts } from './opt-outs.service.js';
import type { PersonRecord } from './person-record.js';

/** The rows of end users: made when an import names an address, and forgotten when nobody needs them any more. */
@Injectable()
export class EndUserBook {
  constructor(
    private readonly mailer: Mailer,
    private readonly optOuts: OptOuts,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes those whose addresses are new, and gives everybody's ids by address in lower case. Nobody else forgets them
   * until the transaction ends, nor touches those that are left for other addresses.
   * @param left ids of what the people leave; locked in one order with all others, as two may exchange addresses
   */
  async ensure(
    tx: Tx,
    people: readonly PersonRecord[],
    left: readonly string[],
  ): Promise<Map<string, string>> {
    const sorted = people.toSorted((a, b) => (a.emailKey < b.emailKey ? -1 : 1));
    await tx.query(
      `INSERT INTO end_users (id, email, email_key, mailbox_hash, created_at)
       SELECT id, email, email_key, mailbox_hash, $5
         FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS made (id, email, email_key, mailbox_hash)
       ON CONFLICT (email_key) DO NOTHING`,
      [
        sorted.map(() => this.ids.next()),
        sorted.map(({ email }) => email),
        sorted.map(({ emailKey }) => emailKey),
        sorted.map(({ mailboxHash }) => mailboxHash),
        this.clock.now(),
      ],
    );
    const keys = sorted.map(({ emailKey }) => emailKey);
    const rows = await tx.query<{ id: string; emailKey: string }[]>(
      `SELECT id, email_key AS "emailKey" FROM end_users WHERE email_key = ANY ($1) OR id = ANY ($2)
        ORDER BY id ${left.length > 0 ? 'FOR UPDATE' : 'FOR KEY SHARE'}`,
      [keys, left],
    );
    const ids = new Map(rows.map(({ id, emailKey }) => [emailKey, id]));
    const optedOut = await this.optOuts.among(tx, sorted.map(({ mailboxHash }) => mailboxHash), null); // prettier-ignore
    if (optedOut.size > 0 || keys.some((key) => !ids.has(key))) {
      throw new LostRace('IMPORT_CONFLICT', 'Somebody of these people was forgotten meanwhile; try again.');
    }
    return ids;
  }

  /** Forgets those of the people who follow no channel and are registered by no app. */
  async forgetUnneeded(tx: Tx, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    // First the locks: whoever gains a follower at this moment is seen by the statement behind.
    await tx.query('SELECT FROM end_users WHERE id = ANY ($1) ORDER BY id FOR UPDATE', [ids]);
    await this.blank(
      tx,
      `id = ANY ($1) AND registered_at IS NULL
         AND NOT EXISTS (SELECT FROM channel_followers f WHERE f.end_user_id = end_users.id)`,
      ids,
    );
  }

  /** Forgets people wherever they are known from: their rows of followers go. */
  async forget(tx: Tx, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await tx.query('SELECT FROM end_users WHERE id = ANY ($1) ORDER BY id FOR UPDATE', [ids]);
    await tx.query('DELETE FROM channel_followers WHERE end_user_id = ANY ($1)', [ids]);
    await this.blank(tx, 'id = ANY ($1)', ids);
  }

  /** What is left is an id, so that broadcasts still add up; copies of mails to the addresses go, too. */
  private async blank(tx: Tx, condition: string, ids: readonly string[]): Promise<void> {
    const addresses = await tx.query<{ email: string }[]>(
      `SELECT email FROM end_users WHERE ${condition} AND forgotten_at IS NULL`,
      [ids],
    );
    await tx.query(
      `UPDATE end_users
          SET email = NULL, email_key = NULL, mailbox_hash = NULL, external_id = NULL, registered_at = NULL,
              name = NULL, country = NULL, language = NULL, forgotten_at = $2
        WHERE ${condition} AND forgotten_at IS NULL`,
      [ids, this.clock.now()],
    );
    if (addresses.length > 0) await this.mailer.forget(tx, addresses.map(({ email }) => email)); // prettier-ignore
  }
}
