/** Who a user belongs to. */
export type Realm = 'operator' | 'partner' | 'brand';

interface Rule {
  /** Roles that hold the permission. */
  readonly roles: readonly string[];
  /** Refused while the partner waits for approval or is suspended. */
  readonly needsActive?: boolean;
  /**
   * What is kept from an operator in the owner's place (rule 9.4): `refused` always, `by-setting` unless the program
   * allows financial actions.
   */
  readonly impersonation?: 'refused' | 'by-setting';
}

/** Stands among the roles for an operator in the place of a partner's owner. */
const IMPERSONATOR = 'impersonator';

const PARTNER_ALL = ['partner:owner', 'partner:manager', 'partner:finance', 'partner:analyst'];
const PARTNER_WORK = ['partner:owner', 'partner:manager'];
const PARTNER_MONEY = ['partner:owner', 'partner:finance'];
const OPERATOR_ALL = ['operator:admin', 'operator:manager', 'operator:finance', 'operator:support'];
const BRAND_ALL = ['brand:owner', 'brand:reviewer'];
const EVERYBODY = [...PARTNER_ALL, ...OPERATOR_ALL, ...BRAND_ALL];
const OPERATOR_MANAGE = ['operator:admin', 'operator:manager'];
const OPERATOR_MONEY = ['operator:admin', 'operator:finance'];

/**
 * The one table of permissions (rule 10.4): guards, documentation and `GET /me` read it. What is not in here is denied.
 */
