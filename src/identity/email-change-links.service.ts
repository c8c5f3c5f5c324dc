import { Injectable } from '@nestjs/common';
import { Clock, sha256Hex, sqlState, type Tx } from '../platform/index.js';
import { AccountNews } from './account-news.service.js';
import { emailChangeCancelledMail, emailChangedMails } from './email-change-mails.js';
import { emailTaken, invalidToken } from './identity.errors.js';
import { OneTimeTokens } from './one-time-tokens.service.js';
import { Sessions } from './sessions.service.js';

const UNIQUE_VIOLATION = '23505';

interface Change {
  userId: string;
  partnerId: string | null;
  name: string;
  oldEmail: string;
  newEmail: string;
  sessionId: string;
  bothConfirmed: boolean;
}

const CHANGE = `c.user_id AS "userId", m.partner_id AS "partnerId", u.name, u.email AS "oldEmail",
  c.new_email AS "newEmail", c.session_id AS "sessionId",
  c.new_confirmed_at IS NOT NULL AND c.old_confirmed_at IS NOT NULL AS "bothConfirmed"`;

/** What the links do that a change of e-mail mails to both addresses; each works once, for its own change. */
@Injectable()
export class EmailChangeLinks {
  constructor(
    private readonly tokens: OneTimeTokens,
    private readonly sessions: Sessions,
    private readonly news: AccountNews,
    private readonly clock: Clock,
  ) {}

  /**
   * Confirms one address; the second confirmation changes the e-mail and ends all sessions but the one that asked.
   * Gives whether it was changed.
   * @throws DomainError INVALID_TOKEN (422), EMAIL_TAKEN (409) when somebody registered the new address meanwhile
   */
  async confirm(tx: Tx, token: string): Promise<boolean> {
    // The user first, as everybody does who revokes mailed links.
    await tx.query(
      `SELECT FROM users WHERE id IN (SELECT user_id FROM email_changes WHERE $1 IN (new_token_hash, old_token_hash))
          FOR UPDATE`,
      [sha256Hex(token)],
    );
    const [[change]] = await tx.query<[Change[], number]>(
      `UPDATE email_changes c
          SET new_confirmed_at = CASE WHEN c.new_token_hash = $1 THEN $2 ELSE c.new_confirmed_at END,
              old_confirmed_at = CASE WHEN c.old_token_hash = $1 THEN $2 ELSE c.old_confirmed_at END
         FROM users u JOIN memberships m ON m.user_id = u.id
        WHERE u.id = c.user_id AND u.blocked_at IS NULL AND c.expires_at > $2
          AND (c.new_token_hash = $1 AND c.new_confirmed_at IS NULL
            OR c.old_token_hash = $1 AND c.old_confirmed_at IS NULL)
        RETURNING ${CHANGE}`,
      [sha256Hex(token), this.clock.now()],
    );
    if (!change) throw invalidToken();
    if (change.bothConfirmed) await this.complete(tx, change);
    return change.bothConfirmed;
  }

  /**
   * Cancels the change and ends the session that asked for it: whoever reads the present address did not.
   * @throws DomainError INVALID_TOKEN (422)
   */
  async cancel(tx: Tx, token: string): Promise<void> {
    const [[change]] = await tx.query<[Change[], number]>(
      `DELETE FROM email_changes c USING users u JOIN memberships m ON m.user_id = u.id
        WHERE u.id = c.user_id AND c.cancel_token_hash = $1 AND c.expires_at > $2 RETURNING ${CHANGE}`,
      [sha256Hex(token), this.clock.now()],
    );
    if (!change) throw invalidToken();
    await this.sessions.end(tx, change.userId, change.sessionId);
    await this.tell(tx, change, 'email_change_cancelled', [emailChangeCancelledMail(change)]);
  }

  private async complete(tx: Tx, change: Change): Promise<void> {
    try {
      await tx.query('UPDATE users SET email = $2, email_verified_at = $3 WHERE id = $1', [
        change.userId,
        change.newEmail,
        this.clock.now(),
      ]);
    } catch (error) {
      throw sqlState(error) === UNIQUE_VIOLATION ? emailTaken() : error;
    }
    // Links that were mailed to the old address must not open the account any more; this change is over as well.
    await this.tokens.revokeMailedLinks(tx, change.userId);
    await this.sessions.endOthers(tx, change.userId, change.sessionId);
    await this.tell(tx, change, 'email_changed', emailChangedMails(change));
  }

  private tell(
    tx: Tx,
    { userId, partnerId, oldEmail, newEmail }: Change,
    type: 'email_changed' | 'email_change_cancelled',
    mails: { to: string; subject: string; text: string }[],
  ): Promise<void> {
    const owner = { userId, partnerId, impersonatorId: null };
    return this.news.tell(tx, owner, { type, data: { oldEmail, newEmail }, mails });
  }
}
