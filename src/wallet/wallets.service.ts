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
  /** Earned and not yet in the wallet: waiting for approval, and held back. */
  pending: Money;
  onHold: Money;
}

interface BalanceRow {
  currency: string;
  kind: OwnerAccount | 'pending' | 'onHold';
  minor: string;
}

const ACCOUNTS = `
  SELECT currency, kind, balance_minor::text AS minor FROM ledger_accounts WHERE owner_id = $1`;

/** Balances as their owner sees them. */
@Injectable()
export class Wallets {
  private readonly selects = [ACCOUNTS];

  /**
   * Has balances show what another room knows of.
   * @param select SQL that gives, for the owner `$1`, currency, kind (`pending` or `onHold`) and minor units as text
   */
  showBeside(select: string): void {
    this.selects.push(select);
  }

  /**
   * The owner's balances, one per currency that ever moved or will, by currency code: one statement that sees one moment,
   * and whose cost does not grow with history.
   */
  async balances(db: EntityManager | DataSource, ownerId: string): Promise<Balance[]> {
    const rows = await db.query<BalanceRow[]>(`${this.selects.join(' UNION ALL ')} ORDER BY currency`, [
      ownerId,
    ]);
    const balances = new Map<string, Balance>();
    for (const { currency, kind, minor } of rows) {
      const balance = balances.get(currency) ?? emptyBalance(currency);
      balance[kind] = Money.of(BigInt(minor), currency);
      balances.set(currency, balance);
    }
    return [...balances.values()];
  }
}

function emptyBalance(currency: string): Balance {
  const zero = Money.zero(currency);
  return { currency, available: zero, processing: zero, paid: zero, pending: zero, onHold: zero };
}
