import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type ErasureObstacle, type HeldTable, PersonalData } from '../identity/index.js';
import { Money, readRows, type Tx } from '../platform/index.js';
import { type SealedMethod, PaymentMethods } from './payment-methods.service.js';
import { Wallets } from './wallets.service.js';

const ACCOUNTS = 'entries of the ledger are never changed: they name the wallet by its owner’s id only';

const TABLES: readonly HeldTable[] = [
  { table: 'ledger_accounts', file: 'balances', onErasure: 'kept', keptBecause: ACCOUNTS },
  { table: 'ledger_journals', file: 'transactions', onErasure: 'kept', keptBecause: ACCOUNTS },
  { table: 'ledger_entries', file: 'transactions', onErasure: 'kept', keptBecause: ACCOUNTS },
  { table: 'payment_methods', file: 'payment-methods', onErasure: 'anonymised' },
  {
    table: 'cashouts',
    file: 'cashouts',
    onErasure: 'kept',
    keptBecause: 'payments that were made or refused are part of the accounts',
  },
  {
    table: 'cashout_refunds',
    file: 'cashouts',
    onErasure: 'kept',
    keptBecause: 'payments that came back are part of the accounts',
  },
  {
    table: 'balance_corrections',
    file: 'balance-corrections',
    onErasure: 'kept',
    keptBecause: 'tells why the accounts were corrected, by their owner’s id',
  },
  {
    table: 'payout_lines',
    file: 'payout-lines',
    onErasure: 'kept',
    keptBecause: 'tells how a cash-out was paid, which is part of the accounts',
  },
  {
    table: 'payout_batches',
    file: null,
    because: 'its file holds payments to others too; one’s own are in payout-lines',
    onErasure: 'anonymised',
  },
  {
    table: 'wallet_freezes',
    file: 'wallet-freezes',
    onErasure: 'kept',
    keptBecause: 'tells which wallet was frozen, by its owner’s id',
  },
  {
    table: 'cashout_schedules',
    file: 'cashout-schedules',
    onErasure: 'kept',
    keptBecause: 'tells, under ids, by what order payments were requested; it requests no more',
  },
  {
    table: 'cashout_schedule_runs',
    file: 'cashout-schedule-runs',
    onErasure: 'kept',
    keptBecause: 'tells, under ids, why payments were requested or not',
  },
];

const TRANSACTIONS = `
  SELECT j.id, j.kind, j.reference, j.memo, a.kind AS account, a.currency, e.amount_minor, e.balance_after_minor,
         j.created_at AS "createdAt"
    FROM ledger_accounts a JOIN ledger_entries e ON e.account_id = a.id JOIN ledger_journals j ON j.id = e.journal_id
   WHERE a.owner_id = $1 ORDER BY j.id, a.kind`;

const CASHOUTS = `
  SELECT id, state, amount_minor, currency, payment_method_id AS "paymentMethodId", comment,
         requested_by AS "requestedBy", created_at AS "createdAt", accepted_at AS "acceptedAt",
         finished_at AS "finishedAt", refunded_minor
    FROM cashouts WHERE owner_id = $1 ORDER BY id`;

const CORRECTIONS = `
  SELECT id, state, amount_minor, currency, comment, created_at AS "createdAt", decided_at AS "decidedAt",
         decision_comment AS "decisionComment"
    FROM balance_corrections WHERE owner_id = $1 ORDER BY id`;

const PAYOUT_LINES = `
  SELECT l.id, l.cashout_id AS "cashoutId", l.state, l.reason, l.changed_at AS "changedAt"
    FROM payout_lines l JOIN cashouts c ON c.id = l.cashout_id WHERE c.owner_id = $1 ORDER BY l.id`;

/** Files hold accounts in full. */
const WIPE_PAYOUT_FILES = `
  UPDATE payout_batches SET sealed_file = NULL
   WHERE sealed_file IS NOT NULL
     AND id IN (SELECT l.batch_id FROM payout_lines l JOIN cashouts c ON c.id = l.cashout_id WHERE c.owner_id = $1)`;

const METHODS = `
  SELECT id, type_code AS "typeCode", sealed_fields AS "sealedFields", created_at AS "createdAt",
         deleted_at AS "deletedAt"
    FROM payment_methods WHERE owner_id = $1 ORDER BY id`;

const FREEZES = `
  SELECT frozen_at AS "frozenAt", reason, lifted_at AS "liftedAt" FROM wallet_freezes WHERE owner_id = $1`;

const SCHEDULES = `
  SELECT id, payment_method_id AS "paymentMethodId", currency, minimum_minor AS "minimumMinor",
         maximum_minor AS "maximumMinor", frequency, weekdays, dates, time_of_day AS time, time_zone AS "timeZone", state,
         suspended_because AS "suspendedBecause", authorised_by AS "runsInNameOf", created_at AS "createdAt",
         updated_at AS "updatedAt"
    FROM cashout_schedules WHERE owner_id = $1 ORDER BY id`;

const STOP_SCHEDULES = `
  UPDATE cashout_schedules
     SET state = 'deleted', suspended_because = NULL, next_date = NULL, next_at = NULL, look_at = NULL
   WHERE owner_id = $1`;

const SCHEDULE_RUNS = `
  SELECT id, schedule_id AS "scheduleId", local_date::text AS date, due_at AS "dueAt", ran_at AS "ranAt", outcome,
         cashout_id AS "cashoutId", available_minor AS "availableMinor", currency, reason_code AS "reasonCode", reason
    FROM cashout_schedule_runs WHERE owner_id = $1 ORDER BY id`;