export const PERMISSIONS = {
  'account:read': { roles: EVERYBODY },
  'account:own': { roles: EVERYBODY, impersonation: 'refused' },

  'partner:profile:read': { roles: PARTNER_ALL },
  'partner:profile:write': { roles: PARTNER_WORK },
  'partner:personal-data:own': { roles: ['partner:owner'], impersonation: 'refused' },
  'partner:events:read': { roles: PARTNER_ALL },
  // Also before the approval: who was rejected asks again.
  'partner:requests:read': { roles: PARTNER_ALL },
  'partner:requests:write': { roles: PARTNER_WORK },
  'partner:team:read': { roles: PARTNER_WORK, impersonation: 'refused' },
  'partner:team:write': { roles: ['partner:owner'], needsActive: true, impersonation: 'refused' },
  'partner:team-sessions:read': { roles: ['partner:owner'], impersonation: 'refused' },
  'partner:team-sessions:write': { roles: ['partner:owner'], needsActive: true, impersonation: 'refused' },
  'partner:impersonation-log:read': { roles: PARTNER_ALL },
  'partner:statistic-token:own': { roles: PARTNER_ALL, impersonation: 'refused' },
  'partner:brands:read': { roles: PARTNER_ALL, needsActive: true },
  'partner:brands:suggest': { roles: PARTNER_WORK, needsActive: true },
  'partner:commission-plans:read': { roles: PARTNER_ALL, needsActive: true },
  'partner:campaigns:read': { roles: PARTNER_ALL, needsActive: true },
  'partner:campaigns:write': { roles: PARTNER_WORK, needsActive: true },
  'partner:sub-affiliates:read': { roles: PARTNER_ALL, needsActive: true },
  // Also before the approval: a code may be entered within 30 days of signing up only.
  'partner:referrals:read': { roles: PARTNER_ALL },
  'partner:referrals:write': { roles: PARTNER_WORK },
  'partner:postbacks:read': { roles: PARTNER_ALL, needsActive: true },
  'partner:postbacks:write': { roles: PARTNER_WORK, needsActive: true },
  'partner:webhooks:read': { roles: PARTNER_ALL, needsActive: true },
  // Whoever makes a webhook sees its secret.
  'partner:webhooks:write': { roles: PARTNER_WORK, needsActive: true, impersonation: 'refused' },
  'partner:channels:read': { roles: PARTNER_ALL, needsActive: true },
  'partner:channels:write': { roles: PARTNER_WORK, needsActive: true },
  'partner:followers:read': { roles: PARTNER_WORK, needsActive: true },
  'partner:followers:write': { roles: PARTNER_WORK, needsActive: true },
  // Whoever connects an account agrees at its platform, in person.
  'partner:social-accounts:write': { roles: PARTNER_WORK, needsActive: true, impersonation: 'refused' },
  'partner:broadcasts:read': { roles: PARTNER_ALL, needsActive: true },
  'partner:broadcasts:write': { roles: PARTNER_WORK, needsActive: true },
  'partner:promo-codes:read': { roles: PARTNER_ALL, needsActive: true },
  'partner:promo-codes:write': { roles: PARTNER_WORK, needsActive: true },
  'partner:offers:read': { roles: PARTNER_ALL, needsActive: true },
  'partner:ads:read': { roles: PARTNER_ALL, needsActive: true },
  'partner:ads:write': { roles: PARTNER_WORK, needsActive: true },
  'partner:publications:read': { roles: PARTNER_ALL },
  'partner:publications:write': { roles: PARTNER_WORK, needsActive: true },
  'partner:orders:read': { roles: PARTNER_ALL, needsActive: true },
  'partner:jobs:read': { roles: PARTNER_ALL, needsActive: true },
  // Whoever joins accepts terms, and has just signed in.
  'partner:jobs:join': { roles: PARTNER_WORK, needsActive: true, impersonation: 'refused' },
  'partner:posts:write': { roles: PARTNER_WORK, needsActive: true },
  'partner:posts:request-payment': {
    roles: [...PARTNER_MONEY, 'partner:manager'],
    needsActive: true,
    impersonation: 'refused',
  },
  'partner:visits:read': { roles: PARTNER_ALL, needsActive: true },
  'partner:reports:read': { roles: PARTNER_ALL, needsActive: true },
  'partner:reports:save': { roles: PARTNER_ALL, needsActive: true },
  'partner:bills:read': { roles: PARTNER_ALL },
  'partner:wallet:read': { roles: [...PARTNER_MONEY, 'partner:manager'] },
  'partner:wallet:withdraw': { roles: PARTNER_MONEY, needsActive: true, impersonation: 'by-setting' },
  'partner:payment-methods:read': { roles: PARTNER_MONEY },
  'partner:payment-methods:write': { roles: PARTNER_MONEY, needsActive: true, impersonation: 'by-setting' },
  // Also before the approval, which may depend on them. Operators have them under a permission of their own.
  'partner:documents:read': { roles: PARTNER_MONEY, impersonation: 'refused' },
  'partner:documents:write': { roles: PARTNER_MONEY, impersonation: 'refused' },
  'partner:news:read': { roles: PARTNER_ALL, needsActive: true },
  // What a person has read: an operator reads nothing for it.
  'partner:news:mark': { roles: PARTNER_ALL, needsActive: true, impersonation: 'refused' },
  // Contacts and answers, also for those who wait for their approval or are suspended.
  'partner:support:read': { roles: PARTNER_ALL },
  'partner:tickets:read': { roles: PARTNER_ALL },
  // Nobody asks the program in the partner's place.
  'partner:tickets:ask': { roles: PARTNER_ALL, impersonation: 'refused' },
  // Terms bind the partner: nobody accepts them in its place.
  'partner:terms:accept': { roles: ['partner:owner'], impersonation: 'refused' },

  'brand:dashboard:read': { roles: BRAND_ALL },
  'brand:deals:read': { roles: BRAND_ALL },
  'brand:deals:write': { roles: ['brand:owner'] },
  'brand:promo-codes:read': { roles: BRAND_ALL },
  'brand:promo-codes:write': { roles: ['brand:owner'] },
  'brand:offers:read': { roles: BRAND_ALL },
  'brand:offers:write': { roles: ['brand:owner'] },
  'brand:publications:read': { roles: BRAND_ALL },
  'brand:publications:decide': { roles: BRAND_ALL },
  'brand:orders:read': { roles: BRAND_ALL },
  'brand:orders:decide': { roles: BRAND_ALL },
  'brand:public-campaigns:read': { roles: BRAND_ALL },
  'brand:public-campaigns:write': { roles: ['brand:owner'] },
  'brand:posts:decide': { roles: BRAND_ALL },
  'brand:sync-batches:read': { roles: BRAND_ALL },
  'brand:sync-keys:read': { roles: BRAND_ALL },
  'brand:sync-keys:write': { roles: ['brand:owner'] },
  'brand:tickets:read': { roles: BRAND_ALL },
  'brand:tickets:ask': { roles: BRAND_ALL },
  'brand:webhooks:read': { roles: BRAND_ALL },
  'brand:webhooks:write': { roles: ['brand:owner'] },

  'operator:partners:read': { roles: OPERATOR_ALL },
  'operator:partners:write': { roles: OPERATOR_MANAGE },
  'operator:partners:impersonate': { roles: OPERATOR_MANAGE },
  'operator:impersonation:exit': { roles: [...OPERATOR_MANAGE, IMPERSONATOR] },
  'operator:requests:read': { roles: OPERATOR_ALL },
  'operator:requests:decide': { roles: OPERATOR_MANAGE },
  'operator:documents:read': { roles: [...OPERATOR_MONEY, 'operator:manager'] },
  'operator:documents:decide': { roles: OPERATOR_MANAGE },
  'operator:packages:read': { roles: OPERATOR_ALL },
  'operator:packages:write': { roles: OPERATOR_MANAGE },
  'operator:end-users:read': { roles: [...OPERATOR_MANAGE, 'operator:support'] },
  'operator:end-users:write': { roles: OPERATOR_MANAGE },
  'operator:ads:read': { roles: OPERATOR_ALL },
  'operator:ads:write': { roles: OPERATOR_MANAGE },
  'operator:broadcasts:read': { roles: OPERATOR_ALL },
  'operator:broadcasts:write': { roles: OPERATOR_MANAGE },
  'operator:brands:read': { roles: OPERATOR_ALL },
  'operator:brands:write': { roles: OPERATOR_MANAGE },
  'operator:promo-codes:read': { roles: OPERATOR_ALL },
  'operator:promo-codes:write': { roles: OPERATOR_MANAGE },
  'operator:offers:read': { roles: OPERATOR_ALL },
  'operator:publications:read': { roles: OPERATOR_ALL },
  'operator:publications:reverse': { roles: OPERATOR_MONEY },
  'operator:orders:read': { roles: OPERATOR_ALL },
  'operator:public-campaigns:read': { roles: OPERATOR_ALL },
  'operator:visits:read': { roles: OPERATOR_ALL },
  'operator:fraud:read': { roles: OPERATOR_ALL },
  'operator:fraud:decide': { roles: OPERATOR_MANAGE },
  'operator:webhooks:read': { roles: OPERATOR_ALL },
  'operator:webhooks:write': { roles: OPERATOR_MANAGE },
  'operator:sync-keys:write': { roles: ['operator:admin'] },
  'operator:commission-plans:read': { roles: OPERATOR_ALL },
  'operator:commission-plans:write': { roles: OPERATOR_MANAGE },
  'operator:traffic-sources:write': { roles: OPERATOR_MANAGE },
  'operator:bills:read': { roles: OPERATOR_ALL },
  'operator:bills:run': { roles: [...OPERATOR_MONEY, 'operator:manager'] },
  'operator:bills:approve': { roles: OPERATOR_MONEY },
  'operator:exchange-rates:read': { roles: OPERATOR_ALL },
  'operator:exchange-rates:write': { roles: OPERATOR_MONEY },
  'operator:cashouts:read': { roles: OPERATOR_ALL },
  'operator:cashouts:decide': { roles: OPERATOR_MONEY },
  'operator:wallets:read': { roles: OPERATOR_ALL },
  'operator:balance-corrections:read': { roles: OPERATOR_ALL },
  'operator:balance-corrections:write': { roles: OPERATOR_MONEY },
  'operator:payouts:read': { roles: OPERATOR_ALL },
  'operator:payouts:write': { roles: OPERATOR_MONEY },
  'operator:payouts:approve': { roles: OPERATOR_MONEY },
  'operator:payment-method-types:read': { roles: OPERATOR_ALL },
  'operator:payment-method-types:write': { roles: OPERATOR_MONEY },
  'operator:reports:read': { roles: OPERATOR_ALL },
  'operator:reports:save': { roles: OPERATOR_ALL },
  'operator:referrals:read': { roles: OPERATOR_ALL },
  'operator:referrals:write': { roles: OPERATOR_MONEY },
  'operator:reconciliation:read': { roles: OPERATOR_MONEY },
  'operator:reconciliation:write': { roles: OPERATOR_MONEY },
  'operator:tickets:read': { roles: OPERATOR_ALL },
  'operator:tickets:answer': { roles: OPERATOR_ALL },
  'operator:content:read': { roles: OPERATOR_ALL },
  'operator:content:write': { roles: OPERATOR_MANAGE },
  'operator:users:read': { roles: OPERATOR_ALL },
  'operator:users:write': { roles: ['operator:admin'] },
  'operator:audit-log:read': { roles: ['operator:admin', 'operator:finance'] },
} as const satisfies Record<string, Rule>;

