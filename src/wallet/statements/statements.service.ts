import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock, eachOfPages, Money, notFound, uuidV7Floor, uuidV7Time } from '../../platform/index.js';
import { type Transaction, Transactions } from '../transactions.service.js';
import { WalletOwners } from '../wallet-owners.service.js';

/** A transaction with the balance after it. */
export interface StatementLine {
  transaction: Transaction;
  balance: Money;
}

/** A month of one currency. */
export interface StatementAccount {
  /** The available balance when the month began. */
  opening: Money;
  /** The month's transactions in their order, read while they are taken; the last balance is the closing one. */
  lines: () => AsyncGenerator<StatementLine>;
}

/** What happened to the available balances of an owner in a month. */
export interface Statement {
  /** YYYY-MM, in UTC. */
  month: string;
  /** Whose: name and address, a line each. */
  owner: readonly string[];
  /** When it was made. */
  madeAt: Date;
  /** Whether the month was over then. */
  complete: boolean;
  /** One per currency that moved until the month's end, by currency code. */
  accounts: StatementAccount[];
}

const MONTH = /^2\d{3}-(0[1-9]|1[0-2])$/;

/** Statements of balances per calendar month in UTC (A14, T09), read from the ledger itself. */
@Injectable()
export class Statements {
  constructor(
    private readonly transactions: Transactions,
    private readonly owners: WalletOwners,
    private readonly clock: Clock,
  ) {}

  /** The months from the owner's first transaction until now, YYYY-MM, the latest first. */
  async months(db: EntityManager, ownerId: string): Promise<string[]> {
    await this.owners.addressOf(db, ownerId);
    const firsts = await db.query<{ id: string }[]>(
      `SELECT first.journal_id AS id
         FROM ledger_accounts a
        CROSS JOIN LATERAL (SELECT journal_id FROM ledger_entries
                             WHERE account_id = a.id ORDER BY journal_id LIMIT 1) AS first
        WHERE a.owner_id = $1 AND a.kind = 'available' ORDER BY first.journal_id LIMIT 1`,
      [ownerId],
    );
    const months: string[] = [];
    const now = this.clock.now();
    for (const { id } of firsts) {
      const first = uuidV7Time(id);
      const at = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
      for (; at >= first || monthOf(at) === monthOf(first); at.setUTCMonth(at.getUTCMonth() - 1))
        months.push(monthOf(at));
    }
    return months;
  }

  /**
   * The statement of a month.
   * @param month YYYY-MM; the present one is given as far as it has come
   * @throws DomainError NOT_FOUND for another owner or a month that has not begun
   */
  async of(db: EntityManager, ownerId: string, month: string): Promise<Statement> {
    const madeAt = this.clock.now();
    if (!MONTH.test(month) || month > monthOf(madeAt)) throw notFound('statement');
    const owner = await this.owners.addressOf(db, ownerId);
    const from = new Date(`${month}-01T00:00:00Z`);
    const before = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1, 1));
    // Sums, and not the balance of the last entry before: entries of one millisecond may have taken turns.
    const rows = await db.query<{ currency: string; opening: string }[]>(
      `SELECT a.currency, coalesce(sum(e.amount_minor) FILTER (WHERE e.journal_id < $2), 0)::text AS opening
         FROM ledger_accounts a JOIN ledger_entries e ON e.account_id = a.id AND e.journal_id < $3
        WHERE a.owner_id = $1 AND a.kind = 'available' GROUP BY a.currency ORDER BY a.currency`,
      [ownerId, uuidV7Floor(from), uuidV7Floor(before)],
    );
    return {
      month,
      owner,
      madeAt,
      complete: before <= madeAt,
      accounts: rows.map(({ currency, opening }) => {
        const start = Money.of(BigInt(opening), currency);
        const filter = { ownerId, currency, from, before, sort: 'createdAt' as const };
        const list = () => eachOfPages((page) => this.transactions.list(db, { ...filter, ...page }));
        return { opening: start, lines: () => withBalances(start, list()) };
      }),
    };
  }
}

async function* withBalances(
  opening: Money,
  transactions: AsyncGenerator<Transaction>,
): AsyncGenerator<StatementLine> {
  let balance = opening;
  for await (const transaction of transactions) {
    const { amount, direction } = transaction;
    balance = direction === 'in' ? balance.add(amount) : balance.subtract(amount);
    yield { transaction, balance };
  }
}

function monthOf(at: Date): string {
  return at.toISOString().slice(0, 7);
}
