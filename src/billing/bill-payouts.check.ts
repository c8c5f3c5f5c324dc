import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { currencyExponent, Money, type Tx } from '../platform/index.js';
import { type Mismatch, Reconciliation } from '../wallet/index.js';
import { convertMoney } from './exchange-rates/domain/convert.js';

interface PayoutMismatchRow {
  id: string;
  partner_id: string;
  fiat: string;
  payable_minor: string;
  coin: string;
  payout_minor: string;
  fiat_per_euro: string;
  coin_per_euro: string;
}

const CURRENCIES = `
  SELECT DISTINCT currency FROM bill_payouts
   UNION SELECT bill.currency FROM bills AS bill JOIN bill_payouts ON bill_id = bill.id`;

/** More than half a minor unit away from the exact amount, in whole numbers. */
const MISMATCHES = `
  SELECT bill.id, bill.partner_id, bill.currency AS fiat, bill.payable_minor, payout.currency AS coin,
         payout.payable_minor AS payout_minor, fiat_per_euro::text AS fiat_per_euro, coin_per_euro::text AS coin_per_euro
    FROM bill_payouts AS payout
    JOIN bills AS bill ON bill.id = payout.bill_id
    JOIN json_to_recordset($1) AS fiat (currency text, units numeric) ON fiat.currency = bill.currency
    JOIN json_to_recordset($1) AS coin (currency text, units numeric) ON coin.currency = payout.currency
   WHERE 2 * abs(payout.payable_minor * fiat.units * fiat_per_euro - bill.payable_minor * coin.units * coin_per_euro)
         > fiat.units * fiat_per_euro
   ORDER BY bill.id`;

/** Tells reconciliation of bills whose coin amounts are not what they pay at their rate (rules 1.6, 3.7). */
@Injectable()
export class BillPayoutsCheck implements OnModuleInit {
  constructor(private readonly reconciliation: Reconciliation) {}

  onModuleInit(): void {
    this.reconciliation.register('payouts_are_bills_at_their_rate', (db) => this.findMismatches(db));
  }

  private async findMismatches(db: Tx | DataSource): Promise<Omit<Mismatch, 'check'>[]> {
    const currencies = await db.query<{ currency: string }[]>(CURRENCIES);
    const units = currencies.map(({ currency }) => ({
      currency,
      units: (10n ** BigInt(currencyExponent(currency))).toString(),
    }));
    const rows = await db.query<PayoutMismatchRow[]>(MISMATCHES, [JSON.stringify(units)]);
    return rows.map((row) => ({
      subjectId: row.id,
      ownerId: row.partner_id,
      expected: convertMoney(
        Money.of(BigInt(row.payable_minor), row.fiat),
        { fromPerEuro: row.fiat_per_euro, toPerEuro: row.coin_per_euro },
        row.coin,
      ),
      actual: Money.of(BigInt(row.payout_minor), row.coin),
    }));
  }
}
