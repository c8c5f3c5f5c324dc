import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { Money } from '../platform/index.js';
import type { OwnerAccount } from './domain/accounts.js';

/** Where an owner's money of one currency stands. */
export interface Balance {
  currency: string;
  available: Money;
  processing: Money;
  paid: Money;
}

interface BalanceRow {
  currency: string;
  kind: OwnerAccount;
  balance_minor: string;
}

/** Balances as their owner sees them. */
@Injectable()
export class Wallets {
  /** The owner's balances, one per currency that ever moved, by currency code; its cost does not grow with history. */
  async balances(db: EntityManager | DataSource, ownerId: string): Promise<Balance[]> {
    const rows = await db.query<BalanceRow[]>(
      `SELECT currency, kind, balance_minor FROM ledger_accounts WHERE owner_id = $1 ORDER BY currency`,
      [ownerId],
    );
    const balances = new Map<string, Balance>();
    for (const { currency, kind, balance_minor } of rows) {
      const balance = balances.get(currency) ?? emptyBalance(currency);
      balance[kind] = Money.of(BigInt(balance_minor), currency);
      balances.set(currency, balance);
    }
    return [...balances.values()];
  }
}

function emptyBalance(currency: string): Balance {
  const zero = Money.zero(currency);
  return { currency, available: zero, processing: zero, paid: zero };
}
