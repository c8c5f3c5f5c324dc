import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, randomToken, SecretBox, sha256Hex, type Tx } from '../platform/index.js';
import type { Actor } from './actor.js';
import type { Realm } from './domain/permissions.js';

interface TokenRow {
  user_id: string;
  email: string;
  realm: Realm;
  role: string;
  partner_id: string | null;
  active: boolean;
}

/** Statistics tokens: one per user, found by hash, sealed for display, good for reports only (rule 10.5). */
@Injectable()
export class StatisticTokens {
  constructor(
    private readonly dataSource: DataSource,
    private readonly box: SecretBox,
    private readonly clock: Clock,
  ) {}

  /** The user's token; made when there is none. */
  async get(tx: Tx, userId: string): Promise<string> {
    const token = randomToken();
    // The update changes nothing: it keeps the row from being expired before it is read.
    const [row] = await tx.query<{ sealed: string }[]>(
      `INSERT INTO statistic_tokens (user_id, token_hash, sealed, created_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (user_id) DO UPDATE SET user_id = excluded.user_id RETURNING sealed`,
      [userId, sha256Hex(token), this.box.seal(token, context(userId)), this.clock.now()],
    );
    return this.box.open(row!.sealed, context(userId));
  }

  /** Ends the user's token; the next {@link get} makes another one. */
  async expire(tx: Tx, userId: string): Promise<void> {
    await tx.query('DELETE FROM statistic_tokens WHERE user_id = $1', [userId]);
  }

  /** The actor behind a token, who may read reports and nothing else; null for a wrong token. */
  async findActor(token: string, requestId: string): Promise<Actor | null> {
    const [row] = await this.dataSource.query<TokenRow[]>(
      `SELECT t.user_id, u.email, m.realm, m.role, m.partner_id, m.active
         FROM statistic_tokens t
         JOIN users u ON u.id = t.user_id AND u.blocked_at IS NULL
         JOIN memberships m ON m.user_id = u.id AND m.realm = 'partner'
        WHERE t.token_hash = $1`,
      [sha256Hex(token)],
    );
    if (!row) return null;
    return {
      userId: row.user_id,
      sessionId: null,
      email: row.email,
      realm: row.realm,
      role: row.role,
      partnerId: row.partner_id,
      brandId: null,
      active: row.active,
      permissions: new Set(['partner:reports:read']),
      twoFactorEnabled: false,
      signedInAt: null,
      steppedUpAt: null,
      impersonatorId: null,
      requestId,
    };
  }
}

function context(userId: string): string {
  return `statistic_tokens:${userId}`;
}
