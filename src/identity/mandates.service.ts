import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../platform/index.js';
import type { ActingUser } from './actor.js';
import { type Permission, rolesOf } from './domain/permissions.js';
import { twoFactorRequired } from './identity.errors.js';

/** What somebody has set going, to be done later in their name while nobody is signed in. */
export interface Mandate {
  readonly userId: string;
  /** Since when the person's two-factor authentication was on when the mandate was given. */
  readonly twoFactorSince: Date;
}

/**
 * How a mandate stands: `good`; `resting` while the partner is not active; lost for good because two-factor
 * authentication was turned off since, also if it is on again; or lost while the person is blocked or in another role.
 */
export type MandateStanding = 'good' | 'resting' | 'two_factor_disabled' | 'person_not_allowed';

interface PersonRow {
  id: string;
  twoFactorSince: Date | null;
  blocked: boolean;
  role: string;
  active: boolean;
}

/** Financial actions that are done later in somebody's name (rule 4.4). No clocks are compared: they may differ. */
@Injectable()
export class Mandates {
  /**
   * Gives a mandate in the name of who acts. An operator in the owner's place gives the owner's.
   * @throws DomainError TWO_FACTOR_REQUIRED (403) when the person has no two-factor authentication
   */
  async give(tx: Tx, { userId }: ActingUser): Promise<Mandate> {
    const [person] = await this.people(tx, [userId]);
    if (!person?.twoFactorSince) throw twoFactorRequired();
    return { userId, twoFactorSince: person.twoFactorSince };
  }

  /** How each mandate for something that needs the permission stands now. */
  async look(
    db: EntityManager,
    mandates: readonly Mandate[],
    permission: Permission,
  ): Promise<MandateStanding[]> {
    const userIds = [...new Set(mandates.map(({ userId }) => userId))];
    const people = new Map((await this.people(db, userIds)).map((person) => [person.id, person]));
    return mandates.map((mandate) => standingOf(mandate, people.get(mandate.userId), permission));
  }

  private people(db: EntityManager, userIds: readonly string[]): Promise<PersonRow[]> {
    return db.query<PersonRow[]>(
      `SELECT u.id, u.two_factor_enabled_at AS "twoFactorSince", u.blocked_at IS NOT NULL AS blocked,
              m.realm || ':' || m.role AS role, m.active
         FROM users u JOIN memberships m ON m.user_id = u.id
        WHERE u.id = ANY ($1)`,
      [userIds],
    );
  }
}

function standingOf(
  { twoFactorSince }: Mandate,
  person: PersonRow | undefined,
  permission: Permission,
): MandateStanding {
  if (!person || person.blocked || !rolesOf(permission).includes(person.role)) return 'person_not_allowed';
  if (person.twoFactorSince?.getTime() !== twoFactorSince.getTime()) return 'two_factor_disabled';
  return person.active ? 'good' : 'resting';
}