export type Permission = keyof typeof PERMISSIONS;

/** Every permission's name. */
export const PERMISSION_NAMES = Object.keys(PERMISSIONS) as Permission[];

/** What a role may do, active or not. */
export function permissionsOf(realm: Realm, role: string): ReadonlySet<Permission> {
  return new Set(PERMISSION_NAMES.filter((name) => rolesOf(name).includes(`${realm}:${role}`)));
}

/**
 * What an operator may do in the place of a partner's owner (rule 9.4).
 * @param financial whether the program's settings allow financial actions
 */
export function permissionsOfImpersonator(financial: boolean): ReadonlySet<Permission> {
  return new Set(
    PERMISSION_NAMES.filter((name) => {
      const roles = rolesOf(name);
      const kept = keptFromImpersonators(name);
      return (
        roles.includes(IMPERSONATOR) ||
        (roles.includes('partner:owner') && (!kept || (financial && kept === 'by-setting')))
      );
    }),
  );
}

/** How the permission is kept from an operator in the owner's place; null when it is not. */
export function keptFromImpersonators(permission: Permission): 'refused' | 'by-setting' | null {
  return (PERMISSIONS[permission] as Rule).impersonation ?? null;
}

/** Names of the realm's roles that hold the permission. */
export function rolesWith(permission: Permission, realm: Realm): string[] {
  return rolesOf(permission)
    .filter((role) => role.startsWith(`${realm}:`))
    .map((role) => role.slice(realm.length + 1));
}

/** Whether the permission is refused to partners that are not active. */
export function needsActive(permission: Permission): boolean {
  return (PERMISSIONS[permission] as Rule).needsActive ?? false;
}

/** Roles that hold the permission, as `realm:role`. */
export function rolesOf(permission: Permission): readonly string[] {
  return PERMISSIONS[permission].roles;
}
