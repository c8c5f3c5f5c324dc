/** Who a user belongs to. */
export type Realm = 'operator' | 'partner' | 'brand';

interface Rule {
  /** Roles that hold the permission. */
  readonly roles: readonly string[];
  /** Refused while the partner waits for approval or is suspended. */
  readonly needsActive?: boolean;
}

const PARTNER_ALL = ['partner:owner', 'partner:manager', 'partner:finance', 'partner:analyst'];
const PARTNER_WORK = ['partner:owner', 'partner:manager'];
const PARTNER_MONEY = ['partner:owner', 'partner:finance'];
const OPERATOR_ALL = ['operator:admin', 'operator:manager', 'operator:finance', 'operator:support'];
const OPERATOR_MANAGE = ['operator:admin', 'operator:manager'];
const OPERATOR_MONEY = ['operator:admin', 'operator:finance'];

/**
 * The one table of permissions (rule 10.4): guards, documentation and `GET /me` read it. What is not in here is denied.
 */
export const PERMISSIONS = {
  'account:own': { roles: [...PARTNER_ALL, ...OPERATOR_ALL, 'brand:owner', 'brand:reviewer'] },

  'partner:profile:read': { roles: PARTNER_ALL },
  'partner:events:read': { roles: PARTNER_ALL },
  'partner:statistic-token:own': { roles: PARTNER_ALL },
  'partner:brands:read': { roles: PARTNER_ALL, needsActive: true },
  'partner:commission-plans:read': { roles: PARTNER_ALL, needsActive: true },
  'partner:campaigns:read': { roles: PARTNER_ALL, needsActive: true },
  'partner:campaigns:write': { roles: PARTNER_WORK, needsActive: true },
  'partner:postbacks:read': { roles: PARTNER_ALL, needsActive: true },
  'partner:postbacks:write': { roles: PARTNER_WORK, needsActive: true },
  'partner:reports:read': { roles: PARTNER_ALL, needsActive: true },
  'partner:bills:read': { roles: PARTNER_ALL },
  'partner:wallet:read': { roles: [...PARTNER_MONEY, 'partner:manager'] },
  'partner:wallet:withdraw': { roles: PARTNER_MONEY, needsActive: true },
  'partner:payment-methods:read': { roles: PARTNER_MONEY },
  'partner:payment-methods:write': { roles: PARTNER_MONEY, needsActive: true },
  // Also before the approval, which may depend on them.
  'partner:documents:read': { roles: PARTNER_MONEY },
  'partner:documents:write': { roles: PARTNER_MONEY },

  'operator:partners:read': { roles: OPERATOR_ALL },
  'operator:partners:write': { roles: OPERATOR_MANAGE },
  'operator:requests:read': { roles: OPERATOR_ALL },
  'operator:requests:decide': { roles: OPERATOR_MANAGE },
  'operator:documents:read': { roles: [...OPERATOR_MONEY, 'operator:manager'] },
  'operator:documents:decide': { roles: OPERATOR_MANAGE },
  'operator:packages:read': { roles: OPERATOR_ALL },
  'operator:packages:write': { roles: OPERATOR_MANAGE },
  'operator:brands:read': { roles: OPERATOR_ALL },
  'operator:brands:write': { roles: OPERATOR_MANAGE },
  'operator:sync-keys:write': { roles: ['operator:admin'] },
  'operator:commission-plans:read': { roles: OPERATOR_ALL },
  'operator:commission-plans:write': { roles: OPERATOR_MANAGE },
  'operator:traffic-sources:write': { roles: OPERATOR_MANAGE },
  'operator:bills:read': { roles: OPERATOR_ALL },
  'operator:bills:run': { roles: [...OPERATOR_MONEY, 'operator:manager'] },
  'operator:bills:approve': { roles: OPERATOR_MONEY },
  'operator:cashouts:read': { roles: OPERATOR_ALL },
  'operator:cashouts:decide': { roles: OPERATOR_MONEY },
  'operator:payment-method-types:read': { roles: OPERATOR_ALL },
  'operator:payment-method-types:write': { roles: OPERATOR_MONEY },
  'operator:reconciliation:read': { roles: OPERATOR_MONEY },
  'operator:reconciliation:write': { roles: OPERATOR_MONEY },
  'operator:audit-log:read': { roles: ['operator:admin', 'operator:finance'] },
} as const satisfies Record<string, Rule>;

export type Permission = keyof typeof PERMISSIONS;

/** Every permission's name. */
export const PERMISSION_NAMES = Object.keys(PERMISSIONS) as Permission[];

/** What a role may do, active or not. */
export function permissionsOf(realm: Realm, role: string): ReadonlySet<Permission> {
  return new Set(PERMISSION_NAMES.filter((name) => rolesOf(name).includes(`${realm}:${role}`)));
}

/** Whether the permission is refused to partners that are not active. */
export function needsActive(permission: Permission): boolean {
  return (PERMISSIONS[permission] as Rule).needsActive ?? false;
}

/** Roles that hold the permission, as `realm:role`. */
export function rolesOf(permission: Permission): readonly string[] {
  return PERMISSIONS[permission].roles;
}
