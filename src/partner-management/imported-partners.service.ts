import { Injectable } from '@nestjs/common';
import { PickType } from '@nestjs/swagger';
import { Accounts } from '../identity/index.js';
import { Clock, Ids, type Tx } from '../platform/index.js';
import { RegisterDto } from './registration.dto.js';

/** A partner as another program knows it. */
export class ImportedPartner extends PickType(RegisterDto, [
  'email',
  'name',
  'kind',
  'country',
  'phone',
  'website',
  'description',
] as const) {}

/** Takes over partners of another program: approved there, so active here (B10). */
@Injectable()
export class ImportedPartners {
  constructor(
    private readonly accounts: Accounts,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes the partner, on the default package, and its owner's account without a password.
   * @param registeredAt when it joined the other program; now when null
   * @param invite whether its owner is mailed a link to set a password; else {@link invite} does it later
   * @returns the partner's id
   * @throws DomainError EMAIL_TAKEN (409)
   */
  async add(
    tx: Tx,
    partner: ImportedPartner,
    { registeredAt, invite }: { registeredAt: Date | null; invite: boolean },
  ): Promise<string> {
    const partnerId = this.ids.next();
    const now = this.clock.now();
    await tx.query(
      `INSERT INTO partners (id, name, kind, state, country, phone, website, description, package_id, created_at, approved_at)
       SELECT $1, $2, $3, 'active', $4, $5, $6, $7, id, $8, $9 FROM packages WHERE is_default`,
      [
        partnerId,
        partner.name,
        partner.kind,
        partner.country,
        partner.phone ?? null,
        partner.website ?? null,
        partner.description ?? null,
        registeredAt ?? now,
        now,
      ],
    );
    await this.accounts.register(tx, {
      email: partner.email,
      passwordHash: null,
      name: partner.name,
      phone: partner.phone ?? null,
      realm: 'partner',
      role: 'owner',
      partnerId,
      active: true,
      emailVerified: false,
    });
    if (invite) await this.invite(tx, partnerId);
    return partnerId;
  }

  /**
   * Says that the partner has been registered since then at the latest, where it came without the time when it was: such
   * a one counts as registered at its import, when it was approved.
   */
  async registeredBy(tx: Tx, partnerId: string, at: Date): Promise<void> {
    await tx.query('UPDATE partners SET created_at = $2 WHERE id = $1 AND created_at = approved_at AND created_at > $2', [partnerId, at]); // prettier-ignore
  }

  /** Mails the owner a link to set a password, unless there was one already or the owner has joined. */
  async invite(tx: Tx, partnerId: string): Promise<boolean> {
    const [owner] = await tx.query<{ id: string; email: string }[]>(
      `SELECT u.id, u.email FROM memberships m JOIN users u ON u.id = m.user_id
        WHERE m.partner_id = $1 AND m.role = 'owner' AND u.invited_at IS NOT NULL AND u.blocked_at IS NULL
          AND NOT EXISTS (SELECT FROM one_time_tokens t WHERE t.user_id = u.id AND t.purpose = 'invitation')`,
      [partnerId],
    );
    if (!owner) return false;
    await this.accounts.mailInvitation(tx, owner, {
      from: 'The program',
      team: 'its new home',
      role: 'owner',
    });
    return true;
  }
}
