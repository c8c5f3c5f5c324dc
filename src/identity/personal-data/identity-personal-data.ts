import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock, Idempotency, Jobs, Mailer, readRows, type Tx } from '../../platform/index.js';
import { EVENT_DATA } from './log-personal-data.js';
import { type HeldTable, PersonalData } from './personal-data.service.js';

const SECRET = 'a secret by which you sign in or are let in; it is kept as a hash or encrypted';
const PASSING = 'a sign-in by another provider while it is under way; it is forgotten within minutes';
const OF_PROGRAM = 'the program’s own record of what its operators did';

const TABLES: readonly HeldTable[] = [
  { table: 'users', file: 'users', onErasure: 'anonymised' },
  { table: 'memberships', file: 'users', onErasure: 'anonymised' },
  { table: 'sessions', file: 'sessions', onErasure: 'anonymised' },
  { table: 'refresh_tokens', file: null, because: SECRET, onErasure: 'deleted' },
  { table: 'one_time_tokens', file: null, because: SECRET, onErasure: 'deleted' },
  { table: 'recovery_codes', file: null, because: SECRET, onErasure: 'deleted' },
  { table: 'statistic_tokens', file: null, because: SECRET, onErasure: 'deleted' },
  { table: 'user_identities', file: 'identities', onErasure: 'deleted' },
  {
    table: 'email_changes',
    file: null,
    because: 'a change of e-mail that waits for its confirmation; it is forgotten when it is over',
    onErasure: 'deleted',
  },
  { table: 'oidc_requests', file: null, because: PASSING, onErasure: 'deleted' },
  { table: 'oidc_answers', file: null, because: PASSING, onErasure: 'deleted' },
  {
    table: 'sign_in_failures',
    file: null,
    because: 'times of failed sign-ins; each is forgotten after 15 minutes',
    onErasure: 'deleted',
  },
  {
    table: 'event_log',
    file: 'events',
    onErasure: 'kept',
    keptBecause: 'tells what happened to ids only; what is personal is in log_personal_data',
  },
  {
    table: 'audit_log',
    file: null,
    because: OF_PROGRAM,
    onErasure: 'kept',
    keptBecause: 'tells what operators did to ids only; what is personal is in log_personal_data',
  },
  {
    table: 'impersonations',
    file: 'impersonations',
    onErasure: 'kept',
    keptBecause: 'tells which operator acted for the partner and why, by ids only',
  },
  { table: 'log_personal_data', file: 'events', onErasure: 'deleted' },
];

const USERS_OF = 'SELECT user_id FROM memberships WHERE partner_id = $1';

const USERS = `
  SELECT u.id, u.email, u.name, u.phone, u.report_currency AS "reportCurrency", u.mail_opt_outs AS "mailOptOuts", m.role, m.active,
         u.created_at AS "createdAt", u.email_verified_at AS "emailVerifiedAt",
         u.last_sign_in_at AS "lastSignInAt", u.locked_at AS "lockedAt", u.blocked_at AS "blockedAt",
         u.two_factor_enabled_at AS "twoFactorEnabledAt"
    FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.partner_id = $1 ORDER BY u.id`;

const SESSIONS = `
  SELECT id, user_id AS "userId", created_at AS "createdAt", last_seen_at AS "lastSeenAt", ended_at AS "endedAt",
         address, user_agent AS "userAgent"
    FROM sessions WHERE user_id IN (${USERS_OF}) ORDER BY id`;

const IDENTITIES = `
  SELECT user_id AS "userId", provider, issuer, subject, email, linked_at AS "linkedAt", last_used_at AS "lastUsedAt"
    FROM user_identities WHERE user_id IN (${USERS_OF}) ORDER BY id`;

const IMPERSONATIONS = `
  SELECT id, operator_user_id AS "operatorUserId", reason, started_at AS "startedAt", ended_at AS "endedAt"
    FROM impersonations WHERE partner_id = $1 ORDER BY id`;

