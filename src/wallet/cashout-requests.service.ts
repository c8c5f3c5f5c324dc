import { Injectable } from '@nestjs/common';
import { Ids, Money, type Tx, uuidV7Time } from '../platform/index.js';
import { type Cashout, CashoutHistory } from './cashout-history.service.js';
import { CashoutNews } from './cashout-news.service.js';
import { ownerTransfer } from './domain/accounts.js';
import { methodTakesCurrency } from './domain/account-currencies.js';
import { assertWithinLimits, type WithdrawalLimits } from './domain/withdrawal-limits.js';
import { Ledger } from './ledger.service.js';
import { PaymentMethodTypes } from './payment-method-types.service.js';
import { type Owner, PaymentMethods } from './payment-methods.service.js';
import { currencyNotSupported, paymentMethodTypeDisabled } from './wallet.errors.js';

/** What an owner asks to be paid. */
export interface CashoutRequest {
  currency: string;
  /** Decimal string in major units. */
  amount: string;
  paymentMethodId: string;
}

/** Asking for money (rule 4.3, A27). */
@Injectable()
export class CashoutRequests {
  constructor(
    private readonly ledger: Ledger,
    private readonly methods: PaymentMethods,
    private readonly types: PaymentMethodTypes,
    private readonly history: CashoutHistory,
    private readonly news: CashoutNews,
    private readonly ids: Ids,
  ) {}

  /**
   * Requests a cash-out: the amount goes from available to processing.
   * @throws DomainError NOT_FOUND (payment method), INVALID_AMOUNT, INVALID_CURRENCY, PAYMENT_METHOD_TYPE_DISABLED,
   *   CURRENCY_NOT_SUPPORTED, AMOUNT_OUTSIDE_LIMITS, INSUFFICIENT_FUNDS (all 422), PARTNER_ERASED (409)
   */
  async request(tx: Tx, { ownerId, actor }: Owner, request: CashoutRequest): Promise<Cashout> {
    const amount = Money.parse(request.amount, request.currency);
    assertWithinLimits(amount, await this.limitsOf(tx, ownerId, request.paymentMethodId, amount.currency));
    const id = this.ids.next();
    await this.ledger.post(tx, {
      kind: 'cashout_request',
      reference: id,
      entries: ownerTransfer(ownerId, amount, 'available', 'processing'),
    });
    await tx.query(
      `INSERT INTO cashouts (id, owner_id, payment_method_id, currency, amount_minor, state, requested_by, created_at)
       VALUES ($1, $2, $3, $4, $5, 'pending', $6, $7)`,
      [
        id,
        ownerId,
        request.paymentMethodId,
        amount.currency,
        amount.minor.toString(),
        actor.userId,
        uuidV7Time(id),
      ],
    );
    const cashout = await this.history.get(tx, id);
    await this.news.requested(tx, cashout, actor);
    return cashout;
  }

  /**
   * What the method takes of the currency at once; neither it nor its owner can be erased until the transaction ends.
   * @throws DomainError NOT_FOUND (payment method), PAYMENT_METHOD_TYPE_DISABLED, CURRENCY_NOT_SUPPORTED (422),
   *   PARTNER_ERASED (409)
   */
  async limitsOf(tx: Tx, ownerId: string, methodId: string, currency: string): Promise<WithdrawalLimits> {
    const method = await this.methods.hold(tx, ownerId, methodId);
    const type = await this.types.get(tx, method.typeCode);
    if (!type.enabled) throw paymentMethodTypeDisabled('paymentMethodId');
    const fields = this.methods.open(method);
    const taken = type.limits.filter(({ minimum }) =>
      methodTakesCurrency(method.typeCode, fields, minimum.currency),
    );
    const limits = taken.find(({ minimum }) => minimum.currency === currency);
    if (!limits) {
      const supported = taken.map(({ minimum }) => minimum.currency);
      throw currencyNotSupported(currency, supported);
    }
    return limits;
  }
}
