import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Actor, AuditLog, EventLog, PartnerMails } from '../identity/index.js';
import {
  Clock,
  idOfCursor,
  invalidField,
  notFound,
  type Page,
  sha256Hex,
  sqlState,
  toPage,
  type Tx,
} from '../platform/index.js';
import { normaliseCode, TRANSITIONS } from './domain/social-account.js';
import { socialAccountState, socialAccountTaken } from './partner-management.errors.js';
import type { PartnerSocialAccountDto, SocialAccountQuery } from './social-accounts.dto.js';

const UNIQUE_VIOLATION = '23505';

const SELECT = `
  SELECT s.id, s.partner_id AS "partnerId", p.name AS "partnerName", s.platform, s.handle, s.state,
         s.requested_at AS "requestedAt", s.decided_at AS "decidedAt", s.rejection_reason AS "rejectionReason"
    FROM social_accounts s JOIN partners p ON p.id = s.partner_id`;

/** Social accounts for operators: who waits, and the decision by the code that came in a message (T08). */
@Injectable()
export class SocialAccountDecisions {
  constructor(
    private readonly dataSource: DataSource,
    private readonly auditLog: AuditLog,
    private readonly eventLog: EventLog,
    private readonly mails: PartnerMails,
    private readonly clock: Clock,
  ) {}

  /** A page of accounts, oldest first. */
  async list({ state, limit, cursor }: SocialAccountQuery): Promise<Page<PartnerSocialAccountDto>> {
    const rows = await this.dataSource.query<PartnerSocialAccountDto[]>(
      `${SELECT} WHERE ($1 = 'all' OR s.state = $1) AND ($2::uuid IS NULL OR s.id > $2) ORDER BY s.id LIMIT $3`,
      [state, idOfCursor(cursor), limit + 1],
    );
    return toPage(rows, limit, ({ id }) => [id]);
  }

  /**
   * Verifies an account by the code that came in a message from it.
   * @throws DomainError NOT_FOUND, SOCIAL_ACCOUNT_STATE (409) when it was decided already, SOCIAL_ACCOUNT_TAKEN (409)
   *   when another partner has verified the same one, INVALID_CODE (422)
   */
  async verify(tx: Tx, actor: Actor, id: string, code: string): Promise<PartnerSocialAccountDto> {
    const { from, to } = TRANSITIONS.verify;
    const now = this.clock.now();
    const [, count] = await tx
      .query<[unknown[], number]>(
        `UPDATE social_accounts SET state = $3, code_hash = NULL, decided_at = $5, decided_by = $6
          WHERE id = $1 AND state = ANY ($2) AND code_hash = $4`,
        [id, from, to, sha256Hex(normaliseCode(code)), now, actor.userId],
      )
      .catch((error: unknown) => {
        throw sqlState(error) === UNIQUE_VIOLATION ? socialAccountTaken() : error;
      });
    const account = await this.get(tx, id);
    if (count === 0 && from.includes(account.state)) {
      throw invalidField('code', 'is not the code that this account was given last', 'INVALID_CODE');
    }
    if (count === 0) throw socialAccountState();
    const { partnerId, platform } = account;
    await this.eventLog.record(tx, actor, {
      partnerId,
      type: 'social_account_verified',
      subjectId: id,
      data: { platform },
    });
    await this.tell(tx, actor, account, {
      subject: 'Your social account is verified',
      text: `your account ${account.handle} at ${platform} is verified.`,
    });
    return account;
  }

  /**
   * Rejects an account, with a reason that is mailed.
   * @throws DomainError NOT_FOUND, SOCIAL_ACCOUNT_STATE (409) when it was decided already
   */
  async reject(tx: Tx, actor: Actor, id: string, reason: string): Promise<PartnerSocialAccountDto> {
    const { from, to } = TRANSITIONS.reject;
    const [, count] = await tx.query<[unknown[], number]>(
      `UPDATE social_accounts
          SET state = $3, code_hash = NULL, decided_at = $4, decided_by = $5, rejection_reason = $6
        WHERE id = $1 AND state = ANY ($2)`,
      [id, from, to, this.clock.now(), actor.userId, reason],
    );
    const account = await this.get(tx, id);
    if (count === 0) throw socialAccountState();
    const { partnerId, platform } = account;
    await this.eventLog.record(tx, actor, {
      partnerId,
      type: 'social_account_rejected',
      subjectId: id,
      data: { platform, reason },
    });
    await this.tell(tx, actor, account, {
      subject: 'Your social account was not verified',
      text: `we could not verify your account ${account.handle} at ${platform}:\n\n${reason}`,
    });
    return account;
  }

  private async get(tx: Tx, id: string): Promise<PartnerSocialAccountDto> {
    const [account] = await tx.query<PartnerSocialAccountDto[]>(`${SELECT} WHERE s.id = $1`, [id]);
    if (!account) throw notFound('social account');
    return account;
  }

  /** Audit and mail of a decision. */
  private async tell(
    tx: Tx,
    actor: Actor,
    { id, partnerId, state, rejectionReason }: PartnerSocialAccountDto,
    mail: { subject: string; text: string },
  ): Promise<void> {
    await this.auditLog.record(tx, actor, {
      action: `social_account.${state}`,
      subject: { type: 'social_account', id },
      partnerId,
      before: { state: 'pending' },
      after: { state, rejectionReason },
    });
    await this.mails.sendToContact(tx, partnerId, mail);
  }
}
