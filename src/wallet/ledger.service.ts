import { Injectable } from '@nestjs/common';
import { type DomainError, Ids, Money, sqlState, type Tx, uuidV7Time } from '../platform/index.js';
import { type AccountName, houseShardOf } from './domain/accounts.js';
import type { JournalKind } from './domain/transaction-type.js';
import { allowOverdrawing, forbidOverdrawing } from './overdrawing.js';
import { balanceTooLarge, insufficientFunds, walletFrozen } from './wallet.errors.js';

/** One side of a journal: a signed amount on one account. */
export interface LedgerEntry {
  account: AccountName;
  /** Positive adds to the account's balance, negative takes off; never zero. */
  amount: Money;
}

/** A journal to be posted. `(kind, reference)` is its identity: it is posted once. */
export interface NewJournal {
  kind: JournalKind;
  /** Identifier of what caused it, for example the bill's. */
  reference: string;
  memo?: string;
  /** The journal that this one takes back. */
  reversesId?: string;
  /** Each account at most once; summing to zero per currency, which the database checks. */
  entries: readonly LedgerEntry[];
}

/** What posting came to; `posted` is false when this journal was there before, and then nothing moved. */
export interface Posting {
  journalId: string;
  posted: boolean;
}

/** An amount that the house owes to an owner. */
interface Credit {
  ownerId: string;
  amount: Money;
  kind: JournalKind;
  reference: string;
  memo?: string;
}

interface Reversal {
  kind: JournalKind;
  reference: string;
  memo?: string;
  /** The journal to take back. */
  reverses: { kind: JournalKind; reference: string };
  /** An operator has confirmed that the owners' available balances may go below zero (rule 1.4). */
  mayOverdraw?: boolean;
}

interface EntryRow {
  journal_id: string;
  owner_id: string | null;
  kind: string;
  currency: string;
  amount_minor: string;
}

const CHECK_VIOLATION = '23514';
const OUT_OF_RANGE = '22003';
const NOT_NEGATIVE = 'ledger_accounts_not_negative';
const NOT_FROZEN = 'ledger_owner_not_frozen';

const POST = `SELECT posted_id AS "journalId", is_new AS posted FROM ledger_post(
  $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`;
const TRANSFER = 'SELECT ledger_transfer($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) AS id';

/** The double-entry ledger under every balance (B01, rule 1.3). */
@Injectable()
export class Ledger {
  constructor(private readonly ids: Ids) {}

  /** Posts one journal, as {@link postAll} does; one that moves an amount between two accounts by a shorter way. */
  async post(tx: Tx, journal: NewJournal): Promise<Posting> {
    const [first, second] = journal.entries;
    if (journal.entries.length === 2 && isTransfer(first!, second!))
      return this.transfer(tx, journal, first!, second!);
    const [posting] = await this.postAll(tx, [journal]);
    return posting!;
  }

  /**
   * Posts journals, each once per `(kind, reference)`, all or none, in one round trip; accounts come into being as
   * needed and are locked in id order (rule 1.5). Many at once cost a fraction of as many calls.
   * @returns what became of each, in their order
   * @throws DomainError INSUFFICIENT_FUNDS (422) when an owner's account would go below zero, BALANCE_TOO_LARGE (422)
   *   when one would hold more than 64 bits do, WALLET_FROZEN (409) when reconciliation has frozen an owner whose account
   *   a journal touches
   */
  async postAll(tx: Tx, journals: readonly NewJournal[]): Promise<Posting[]> {
    if (journals.length === 0) return [];
    try {
      return await tx.query<Posting[]>(POST, this.parametersOf(journals));
    } catch (error) {
      throw refusalOf(error, journals) ?? error;
    }
  }

  private async transfer(tx: Tx, journal: NewJournal, from: LedgerEntry, to: LedgerEntry): Promise<Posting> {
    const id = this.ids.next();
    const shard = houseShardOf(from.account.ownerId ?? to.account.ownerId ?? '0');
    const sideOf = ({ account: { ownerId, kind } }: LedgerEntry) => [ownerId, ownerId ? 0 : shard, kind];
    try {
      const [{ id: journalId }] = await tx.query<[{ id: string }]>(TRANSFER, [
        id,
        journal.kind,
        journal.reference,
        journal.memo ?? null,
        journal.reversesId ?? null,
        uuidV7Time(id),
        ...sideOf(from),
        ...sideOf(to),
        to.amount.currency,
        to.amount.minor.toString(),
      ]);
      return { journalId, posted: journalId === id };
    } catch (error) {
      throw refusalOf(error, [journal]) ?? error;
    }
  }

