import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, Config, Ids, type Tx } from '../platform/index.js';
import { type AccessClaims, type AccessToken, AccessTokens } from './access-tokens.service.js';
import type { Actor } from './actor.js';
import { permissionsOfImpersonator, rolesWith } from './domain/permissions.js';
import {
  alreadyImpersonating,
  noOwnerToImpersonate,
  notImpersonating,
  notWhileImpersonating,
} from './identity.errors.js';
import {
  type EndedImpersonation,
  type Impersonation,
  ImpersonationNews,
} from './impersonation-news.service.js';

/** How long an impersonation lasts at most, in seconds (rule 9.4). */
export const IMPERSONATION_SECONDS = 1_800;

const IMPERSONATE = 'operator:partners:impersonate';

/** An impersonation with everybody whom it needs. */
const WITH_PEOPLE = `
  impersonations i
  JOIN sessions s ON s.id = i.operator_session_id
  JOIN users op ON op.id = i.operator_user_id
  JOIN users ow ON ow.id = i.owner_user_id
  LEFT JOIN memberships opm ON opm.user_id = op.id
  LEFT JOIN memberships owm ON owm.user_id = ow.id`;

/** Whether it is in force at $1, when operators of the roles $2 may impersonate. */
const IN_FORCE = `(
  i.ended_at IS NULL AND i.ends_at > $1
  AND s.ended_at IS NULL AND op.blocked_at IS NULL AND opm.realm = 'operator' AND opm.role = ANY($2)
  AND ow.blocked_at IS NULL AND owm.partner_id = i.partner_id AND owm.role = 'owner' AND owm.active) IS TRUE`;

const COLUMNS = `id, operator_user_id AS "operatorUserId", partner_id AS "partnerId", owner_user_id AS "ownerUserId",
  reason, started_at AS "startedAt", ends_at AS "endsAt", ended_at AS "endedAt", ended_by AS "endedBy"`;

interface ActorRow {
  partner_id: string;
  reason: string;
  ends_at: Date;
  operator_name: string;
  email: string;
  two_factor_enabled: boolean;
  stepped_up_at: Date | null;
}

