import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { EventLog, type PartnerActor } from '../identity/index.js';
import { notFound, type Tx } from '../platform/index.js';
import { fixedAfterSignUp } from './partner-management.errors.js';
import type { PartnerProfileDto, UpdatePartnerProfileDto } from './partner-profile.dto.js';
import { SocialAccounts } from './social-accounts.service.js';

/** Columns that a partner changes by itself, by the names of the API. */
const COLUMNS = {
  name: 'name',
  phone: 'phone',
  website: 'website',
  description: 'description',
  legalName: 'legal_name',
  taxNumber: 'tax_number',
  street: 'street',
  postalCode: 'postal_code',
  city: 'city',
} as const;

const FIXED = ['country', 'socialAccounts'] as const;

/** What a partner says of itself (A22, T08). */
@Injectable()
export class PartnerProfiles {
  constructor(
    private readonly dataSource: DataSource,
    private readonly socialAccounts: SocialAccounts,
    private readonly eventLog: EventLog,
  ) {}

  /** @throws DomainError NOT_FOUND */
  async get(partnerId: string, db: EntityManager | DataSource = this.dataSource): Promise<PartnerProfileDto> {
    const fields = Object.entries(COLUMNS).map(([name, column]) => `${column} AS "${name}"`);
    const [partner] = await db.query<Omit<PartnerProfileDto, 'socialAccounts'>[]>(
      `SELECT id, kind, state, country, created_at AS "createdAt", ${fields.join(', ')} FROM partners WHERE id = $1`,
      [partnerId],
    );
    if (!partner) throw notFound('partner');
    return { ...partner, socialAccounts: await this.socialAccounts.listOf(db, partnerId) };
  }

  /**
   * Changes what is given; the rest stays as it is.
   * @throws DomainError FIXED_AFTER_SIGN_UP (422) for the country, and for a social account where there is one;
   *   VALIDATION_FAILED (422) for a handle of nothing
   */
  async update(tx: Tx, actor: PartnerActor, changes: UpdatePartnerProfileDto): Promise<PartnerProfileDto> {
    const fixed = FIXED.find((field) => changes[field] !== undefined);
    if (fixed) throw fixedAfterSignUp(fixed);
    const { partnerId } = actor;
    const { socialAccount } = changes;
    if (socialAccount) await this.socialAccounts.addFirst(tx, partnerId, socialAccount);
    const fields = (Object.keys(COLUMNS) as (keyof typeof COLUMNS)[]).filter(
      (field) => changes[field] !== undefined,
    );
    if (fields.length > 0) {
      const sets = fields.map((field, index) => `${COLUMNS[field]} = $${index + 2}`);
      await tx.query(`UPDATE partners SET ${sets.join(', ')} WHERE id = $1`, [
        partnerId,
        ...fields.map((field) => changes[field]),
      ]);
    }
    const changed = [...fields, ...(socialAccount ? ['socialAccount'] : [])];
    if (changed.length > 0) {
      await this.eventLog.record(tx, actor, {
        partnerId,
        type: 'profile_changed',
        subjectId: partnerId,
        data: { changed },
      });
    }
    return this.get(partnerId, tx);
  }
}