  private parametersOf(journals: readonly NewJournal[]): unknown[] {
    const ids = journals.map(() => this.ids.next());
    const entries = journals.flatMap((journal, index) =>
      journal.entries.map(({ account, amount }) => ({ journal: index + 1, account, amount })),
    );
    // One house account faces them all: who posts others meanwhile has the other ones.
    const shard = houseShardOf(entries.find(({ account }) => account.ownerId)?.account.ownerId ?? '0');
    return [
      ids,
      journals.map(({ kind }) => kind),
      journals.map(({ reference }) => reference),
      journals.map(({ memo }) => memo ?? null),
      journals.map(({ reversesId }) => reversesId ?? null),
      // The id's own time, so that ranges of time are ranges of ids.
      ids.map(uuidV7Time),
      entries.map(({ journal }) => journal),
      entries.map(({ account }) => account.ownerId),
      entries.map(({ account }) => (account.ownerId === null ? shard : 0)),
      entries.map(({ account }) => account.kind),
      entries.map(({ amount }) => amount.currency),
      entries.map(({ amount }) => amount.minor.toString()),
    ];
  }

  /** Credits an owner, as {@link creditAll} does. */
  async credit(tx: Tx, credit: Credit): Promise<Posting> {
    const [posting] = await this.creditAll(tx, [credit]);
    return posting!;
  }

  /**
   * Credits what the house owes to owners' available balances, each once per `(kind, reference)`.
   * @param credits amounts above zero
   */
  async creditAll(tx: Tx, credits: readonly Credit[]): Promise<Posting[]> {
    if (credits.some(({ amount }) => amount.isZero() || amount.isNegative()))
      throw new Error('Only an amount above zero can be credited');
    const journals = credits.map(({ ownerId, amount, ...journal }): NewJournal => ({
      ...journal,
      entries: [
        { account: { ownerId: null, kind: 'commission_expense' }, amount: amount.negate() },
        { account: { ownerId, kind: 'available' }, amount },
      ],
    }));
    const [only] = journals;
    return only && journals.length === 1 ? [await this.post(tx, only)] : this.postAll(tx, journals);
  }

  /**
   * Takes a posted journal back by a new one with its entries negated; a journal is taken back once.
   * @throws DomainError INSUFFICIENT_FUNDS (422) when the money is no longer there
   */
  async reverse(tx: Tx, { reverses, mayOverdraw = false, ...journal }: Reversal): Promise<Posting> {
    const rows = await tx.query<EntryRow[]>(
      `SELECT e.journal_id, a.owner_id, a.kind, a.currency, e.amount_minor
         FROM ledger_journals j
         JOIN ledger_entries e ON e.journal_id = j.id
         JOIN ledger_accounts a ON a.id = e.account_id
        WHERE j.kind = $1 AND j.reference = $2`,
      [reverses.kind, reverses.reference],
    );
    const reversesId = rows[0]?.journal_id;
    if (!reversesId)
      throw new Error(`There is no ${reverses.kind} journal for ${reverses.reference} to reverse`);
    const entries = rows.map((row) => ({
      account: { ownerId: row.owner_id, kind: row.kind } as AccountName,
      amount: Money.of(-BigInt(row.amount_minor), row.currency),
    }));
    const debited = entries.flatMap(({ account: { ownerId }, amount }) =>
      ownerId !== null && amount.isNegative() ? { ownerId, currency: amount.currency } : [],
    );
    if (mayOverdraw) await allowOverdrawing(tx, debited);
    const posting = await this.post(tx, { ...journal, reversesId, entries });
    if (mayOverdraw) await forbidOverdrawing(tx);
    return posting;
  }
}

/** Whether the two are sides of one movement; what is not goes to the list's function, which refuses it. */
function isTransfer(from: LedgerEntry, to: LedgerEntry): boolean {
  return from.amount.currency === to.amount.currency && from.amount.minor === -to.amount.minor;
}

/** What the database's refusal means, or undefined when it is none of the ledger's rules. */
function refusalOf(error: unknown, journals: readonly NewJournal[]): DomainError | undefined {
  const state = sqlState(error);
  if (state === OUT_OF_RANGE) return balanceTooLarge(currenciesOf(journals));
  if (state !== CHECK_VIOLATION) return undefined;
  const { constraint } = (error as { driverError: { constraint?: string } }).driverError;
  if (constraint === NOT_NEGATIVE) return insufficientFunds(overdrawnCurrency(journals));
  if (constraint === NOT_FROZEN) return walletFrozen();
  return undefined;
}

function currenciesOf(journals: readonly NewJournal[]): string[] {
  return [...new Set(journals.flatMap(({ entries }) => entries.map(({ amount }) => amount.currency)))];
}

function overdrawnCurrency(journals: readonly NewJournal[]): string {
  const entries = journals.flatMap((journal) => journal.entries);
  return entries.find(({ account, amount }) => account.ownerId && amount.isNegative())?.amount.currency ?? '';
}