/** Operators in the place of a partner's owner (O09, rule 9.4). */
@Injectable()
export class Impersonations {
  constructor(
    private readonly dataSource: DataSource,
    private readonly accessTokens: AccessTokens,
    private readonly news: ImpersonationNews,
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /**
   * Puts an operator in the place of the partner's first owner for 30 minutes at most; one partner at a time.
   * @returns an access token, which cannot be refreshed
   * @throws DomainError ALREADY_IMPERSONATING (409), NO_OWNER (409) when none has joined and is unblocked
   */
  async start(tx: Tx, operator: Actor, partnerId: string, reason: string): Promise<AccessToken> {
    // Only an operator's own session holds the permission: impersonations do not nest.
    if (operator.sessionId === null) throw notWhileImpersonating(IMPERSONATE);
    await this.endOverdue(tx, operator.userId);
    const ownerUserId = await findFirstOwner(tx, partnerId);
    if (!ownerUserId) throw noOwnerToImpersonate();
    const startedAt = this.clock.now();
    const impersonation: Impersonation = {
      id: this.ids.next(),
      operatorUserId: operator.userId,
      partnerId,
      ownerUserId,
      reason,
      startedAt,
      endsAt: new Date(startedAt.getTime() + IMPERSONATION_SECONDS * 1_000),
    };
    await insert(tx, impersonation, operator.sessionId);
    await this.news.started(tx, impersonation, operator.requestId);
    return this.accessTokens.issueForImpersonation(impersonation, operator.sessionId, IMPERSONATION_SECONDS);
  }

  /**
   * Ends the actor's impersonation: asked by its own token, or by the operator's.
   * @throws DomainError NOT_IMPERSONATING (409) when none is running, or a parallel exit was faster
   */
  async exit(tx: Tx, actor: Actor): Promise<EndedImpersonation> {
    const operatorUserId = actor.impersonatorId ?? actor.userId;
    await this.endOverdue(tx, operatorUserId);
    const [[ended]] = await tx.query<[EndedImpersonation[], number]>(
      `UPDATE impersonations SET ended_at = $1, ended_by = 'exit'
        WHERE operator_user_id = $2 AND ended_at IS NULL AND ($3::uuid IS NULL OR id = $3) RETURNING ${COLUMNS}`,
      [this.clock.now(), operatorUserId, actor.impersonation?.id ?? null],
    );
    if (!ended) throw notImpersonating();
    await this.news.ended(tx, ended, actor.requestId);
    return ended;
  }

  /**
   * Notes the end of impersonations that are no longer in force: those whose time is over, and those whose operator,
   * session, permission, owner or active partner is gone.
   * @param of only those of this user, as operator or as owner, or of this partner; an id
   */
  async endOverdue(tx: Tx, of: string | null = null): Promise<void> {
    const [ended] = await tx.query<[EndedImpersonation[], number]>(
      `UPDATE impersonations SET ended_at = least($1, ends_at),
              ended_by = CASE WHEN ends_at <= $1 THEN 'time' ELSE 'revocation' END
        WHERE ended_at IS NULL AND id IN
              (SELECT i.id FROM ${WITH_PEOPLE}
                WHERE i.ended_at IS NULL AND ($3::uuid IS NULL OR $3 IN (i.operator_user_id, i.owner_user_id, i.partner_id))
                  AND NOT ${IN_FORCE})
        RETURNING ${COLUMNS}`,
      [this.clock.now(), rolesWith(IMPERSONATE, 'operator'), of],
    );
    for (const impersonation of ended) await this.news.ended(tx, impersonation, null);
  }

  /**
   * The actor behind an impersonation's token: the owner, with the impersonator's second factor and without what is
   * kept from impersonators; null when anything that the impersonation needs is gone. One statement.
   */
  async findActor({ sub, sid, act, imp }: AccessClaims, requestId: string): Promise<Actor | null> {
    if (!imp || typeof act?.sub !== 'string') return null;
    const [row] = await this.dataSource.query<ActorRow[]>(
      `SELECT i.partner_id, i.reason, i.ends_at, op.name AS operator_name, ow.email,
              op.two_factor_enabled_at IS NOT NULL AS two_factor_enabled, s.stepped_up_at
         FROM ${WITH_PEOPLE}
        WHERE i.id = $3 AND i.owner_user_id = $4 AND i.operator_user_id = $5 AND i.operator_session_id = $6
          AND ${IN_FORCE}`,
      [this.clock.now(), rolesWith(IMPERSONATE, 'operator'), imp, sub, act.sub, sid],
    );
    if (!row) return null;
    return {
      userId: sub,
      // The operator's session is not the owner's to see or end.
      sessionId: null,
      email: row.email,
      realm: 'partner',
      role: 'owner',
      partnerId: row.partner_id,
      brandId: null,
      active: true,
      permissions: permissionsOfImpersonator(this.config.impersonatedFinancialActions),
      twoFactorEnabled: row.two_factor_enabled,
      signedInAt: null,
      steppedUpAt: row.stepped_up_at,
      impersonatorId: act.sub,
      impersonation: { id: imp, operatorName: row.operator_name, reason: row.reason, endsAt: row.ends_at },
      requestId,
    };
  }
}

async function findFirstOwner(tx: Tx, partnerId: string): Promise<string | null> {
  const [owner] = await tx.query<{ id: string }[]>(
    `SELECT u.id FROM memberships m JOIN users u ON u.id = m.user_id
      WHERE m.partner_id = $1 AND m.role = 'owner' AND m.active AND u.blocked_at IS NULL AND u.invited_at IS NULL
      ORDER BY m.id LIMIT 1`,
    [partnerId],
  );
  return owner?.id ?? null;
}

async function insert(tx: Tx, impersonation: Impersonation, operatorSessionId: string): Promise<void> {
  const { id, operatorUserId, partnerId, ownerUserId, reason, startedAt, endsAt } = impersonation;
  const inserted = await tx.query<unknown[]>(
    `INSERT INTO impersonations (id, operator_user_id, operator_session_id, partner_id, owner_user_id, reason,
                                 started_at, ends_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (operator_user_id) WHERE ended_at IS NULL DO NOTHING RETURNING id`,
    [id, operatorUserId, operatorSessionId, partnerId, ownerUserId, reason, startedAt, endsAt],
  );
  if (inserted.length === 0) throw alreadyImpersonating();
}
