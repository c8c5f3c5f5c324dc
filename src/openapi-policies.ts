import type { OpenAPIObject } from '@nestjs/swagger';
import {
  FINANCIAL_ACTION,
  FRESH_SIGN_IN,
  keptFromImpersonators,
  needsActive,
  type Permission,
  rateClassOf,
  REQUIRED_PERMISSION,
  rolesOf,
  STATISTIC_TOKEN_ROUTE,
  type StatisticTokenPlace,
} from './identity/index.js';
import {
  type Limits,
  problemResponse,
  type ProblemStatus,
  PUBLIC_ROUTE,
  type RateClass,
} from './platform/index.js';

export type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** Metadata of a route by name, the handler's before the controller's. */
export type RouteMetadata = (key: string) => unknown;

/** What becomes of operators who act in a partner's place. */
const IMPERSONATION_NOTES = {
  refused: 'Operators who impersonate get 403 `NOT_WHILE_IMPERSONATING`.',
  'by-setting':
    'Operators who impersonate get 403 `NOT_WHILE_IMPERSONATING`, unless the program’s settings allow it.',
};

interface Route {
  method: string;
  path: string;
  read: RouteMetadata;
}

/** Adds what follows from the route's policy: who may call it, how often, and how it is refused. */
export function completeOperation(operation: Operation, route: Route, limits: Limits): void {
  for (const parameter of operation.parameters ?? []) {
    // A field that always has a value is taken for one that must be given; one with a default need not.
    if ('in' in parameter && parameter.schema && 'default' in parameter.schema) parameter.required = false;
  }
  if (route.read(PUBLIC_ROUTE) !== true) addPolicy(operation, route.read);
  addRateLimit(operation, route, limits);
  // A query that the route does not take.
  if (route.path.startsWith('/api/v1/')) addProblems(operation, 400);
  if (operation.requestBody) addProblems(operation, 400, 413, 415);
  if (operation.parameters?.some((parameter) => 'in' in parameter && parameter.name === 'Idempotency-Key')) {
    addProblems(operation, 400, 409, 422);
  }
  if (operation.parameters?.some((parameter) => 'in' in parameter && parameter.in === 'path')) {
    addProblems(operation, 414);
  }
  addProblems(operation, 500, 503);
}

function addPolicy(operation: Operation, read: RouteMetadata): void {
  operation.security ??= schemesOf(read).map((scheme) => ({ [scheme]: [] }));
  addProblems(operation, 401);
  const permission = read(REQUIRED_PERMISSION) as Permission | undefined;
  if (permission === undefined) return;
  const roles = rolesOf(permission);
  const activeOnly = needsActive(permission);
  const impersonation = keptFromImpersonators(permission) ?? 'allowed';
  Object.assign(operation, {
    'x-permission': permission,
    'x-roles': roles,
    'x-active-only': activeOnly,
    'x-impersonation': impersonation,
  });
  const held = roles.map((role) => role.replace(':', ' ')).join(', ');
  addNote(
    operation,
    `Requires the permission \`${permission}\`, which these roles hold: ${held}.` +
      (activeOnly ? ' Open to approved partners only.' : '') +
      (impersonation === 'refused' ? ' Refused to impersonators.' : ''),
  );
  const kept = keptFromImpersonators(permission);
  if (kept) {
    Object.assign(operation, { 'x-impersonation': kept });
    addNote(operation, IMPERSONATION_NOTES[kept]);
  }
  addProblems(operation, 403);
  addProof(operation, read);
}

/** What proves that the person is at the keyboard, where a session alone does not do. */
function addProof(operation: Operation, read: RouteMetadata): void {
  if (read(FRESH_SIGN_IN) === true) {
    Object.assign(operation, { 'x-fresh-sign-in': true });
    addNote(
      operation,
      'Takes a sign-in, or a two-factor code, of the last 10 minutes: 401 `REAUTHENTICATION_REQUIRED` otherwise.',
    );
  }
  if (read(FINANCIAL_ACTION) !== true) return;
  Object.assign(operation, { 'x-step-up': true });
  addNote(
    operation,
    'A financial action: 403 `TWO_FACTOR_REQUIRED` without two-factor authentication, 401 `STEP_UP_REQUIRED` ' +
      'without a code of the last 300 seconds.',
  );
}

/** What opens the route, each by itself. */
function schemesOf(read: RouteMetadata): string[] {
  const place = read(STATISTIC_TOKEN_ROUTE) as StatisticTokenPlace | undefined;
  if (place === undefined) return ['bearer'];
  return place === 'link' ? ['statisticTokenInLink', 'statisticToken'] : ['statisticToken'];
}

function addRateLimit(operation: Operation, { method, read }: Route, limits: Limits): void {
  const rateClass = rateClassOf(read, method);
  if (rateClass === 'none') return;
  const { requests, seconds } = limits[rateClass];
  Object.assign(operation, {
    'x-rate-limit': { class: rateClass, requests, seconds, per: countedPer(rateClass, read) },
  });
  addProblems(operation, 429);
}

function countedPer(rateClass: RateClass, read: RouteMetadata): string {
  if (rateClass === 'sync') return 'sync key';
  if (read(STATISTIC_TOKEN_ROUTE) !== undefined) return 'statistics token';
  return read(PUBLIC_ROUTE) === true ? 'client address' : 'user';
}

function addNote(operation: Operation, note: string): void {
  operation.description = [operation.description, note].filter(Boolean).join('\n\n');
}

function addProblems(operation: Operation, ...statuses: ProblemStatus[]): void {
  operation.responses ??= {};
  for (const status of statuses) operation.responses[status] ??= problemResponse(status);
}
