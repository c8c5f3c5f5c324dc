import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  keptFromImpersonators,
  needsActive,
  PERMISSION_NAMES,
  type Permission,
  rolesOf,
} from './permissions.js';

const PAGE = join(import.meta.dirname, '../../../docs/permissions.md');

/** Realms in the order of the page. `account` is what everybody who is signed in may do. */
const REALMS = ['account', 'partner', 'brand', 'operator'] as const;

const TITLES: Readonly<Record<(typeof REALMS)[number], string>> = {
  account: 'One’s own account',
  partner: 'Partners',
  brand: 'Brands',
  operator: 'Operators',
};

const ABOUT = `# Permissions

Who may do what. This page is made from the table in \`src/identity/domain/permissions.ts\`, which the guards enforce;
\`npm run docs\` makes it anew, and a test fails while it is stale. What is not in the table is denied. The OpenAPI file
names the permission of every route (\`x-permission\`), and \`GET /api/v1/me\` those of whoever is signed in.

A missing permission is answered with 403, another tenant's object with 404. Permissions marked _active_ are closed
while a partner waits for approval or is suspended. Financial actions further need two-factor authentication and a code
entered within the last 300 seconds (\`x-step-up\` in the OpenAPI file); inviting people, changing roles and a few other
routes take a sign-in or a code of the last ten minutes (\`x-fresh-sign-in\`).

An operator in the place of a partner's owner has the owner's permissions, but for those marked _refused_; those marked
_by setting_ only where \`IMPERSONATION_FINANCIAL\` allows it.
`;

function page(): string {
  return [ABOUT, ...REALMS.map(section).filter(Boolean)].join('\n');
}

function section(realm: (typeof REALMS)[number]): string {
  const names = PERMISSION_NAMES.filter((name) => name.startsWith(`${realm}:`));
  if (names.length === 0) return '';
  const roles = [...new Set(names.flatMap(rolesOf))];
  const titles = ['Permission', ...roles.map((role) => titleOf(role, realm)), 'Active', 'Impersonation'];
  return `## ${TITLES[realm]}\n\n${table([titles, ...names.map((name) => row(name, roles))])}`;
}

function row(name: Permission, roles: string[]): string[] {
  const held = roles.map((role) => (rolesOf(name).includes(role) ? 'yes' : ''));
  const kept = keptFromImpersonators(name)?.replace('-', ' ') ?? '';
  return [`\`${name}\``, ...held, needsActive(name) ? 'active' : '', kept];
}

function titleOf(role: string, realm: string): string {
  return role.replace(`${realm}:`, '').replace(':', ' ');
}

/** A table as the formatter would lay it out. */
function table([titles, ...rows]: string[][]): string {
  const widths = titles!.map((title, column) =>
    Math.max(...[titles!, ...rows].map((cells) => cells[column]!.length), title.length),
  );
  const line = (cells: string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |\n`;
  return [titles!, widths.map((width) => '-'.repeat(width)), ...rows].map(line).join('');
}

it('A24 docs/permissions.md says what the table says (npm run docs makes it anew)', async () => {
  await expect(page()).toMatchFileSnapshot(PAGE);
});
