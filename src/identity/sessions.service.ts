import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, Ids, Outbox, randomToken, sha256Hex, type Tx, UnitOfWork } from '../platform/index.js';
import { AccessTokens } from './access-tokens.service.js';
import type { Actor } from './actor.js';
import { permissionsOf, type Realm } from './domain/permissions.js';
import { refreshDecision, type RefreshToken } from './domain/refresh-token.js';
import { unauthenticated } from './identity.errors.js';

const REFRESH_DAYS = 30;

/** One of a partner's people signed in: where from is among the partner's traces now. */
export const SIGNED_IN = 'identity.signed_in';

/** Payload of {@link SIGNED_IN}. */
export interface SignedIn {
  readonly partnerId: string;
}

/** Tokens of a session, as sign-in and refresh answer them. */
export interface SessionTokens {
  accessToken: string;
  refreshToken: string;
  /** Seconds until the access token expires. */
  expiresIn: number;
}

export interface Device {
  address: string | null;
  userAgent: string | null;
}

/** A session in force, as its owner sees it. */
export interface SessionView {
  id: string;
  createdAt: Date;
  lastSeenAt: Date;
  address: string | null;
  userAgent: string | null;
}

interface ActorRow {
  email: string;
  realm: Realm;
  role: string;
  partner_id: string | null;
  brand_id: string | null;
  active: boolean;
  two_factor_enabled: boolean;
  signed_in_at: Date;
  stepped_up_at: Date | null;
  last_seen_at: Date;
}

