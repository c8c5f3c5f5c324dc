import { Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import {
  Clock,
  Config,
  invalidField,
  notFound,
  randomToken,
  sha256Hex,
  type Tx,
  UnitOfWork,
} from '../platform/index.js';
import { AccountNews } from './account-news.service.js';
import type { Actor } from './actor.js';
import { emailChangeCancelledMail, newAddressMail, oldAddressMail } from './email-change-mails.js';
import { invalidCredentials } from './identity.errors.js';
import { type Proof, Reauthentication } from './reauthentication.service.js';
import { lockedUser } from './sign-in.service.js';

const LIFETIME_HOURS = 24;

/** A change of e-mail that waits for its confirmations. */
export interface PendingEmailChange {
  newEmail: string;
  newConfirmed: boolean;
  oldConfirmed: boolean;
  expiresAt: Date;
}

/** Asks for a change of one's own e-mail, which both addresses then confirm by mailed links (A22). */
@Injectable()
export class EmailChanges {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly reauthentication: Reauthentication,
    private readonly news: AccountNews,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /**
   * Mails the links. Another change that was waiting is replaced. Whether the new address is registered is not looked
   * at before both have confirmed, so that the answer and its time tell nothing about it.
   * @throws DomainError VALIDATION_FAILED (422) for the present address, and those of {@link Reauthentication.confirm}
   */
  async start(actor: Actor, proof: Proof, newEmail: string): Promise<void> {
    if (newEmail === actor.email) throw invalidField('email', 'is your e-mail already');
    const { name, passwordHash } = await this.reauthentication.confirm(actor, proof);
    await this.unitOfWork.run(async (tx) => {
      const user = await lockedUser(tx, actor.userId);
      // What revokes mailed links may have come in between: nothing begins after it.
      if (user.blockedAt || user.passwordHash !== passwordHash) throw invalidCredentials();
      const tokens = { new: randomToken(), old: randomToken(), cancel: randomToken() };
      await tx.query(
        `INSERT INTO email_changes (user_id, new_email, session_id, expires_at, new_token_hash, old_token_hash,
                                    cancel_token_hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (user_id) DO UPDATE SET
           new_email = excluded.new_email, session_id = excluded.session_id, expires_at = excluded.expires_at,
           new_token_hash = excluded.new_token_hash, old_token_hash = excluded.old_token_hash,
           cancel_token_hash = excluded.cancel_token_hash, new_confirmed_at = NULL, old_confirmed_at = NULL`,
        [
          actor.userId,
          newEmail,
          actor.sessionId,
          new Date(this.clock.now().getTime() + LIFETIME_HOURS * 3_600_000),
          sha256Hex(tokens.new),
          sha256Hex(tokens.old),
          sha256Hex(tokens.cancel),
        ],
      );
      const letter = { name, oldEmail: actor.email, newEmail };
      await this.news.tell(tx, actor, {
        type: 'email_change_requested',
        data: { oldEmail: actor.email, newEmail },
        mails: [
          newAddressMail(letter, this.link('confirm', tokens.new)),
          oldAddressMail(letter, this.link('confirm', tokens.old), this.link('cancel', tokens.cancel)),
        ],
      });
    });
  }

  /** Gives a change up that waits. @throws DomainError NOT_FOUND */
  async cancel(tx: Tx, actor: Actor): Promise<void> {
    const [[change]] = await tx.query<[{ name: string; newEmail: string }[], number]>(
      `DELETE FROM email_changes c USING users u WHERE c.user_id = $1 AND u.id = c.user_id AND c.expires_at > $2
       RETURNING u.name, c.new_email AS "newEmail"`,
      [actor.userId, this.clock.now()],
    );
    if (!change) throw notFound('change of e-mail');
    await this.news.tell(tx, actor, {
      type: 'email_change_cancelled',
      data: { oldEmail: actor.email, newEmail: change.newEmail },
      mails: [emailChangeCancelledMail({ ...change, oldEmail: actor.email })],
    });
  }

  /** The user's change that waits, or null. */
  async find(db: DataSource, userId: string): Promise<PendingEmailChange | null> {
    const [change] = await db.query<PendingEmailChange[]>(
      `SELECT new_email AS "newEmail", new_confirmed_at IS NOT NULL AS "newConfirmed",
              old_confirmed_at IS NOT NULL AS "oldConfirmed", expires_at AS "expiresAt"
         FROM email_changes WHERE user_id = $1 AND expires_at > $2`,
      [userId, this.clock.now()],
    );
    return change ?? null;
  }

  private link(action: 'confirm' | 'cancel', token: string): string {
    return `${this.config.publicUrl}/api/v1/auth/email-change/${action}?token=${token}`;
  }
}
