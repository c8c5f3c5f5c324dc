import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, Config, Ids, Mailer, notFound, type Tx } from '../../platform/index.js';
import { EventLog } from '../event-log.service.js';
import { identityTaken } from './oidc.errors.js';
import type { OidcAnswer } from './oidc-answers.service.js';

/** An identity at a provider that signs a user in. */
export interface LinkedIdentity {
  id: string;
  /** Name of the provider. */
  provider: string;
  /** As the provider gave it when the identity was linked. */
  email: string;
  linkedAt: Date;
  lastUsedAt: Date | null;
}

interface Change {
  id: string;
  provider: string;
  email: string;
}

/** Which identities at OpenID providers belong to which users. Changes are told in the event log and by mail (A29). */
@Injectable()
export class LinkedIdentities {
  constructor(
    private readonly dataSource: DataSource,
    private readonly eventLog: EventLog,
    private readonly mailer: Mailer,
    private readonly config: Config,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** The user's identities, oldest first. */
  list(userId: string): Promise<LinkedIdentity[]> {
    return this.dataSource.query(
      `SELECT id, provider, email, linked_at AS "linkedAt", last_used_at AS "lastUsedAt"
         FROM user_identities WHERE user_id = $1 ORDER BY id`,
      [userId],
    );
  }

  /** The user whom an identity signs in, or null. */
  async findUser(tx: Tx, { issuer, subject }: OidcAnswer): Promise<string | null> {
    const [row] = await tx.query<{ user_id: string }[]>(
      'SELECT user_id FROM user_identities WHERE issuer = $1 AND subject = $2',
      [issuer, subject],
    );
    return row?.user_id ?? null;
  }

  /** Notes that an identity signed its user in. */
  async noteUsed(tx: Tx, { issuer, subject }: OidcAnswer): Promise<void> {
    await tx.query('UPDATE user_identities SET last_used_at = $3 WHERE issuer = $1 AND subject = $2', [
      issuer,
      subject,
      this.clock.now(),
    ]);
  }

  /**
   * Links an identity, whose address the provider vouches for, to a user; again changes nothing.
   * @throws DomainError IDENTITY_TAKEN (409) when it is another user's
   */
  async link(tx: Tx, userId: string, answer: OidcAnswer): Promise<void> {
    const id = this.ids.next();
    const made = await tx.query<unknown[]>(
      `INSERT INTO user_identities (id, user_id, provider, issuer, subject, email, linked_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (issuer, subject) DO NOTHING RETURNING id`,
      [id, userId, answer.provider, answer.issuer, answer.subject, answer.email, this.clock.now()],
    );
    if (made.length > 0)
      return this.tell(tx, userId, 'identity_linked', { id, ...answer, email: answer.email! });
    if ((await this.findUser(tx, answer)) !== userId) throw identityTaken();
  }

  /** Takes an identity from its user. @throws DomainError NOT_FOUND (404) */
  async unlink(tx: Tx, userId: string, id: string): Promise<void> {
    const [rows] = await tx.query<[Change[], number]>(
      'DELETE FROM user_identities WHERE id = $1 AND user_id = $2 RETURNING id, provider, email',
      [id, userId],
    );
    const [gone] = rows;
    if (!gone) throw notFound('linked identity');
    await this.tell(tx, userId, 'identity_unlinked', gone);
  }

  private async tell(
    tx: Tx,
    userId: string,
    type: 'identity_linked' | 'identity_unlinked',
    { id, provider, email }: Change,
  ): Promise<void> {
    const [user] = await tx.query<{ email: string; partner_id: string | null }[]>(
      'SELECT u.email, m.partner_id FROM users u JOIN memberships m ON m.user_id = u.id WHERE u.id = $1',
      [userId],
    );
    const { email: address, partner_id: partnerId } = user!;
    if (partnerId) {
      const actor = { userId, impersonatorId: null };
      await this.eventLog.record(tx, actor, { partnerId, type, subjectId: id, data: { provider, email } });
    }
    const title = this.config.oidcProviders.find((one) => one.name === provider)?.title ?? provider;
    const [subject, meaning] =
      type === 'identity_linked'
        ? [
            'Sign-in linked',
            'signs in to your account from now on, also after a new password, until you unlink it',
          ]
        : ['Sign-in unlinked', 'no longer signs in to your account'];
    await this.mailer.send(tx, {
      to: address,
      subject: `${subject}: ${title}`,
      text: `${email} at ${title} ${meaning}. If it was not you, reset your password and write to us.`,
    });
  }
}
