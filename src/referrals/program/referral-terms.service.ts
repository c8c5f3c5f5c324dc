import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { type Actor, AuditLog } from '../../identity/index.js';
import { Clock, Ids, invalidField, Money, type Tx } from '../../platform/index.js';
import type { SetTermsDto } from './operator-referrals.dto.js';
import type { ReferralTerms } from './referral-terms.js';

interface TermsRow extends Omit<ReferralTerms, 'inviterBonus' | 'invitedBonus' | 'minimumEarnings'> {
  currency: string;
  inviterMinor: string;
  invitedMinor: string;
  minimums: { currency: string; minor: string }[];
}

const SELECT = `
  SELECT id, open, currency, inviter_bonus_minor AS "inviterMinor", invited_bonus_minor AS "invitedMinor",
         minimum_earnings AS minimums, window_days AS "windowDays", hold_days AS "holdDays",
         how_it_works AS "howItWorks", created_at AS "createdAt"
    FROM referral_terms`;

/** The terms of the referral program: operators set new ones, which hold for codes entered from then on (T11). */
@Injectable()
export class ReferralTermsBook {
  constructor(
    private readonly audit: AuditLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** The terms that hold now; null while nobody has set any. */
  async current(db: EntityManager | DataSource): Promise<ReferralTerms | null> {
    const [row] = await db.query<TermsRow[]>(`${SELECT} ORDER BY id DESC LIMIT 1`);
    return row ? toTerms(row) : null;
  }

  /** Terms by id. */
  async byIds(
    db: EntityManager | DataSource,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, ReferralTerms>> {
    const rows = await db.query<TermsRow[]>(`${SELECT} WHERE id = ANY ($1)`, [[...new Set(ids)]]);
    return new Map(rows.map((row) => [row.id, toTerms(row)]));
  }

  /** Sets the terms. @throws DomainError INVALID_AMOUNT, INVALID_CURRENCY, VALIDATION_FAILED (422) */
  async set(tx: Tx, actor: Actor, form: SetTermsDto): Promise<ReferralTerms> {
    const bonus = (path: 'inviterBonus' | 'invitedBonus'): Money =>
      Money.parseNonNegative(form[path], form.currency, path);
    const [inviter, invited] = [bonus('inviterBonus'), bonus('invitedBonus')];
    if (inviter.isZero() && invited.isZero())
      throw invalidField('inviterBonus', 'must be above zero, or invitedBonus must');
    const minimums = form.minimumEarnings.map(({ amount, currency }, index) =>
      Money.parse(amount, currency, `minimumEarnings.${index}.amount`),
    );
    if (new Set(minimums.map(({ currency }) => currency)).size < minimums.length)
      throw invalidField('minimumEarnings', 'must name each currency once');
    const before = await this.current(tx);
    const id = this.ids.next();
    await tx.query(
      `INSERT INTO referral_terms (id, open, currency, inviter_bonus_minor, invited_bonus_minor, minimum_earnings,
                                   window_days, hold_days, how_it_works, created_at, created_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [id, form.open, form.currency, inviter.minor.toString(), invited.minor.toString(),
       JSON.stringify(minimums.map(({ minor, currency }) => ({ currency, minor: minor.toString() }))),
       form.windowDays, form.holdDays, form.howItWorks, this.clock.now(), actor.userId],
    ); // prettier-ignore
    const after = (await this.byIds(tx, [id])).get(id)!;
    await this.audit.record(tx, actor, {
      action: 'referral_terms.set',
      subject: { type: 'referral_terms', id },
      before,
      after,
    });
    return after;
  }
}

function toTerms({ currency, inviterMinor, invitedMinor, minimums, ...row }: TermsRow): ReferralTerms {
  return {
    ...row,
    inviterBonus: Money.of(BigInt(inviterMinor), currency),
    invitedBonus: Money.of(BigInt(invitedMinor), currency),
    minimumEarnings: minimums.map((minimum) => Money.of(BigInt(minimum.minor), minimum.currency)),
  };
}