/** Sessions: one per sign-in, checked at every request, with refresh tokens that rotate. */
@Injectable()
export class Sessions {
  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly accessTokens: AccessTokens,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly outbox: Outbox,
  ) {}

  /** Opens a session; `steppedUp` when a two-factor code was accepted at sign-in. */
  async open(tx: Tx, userId: string, device: Device, steppedUp: boolean): Promise<SessionTokens> {
    const id = this.ids.next();
    const now = this.clock.now();
    await tx.query(
      `INSERT INTO sessions (id, user_id, created_at, last_seen_at, stepped_up_at, address, user_agent)
       VALUES ($1, $2, $3, $3, $4, $5, $6)`,
      [id, userId, now, steppedUp ? now : null, device.address, device.userAgent],
    );
    const [[member]] = await tx.query<[{ partnerId: string | null }[]]>(
      `UPDATE users u SET last_sign_in_at = $2 FROM memberships m WHERE u.id = $1 AND m.user_id = u.id
       RETURNING m.partner_id AS "partnerId"`,
      [userId, now],
    );
    const partnerId = member?.partnerId;
    if (partnerId) await this.outbox.publish(tx, SIGNED_IN, { partnerId } satisfies SignedIn);
    return this.tokens(tx, userId, id);
  }

  /**
   * Swaps a refresh token for new tokens. A token used before ends the whole session: it may have been stolen.
   * @throws DomainError UNAUTHENTICATED (401)
   */
  async refresh(refreshToken: string): Promise<SessionTokens> {
    const tokens = await this.unitOfWork.run(async (tx) => {
      const token = await findRefreshToken(tx, refreshToken);
      const now = this.clock.now();
      if (!token) return null;
      const decision = refreshDecision(token, now);
      if (decision === 'end') await this.end(tx, token.userId, token.sessionId);
      if (decision !== 'swap') return null;
      await tx.query('UPDATE refresh_tokens SET used_at = coalesce(used_at, $2) WHERE token_hash = $1', [
        sha256Hex(refreshToken),
        now,
      ]);
      return this.tokens(tx, token.userId, token.sessionId);
    });
    if (!tokens) throw unauthenticated();
    return tokens;
  }

  /** Ends the session that a refresh token belongs to; a wrong token ends nothing. */
  async endByRefreshToken(tx: Tx, refreshToken: string): Promise<void> {
    const token = await findRefreshToken(tx, refreshToken);
    if (token) await this.end(tx, token.userId, token.sessionId);
  }

  /** Ends a user's session at once; false when there is no such session in force. */
  async end(tx: Tx, userId: string, sessionId: string): Promise<boolean> {
    const [, count] = await tx.query<[unknown[], number]>(
      'UPDATE sessions SET ended_at = $3 WHERE id = $1 AND user_id = $2 AND ended_at IS NULL',
      [sessionId, userId, this.clock.now()],
    );
    return count > 0;
  }

  /** Ends all sessions of a user. */
  async endAll(tx: Tx, userId: string): Promise<void> {
    await tx.query('UPDATE sessions SET ended_at = $2 WHERE user_id = $1 AND ended_at IS NULL', [
      userId,
      this.clock.now(),
    ]);
  }

  /** Ends the user's sessions except the one, and tells how many. */
  async endOthers(tx: Tx, userId: string, sessionId: string | null): Promise<number> {
    const [, count] = await tx.query<[unknown[], number]>(
      'UPDATE sessions SET ended_at = $3 WHERE user_id = $1 AND id IS DISTINCT FROM $2 AND ended_at IS NULL',
      [userId, sessionId, this.clock.now()],
    );
    return count;
  }

  /** The user's sessions in force, newest first. */
  list(userId: string): Promise<SessionView[]> {
    return this.dataSource.query(
      `SELECT id, created_at AS "createdAt", last_seen_at AS "lastSeenAt", address, user_agent AS "userAgent"
         FROM sessions WHERE user_id = $1 AND ended_at IS NULL ORDER BY id DESC`,
      [userId],
    );
  }

  /** Notes that a two-factor code was accepted in the session. */
  async markSteppedUp(tx: Tx, sessionId: string): Promise<void> {
    await tx.query('UPDATE sessions SET stepped_up_at = $2 WHERE id = $1', [sessionId, this.clock.now()]);
  }

  /** Forgets the two-factor codes that the user's sessions accepted. */
  async forgetStepUps(tx: Tx, userId: string): Promise<void> {
    await tx.query(
      'UPDATE sessions SET stepped_up_at = NULL WHERE user_id = $1 AND stepped_up_at IS NOT NULL',
      [userId],
    );
  }

  /** The actor behind an access token's session, or null when it ended or its user is blocked. One statement. */
  async findActor(userId: string, sessionId: string, requestId: string): Promise<Actor | null> {
    const [row] = await this.dataSource.query<ActorRow[]>(
      `SELECT u.email, u.two_factor_enabled_at IS NOT NULL AS two_factor_enabled, s.created_at AS signed_in_at,
              s.stepped_up_at, s.last_seen_at,
              m.realm, m.role, m.partner_id, m.brand_id, m.active
         FROM sessions s
         JOIN users u ON u.id = s.user_id
         JOIN memberships m ON m.user_id = u.id
        WHERE s.id = $1 AND s.user_id = $2 AND s.ended_at IS NULL AND u.blocked_at IS NULL`,
      [sessionId, userId],
    );
    if (!row) return null;
    await this.noteSeen(sessionId, row.last_seen_at);
    return {
      userId,
      sessionId,
      email: row.email,
      realm: row.realm,
      role: row.role,
      partnerId: row.partner_id,
      brandId: row.brand_id,
      active: row.active,
      permissions: permissionsOf(row.realm, row.role),
      twoFactorEnabled: row.two_factor_enabled,
      signedInAt: row.signed_in_at,
      steppedUpAt: row.stepped_up_at,
      impersonatorId: null,
      requestId,
    };
  }

  /** Keeps "last seen" to the minute, so that most requests only read. */
  private async noteSeen(sessionId: string, lastSeenAt: Date): Promise<void> {
    const now = this.clock.now();
    if (now.getTime() - lastSeenAt.getTime() < 60_000) return;
    await this.dataSource.query('UPDATE sessions SET last_seen_at = $2 WHERE id = $1', [sessionId, now]);
  }

  private async tokens(tx: Tx, userId: string, sessionId: string): Promise<SessionTokens> {
    const refreshToken = randomToken();
    const expiresAt = new Date(this.clock.now().getTime() + REFRESH_DAYS * 86_400_000);
    await tx.query('INSERT INTO refresh_tokens (token_hash, session_id, expires_at) VALUES ($1, $2, $3)', [
      sha256Hex(refreshToken),
      sessionId,
      expiresAt,
    ]);
    return { ...this.accessTokens.issue(userId, sessionId), refreshToken };
  }
}

interface RefreshTokenRow extends RefreshToken {
  sessionId: string;
  userId: string;
}

/** The token with its session locked, when the session is in force. */
async function findRefreshToken(tx: Tx, token: string): Promise<RefreshTokenRow | undefined> {
  const [row] = await tx.query<RefreshTokenRow[]>(
    `SELECT r.session_id AS "sessionId", s.user_id AS "userId", r.expires_at AS "expiresAt", r.used_at AS "usedAt"
       FROM refresh_tokens r JOIN sessions s ON s.id = r.session_id JOIN users u ON u.id = s.user_id
      WHERE r.token_hash = $1 AND s.ended_at IS NULL AND u.blocked_at IS NULL FOR UPDATE OF s, r`,
    [sha256Hex(token)],
  );
  return row;
}