/** Money and where it is paid to. An owner's copy shows its accounts in full: they are its own data. */
@Injectable()
export class WalletPersonalData implements OnModuleInit {
  constructor(
    private readonly personalData: PersonalData,
    private readonly wallets: Wallets,
    private readonly methods: PaymentMethods,
  ) {}

  onModuleInit(): void {
    this.personalData.register({
      room: 'wallet',
      tables: TABLES,
      files: {
        balances: (tx, ownerId) => this.balances(tx, ownerId),
        transactions: (tx, ownerId) => transactions(tx, ownerId),
        cashouts: (tx, ownerId) => cashouts(tx, ownerId),
        'balance-corrections': (tx, ownerId) => corrections(tx, ownerId),
        'payment-methods': (tx, ownerId) => this.paymentMethods(tx, ownerId),
        'payout-lines': (tx, ownerId) => readRows(tx, PAYOUT_LINES, [ownerId]),
        'wallet-freezes': (tx, ownerId) => readRows(tx, FREEZES, [ownerId]),
        'cashout-schedules': (tx, ownerId) => readRows(tx, SCHEDULES, [ownerId]),
        'cashout-schedule-runs': (tx, ownerId) => readRows(tx, SCHEDULE_RUNS, [ownerId]),
      },
      obstacles: (tx, ownerId) => this.obstacles(tx, ownerId),
      // What was paid stays; where it was paid to is gone.
      erase: async (tx, ownerId) => {
        await this.methods.wipe(tx, ownerId);
        await tx.query(STOP_SCHEDULES, [ownerId]);
        await tx.query(WIPE_PAYOUT_FILES, [ownerId]);
        return 'done';
      },
    });
  }

  private async *balances(tx: Tx, ownerId: string): AsyncGenerator<object> {
    for (const { currency, available, processing, paid } of await this.wallets.balances(tx, ownerId)) {
      yield { currency, available: available.toJSON(), processing: processing.toJSON(), paid: paid.toJSON() };
    }
  }

  private async *paymentMethods(tx: Tx, ownerId: string): AsyncGenerator<object> {
    type Row = SealedMethod & { createdAt: Date; deletedAt: Date | null };
    for await (const row of readRows<Row>(tx, METHODS, [ownerId])) {
      const { id, typeCode, createdAt, deletedAt } = row;
      yield { id, type: typeCode, fields: this.methods.open(row), createdAt, deletedAt };
    }
  }

  private async obstacles(tx: Tx, ownerId: string): Promise<ErasureObstacle[]> {
    const [frozen] = await tx.query<unknown[]>(
      'SELECT owner_id FROM wallet_freezes WHERE owner_id = $1 AND lifted_at IS NULL',
      [ownerId],
    );
    const [correction] = await tx.query<unknown[]>(
      `SELECT id FROM balance_corrections WHERE owner_id = $1 AND state = 'pending' LIMIT 1`,
      [ownerId],
    );
    const balances = await this.wallets.balances(tx, ownerId);
    return [
      ...(frozen ? [FROZEN] : []),
      ...(correction ? [OPEN_CORRECTION] : []),
      ...balances.flatMap(({ available, processing }) => [
        ...(processing.isZero()
          ? []
          : [inTheWay('OPEN_CASHOUTS', `${shown(processing)} is being paid out`, false)]),
        ...(available.isNegative()
          ? [inTheWay('NEGATIVE_BALANCE', `${shown(available.negate())} is owed to the program`, false)]
          : []),
        ...(available.isZero() || available.isNegative()
          ? []
          : [inTheWay('AVAILABLE_BALANCE', `${shown(available)} has not been withdrawn`, true)]),
      ]),
    ];
  }
}

const FROZEN = {
  code: 'WALLET_FROZEN',
  message: 'The wallet is frozen until an operator has looked into it.',
  waivable: false,
};

const OPEN_CORRECTION = {
  code: 'OPEN_CORRECTIONS',
  message: 'A correction of the balance waits for its second operator.',
  waivable: false,
};

function inTheWay(code: string, fact: string, waivable: boolean): ErasureObstacle {
  return { code, message: `${fact}.`, waivable };
}

function shown(amount: Money): string {
  return `${amount.toString()} ${amount.currency}`;
}

interface Amount {
  amount_minor: string;
  currency: string;
}

async function* transactions(tx: Tx, ownerId: string): AsyncGenerator<object> {
  type Row = Amount & { balance_after_minor: string };
  for await (const { amount_minor, balance_after_minor, currency, ...row } of readRows<Row>(
    tx,
    TRANSACTIONS,
    [ownerId],
  )) {
    yield {
      ...row,
      amount: Money.of(BigInt(amount_minor), currency).toJSON(),
      balanceAfter: Money.of(BigInt(balance_after_minor), currency).toJSON(),
    };
  }
}

async function* cashouts(tx: Tx, ownerId: string): AsyncGenerator<object> {
  type Row = Amount & { refunded_minor: string };
  for await (const { amount_minor, refunded_minor, currency, ...row } of readRows<Row>(tx, CASHOUTS, [
    ownerId,
  ])) {
    yield {
      ...row,
      amount: Money.of(BigInt(amount_minor), currency).toJSON(),
      refunded: Money.of(BigInt(refunded_minor), currency).toJSON(),
    };
  }
}

async function* corrections(tx: Tx, ownerId: string): AsyncGenerator<object> {
  for await (const { amount_minor, currency, ...row } of readRows<Amount>(tx, CORRECTIONS, [ownerId])) {
    yield { ...row, amount: Money.of(BigInt(amount_minor), currency).toJSON() };
  }
}
