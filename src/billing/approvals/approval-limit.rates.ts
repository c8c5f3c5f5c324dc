import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ApprovalLimit } from '../../wallet/index.js';
import { convertMoney } from '../exchange-rates/domain/convert.js';
import { ExchangeRates, pairOf } from '../exchange-rates/exchange-rates.service.js';

/** Has the limit above which money takes two operators converted by the exchange rates. */
@Injectable()
export class ApprovalLimitRates implements OnModuleInit {
  constructor(
    private readonly limit: ApprovalLimit,
    private readonly rates: ExchangeRates,
  ) {}

  onModuleInit(): void {
    this.limit.convertBy(async (db, amount, currency, { day, notBy }) => {
      const rate = await this.rates.findNearRateOn(db, day, amount.currency, currency, notBy);
      return rate && convertMoney(amount, pairOf(rate), currency);
    });
  }
}
