import {
  permissionsOf,
  permissionsOfImpersonator,
  type Permission,
  type Realm,
} from '../../../../src/identity/domain/permissions.js';
import { Accounts } from '../../../../src/identity/index.js';
import { Sessions } from '../../../../src/identity/sessions.service.js';
import { StatisticTokens } from '../../../../src/identity/statistic-tokens.service.js';
import { UnitOfWork } from '../../../../src/platform/index.js';
import type { TestApp } from '../../../support/app.js';
import { body } from '../../../support/journey.js';
import { Caller } from '../scene.js';
import type { Tenant } from './scene.js';

export const ROLES = [
  'operator:admin',
  'operator:manager',
  'operator:finance',
  'operator:support',
  'brand:owner',
  'brand:reviewer',
  'partner:owner',
  'partner:manager',
  'partner:finance',
  'partner:analyst',
] as const;
export type Role = (typeof ROLES)[number];

/** Somebody who calls routes. */
export interface Person {
  name: string;
  /** Null for somebody who is not signed in. */
  token: string | null;
  byStatisticToken: boolean;
  permissions: ReadonlySet<Permission>;
  /** The partner whose objects are its own; null for those who belong to none. */
  partnerId: string | null;
  userId: string | null;
}

export const ANONYMOUS: Person = {
  name: 'anonymous',
  token: null,
  byStatisticToken: false,
  permissions: new Set(),
  partnerId: null,
  userId: null,
};

let people = 0;

/** Signs a new user of the role in, with two-factor authentication and a code entered just now. */
export async function personOf(
  app: TestApp,
  role: Role,
  tenantId: string,
  name: string = role,
): Promise<Person> {
  const [realm, roleName] = role.split(':') as [Realm, string];
  people += 1;
  return app.app.get(UnitOfWork).run(async (tx) => {
    const userId = await app.app.get(Accounts).register(tx, {
      email: `person${people}@${realm}.example`,
      passwordHash: 'none',
      name,
      realm,
      role: roleName,
      partnerId: realm === 'partner' ? tenantId : null,
      brandId: realm === 'brand' ? tenantId : null,
      active: true,
      emailVerified: true,
    });
    await tx.query(
      `UPDATE users SET two_factor_secret = 'none', two_factor_enabled_at = now() WHERE id = $1`,
      [userId],
    );
    const device = { address: null, userAgent: null };
    const { accessToken } = await app.app.get(Sessions).open(tx, userId, device, true);
    return {
      name,
      token: accessToken,
      byStatisticToken: false,
      permissions: permissionsOf(realm, roleName),
      partnerId: realm === 'partner' ? tenantId : null,
      userId,
    };
  });
}

/** The same person by its statistics token, which reads reports and nothing else (rule 10.5). */
export async function byStatisticToken(app: TestApp, person: Person): Promise<Person> {
  const token = await app.app
    .get(UnitOfWork)
    .run((tx) => app.app.get(StatisticTokens).get(tx, person.userId!));
  return {
    ...person,
    name: 'statistics token',
    token,
    byStatisticToken: true,
    permissions: new Set<Permission>(['partner:reports:read']),
  };
}

/** An operator in the place of the partner's owner (rule 9.4), as the program's settings are by default. */
export async function impersonating(
  app: TestApp,
  { partnerId, userId }: Pick<Tenant, 'partnerId' | 'userId'>,
): Promise<Person> {
  const operator = await personOf(app, 'operator:admin', partnerId);
  const start = new Caller(app, operator.token).post(`operator/partners/${partnerId}/impersonate`, {
    reason: 'the matrix',
  });
  return {
    name: 'impersonator',
    token: body<{ accessToken: string }>(await start, 200).accessToken,
    byStatisticToken: false,
    permissions: permissionsOfImpersonator(false),
    partnerId,
    userId,
  };
}
