import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type HeldTable, PersonalData } from '../../identity/index.js';
import { readRows, type Tx } from '../../platform/index.js';
import { AccountTokens } from './account-tokens.service.js';

const TABLES: readonly HeldTable[] = [
  { table: 'connected_accounts', file: 'connected-accounts', onErasure: 'anonymised' },
  {
    table: 'social_authorizations',
    file: null,
    because: 'an account that is being connected; it is forgotten within minutes',
    onErasure: 'deleted',
  },
];

const CONNECTED = `
  SELECT id, platform, platform_user_id AS "platformUserId", handle, followers, state, scopes,
         token_expires_at AS "tokenExpiresAt", connected_at AS "connectedAt"
    FROM connected_accounts WHERE partner_id = $1 ORDER BY id`;

/** Accounts at social platforms; their tokens are in no copy. */
@Injectable()
export class SocialPersonalData implements OnModuleInit {
  constructor(
    private readonly personalData: PersonalData,
    private readonly tokens: AccountTokens,
  ) {}

  onModuleInit(): void {
    this.personalData.register({
      room: 'public-campaigns/social',
      tables: TABLES,
      files: { 'connected-accounts': (tx, partnerId) => readRows(tx, CONNECTED, [partnerId]) },
      erase: (tx, partnerId) => this.erase(tx, partnerId),
    });
  }

  /** Rows stay under their ids, which posts in campaigns name; whose they were is gone. */
  private async erase(tx: Tx, partnerId: string): Promise<'done'> {
    await tx.query('DELETE FROM social_authorizations WHERE partner_id = $1', [partnerId]);
    const accounts = await tx.query<{ id: string }[]>(
      'SELECT id FROM connected_accounts WHERE partner_id = $1 ORDER BY id FOR UPDATE',
      [partnerId],
    );
    for (const { id } of accounts) await this.tokens.drop(tx, id);
    await tx.query(
      `UPDATE connected_accounts
          SET platform_user_id = id::text, handle = 'erased', followers = NULL, feed = NULL, scopes = '{}'
        WHERE partner_id = $1`,
      [partnerId],
    );
    return 'done';
  }
}
