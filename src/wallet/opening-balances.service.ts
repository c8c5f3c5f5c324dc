import { Injectable } from '@nestjs/common';
import { Money, type Tx } from '../platform/index.js';
import type { OwnerAccount } from './domain/accounts.js';
import { Ledger } from './ledger.service.js';

/** What an owner had in another program, in one currency; never below zero. */
export interface OpeningBalance {
  ownerId: string;
  available: Money;
  /** Paid out by that program so far. */
  paid: Money;
}

const KIND = 'opening_balance';

/** Brings balances along from another program: one journal per owner and currency, against one account of the house (B10). */
@Injectable()
export class OpeningBalances {
  constructor(private readonly ledger: Ledger) {}

  /**
   * Posts the opening journal, once per owner and currency.
   * @returns `posted`; `present` when there is the same one already, `different` when it is of other amounts: then nothing moves
   * @throws DomainError WALLET_FROZEN (409)
   */
  async open(
    tx: Tx,
    { ownerId, available, paid }: OpeningBalance,
  ): Promise<'posted' | 'present' | 'different'> {
    const { currency } = available;
    const parts: [OwnerAccount, Money][] = [
      ['available', available],
      ['paid', paid],
    ];
    const given = parts.filter(([, amount]) => !amount.isZero());
    if (given.some(([, amount]) => amount.isNegative()))
      throw new Error('An opening balance is not below zero');
    if (given.length === 0) throw new Error('An opening balance is of something');
    const reference = `${ownerId}:${currency}`;
    const { journalId, posted } = await this.ledger.post(tx, {
      kind: KIND,
      reference,
      memo: 'Balance brought along',
      entries: [
        { account: { ownerId: null, kind: KIND }, amount: available.add(paid).negate() },
        ...given.map(([kind, amount]) => ({ account: { ownerId, kind }, amount })),
      ],
    });
    if (posted) return 'posted';
    const entries = await tx.query<{ kind: string; amount: string }[]>(
      `SELECT a.kind, e.amount_minor::text AS amount FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id
        WHERE e.journal_id = $1 AND a.owner_id IS NOT NULL`,
      [journalId],
    );
    const amountOf = (kind: string): bigint =>
      BigInt(entries.find((entry) => entry.kind === kind)?.amount ?? 0);
    return parts.every(([kind, amount]) => amountOf(kind) === amount.minor) ? 'present' : 'different';
  }
}