const EVENTS = `
  SELECT id, type, actor_user_id AS "actorUserId", subject_type AS "subjectType", subject_id AS "subjectId",
         ${EVENT_DATA} AS data, occurred_at AS "occurredAt"
    FROM event_log WHERE partner_id = $1 ORDER BY id`;

/** The address goes nowhere: `.invalid` never resolves (RFC 2606). */
const ANONYMISE_USERS = `
  UPDATE users SET email = 'erased-' || id || '@erased.invalid', name = 'Erased user', phone = NULL,
         password_hash = NULL, report_currency = NULL, email_verified_at = NULL, last_sign_in_at = NULL,
         invited_at = NULL, mail_opt_outs = '{}', locked_at = NULL, blocked_at = coalesce(blocked_at, $2), blocked_by_team = false,
         blocked_reason = NULL, two_factor_pending = NULL, two_factor_secret = NULL, two_factor_enabled_at = NULL
   WHERE id IN (${USERS_OF})`;

/** People, their sessions and the logs. */
@Injectable()
export class IdentityPersonalData implements OnModuleInit {
  constructor(
    private readonly personalData: PersonalData,
    private readonly mailer: Mailer,
    private readonly idempotency: Idempotency,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.personalData.register({
      room: 'identity',
      tables: TABLES,
      files: {
        users: (tx, partnerId) => readRows(tx, USERS, [partnerId]),
        sessions: (tx, partnerId) => readRows(tx, SESSIONS, [partnerId]),
        identities: (tx, partnerId) => readRows(tx, IDENTITIES, [partnerId]),
        impersonations: (tx, partnerId) => readRows(tx, IMPERSONATIONS, [partnerId]),
        events: (tx, partnerId) => readRows(tx, EVENTS, [partnerId]),
      },
      erase: (tx, partnerId) => this.erase(tx, partnerId),
    });
  }

  private async erase(tx: Tx, partnerId: string): Promise<'done'> {
    const users = await tx.query<{ id: string; email: string }[]>(
      `SELECT id, email FROM users WHERE id IN (${USERS_OF}) ORDER BY id FOR UPDATE`,
      [partnerId],
    );
    const userIds = users.map(({ id }) => id);
    const emails = users.map(({ email }) => email.toLowerCase());
    await this.mailer.forget(tx, emails);
    await this.idempotency.forget(tx, userIds, partnerId);
    await this.jobs.forget(tx, partnerId);
    await deleteSecrets(tx, userIds, emails);
    await tx.query('UPDATE sessions SET address = NULL, user_agent = NULL WHERE user_id = ANY ($1)', [
      userIds,
    ]);
    await tx.query('DELETE FROM log_personal_data WHERE partner_id = $1', [partnerId]);
    await tx.query(ANONYMISE_USERS, [partnerId, this.clock.now()]);
    return 'done';
  }
}

/** Everything by which the users could sign in, and what other providers said of them. */
async function deleteSecrets(tx: Tx, userIds: string[], emails: string[]): Promise<void> {
  await tx.query(
    `DELETE FROM refresh_tokens r USING sessions s WHERE s.id = r.session_id AND s.user_id = ANY ($1)`,
    [userIds],
  );
  await tx.query(
    `DELETE FROM oidc_requests r USING sessions s WHERE s.id = r.session_id AND s.user_id = ANY ($1)`,
    [userIds],
  );
  await tx.query(
    `DELETE FROM oidc_answers WHERE user_id = ANY ($1) OR lower(email) = ANY ($2)
        OR session_id IN (SELECT id FROM sessions WHERE user_id = ANY ($1))`,
    [userIds, emails],
  );
  for (const table of [
    'user_identities',
    'email_changes',
    'one_time_tokens',
    'recovery_codes',
    'statistic_tokens',
    'sign_in_failures',
  ]) {
    await tx.query(`DELETE FROM ${table} WHERE user_id = ANY ($1)`, [userIds]);
  }
}
