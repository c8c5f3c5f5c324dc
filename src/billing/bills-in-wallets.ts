import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Wallets } from '../wallet/index.js';

/** Amounts of open bills in the currency in which they will be credited; `$1` is the partner. */
const OPEN_BILLS = `
  SELECT coalesce(payout.currency, bill.currency) AS currency,
         CASE bill.state WHEN 'on_hold' THEN 'onHold' ELSE 'pending' END AS kind,
         sum(coalesce(payout.payable_minor, bill.payable_minor))::text AS minor
    FROM bills AS bill
    LEFT JOIN bill_payouts AS payout ON payout.bill_id = bill.id
   WHERE bill.partner_id = $1 AND bill.state IN ('pending', 'on_hold')
   GROUP BY 1, 2`;

/** Shows beside balances what bills will bring. */
@Injectable()
export class BillsInWallets implements OnModuleInit {
  constructor(private readonly wallets: Wallets) {}

  onModuleInit(): void {
    this.wallets.showBeside(OPEN_BILLS);
  }
}
