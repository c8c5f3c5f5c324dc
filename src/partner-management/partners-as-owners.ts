import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DomainError, type Tx } from '../platform/index.js';
import { WalletOwners } from '../wallet/index.js';
import { Partners } from './partners.service.js';

/** Tells wallets who their owners are. */
@Injectable()
export class PartnersAsOwners implements OnModuleInit {
  constructor(
    private readonly owners: WalletOwners,
    private readonly partners: Partners,
  ) {}

  onModuleInit(): void {
    this.owners.tellBy({
      addressOf: async (db, ownerId) => {
        try {
          return await this.partners.addressOf(db, ownerId);
        } catch (error) {
          if (error instanceof DomainError && error.code === 'NOT_FOUND') return null;
          throw error;
        }
      },
      erasedOf,
    });
  }
}

/** Erasures begin under the lock of their row: one that has begun meanwhile is waited for, and one that has not waits. */
async function erasedOf(tx: Tx, partnerIds: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ partnerId: string; state: string }[]>(
    `SELECT partner_id AS "partnerId", state FROM partner_erasures
      WHERE partner_id = ANY ($1) AND state <> 'cancelled' ORDER BY id FOR SHARE`,
    [partnerIds],
  );
  return rows.filter(({ state }) => state !== 'pending').map(({ partnerId }) => partnerId);
}
