import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Jobs } from '../platform/index.js';
import { BillPayouts } from './bill-payouts.service.js';
import { RATES_CHANGED_JOB } from './exchange-rates/rate-book.js';

/** Lets bills that wait for a rate look whether a new one is theirs. */
@Injectable()
export class BillPayoutsJob implements OnModuleInit {
  constructor(
    private readonly payouts: BillPayouts,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(RATES_CHANGED_JOB, () => this.payouts.fixWaiting());
  }
}
