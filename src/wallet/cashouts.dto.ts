import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsString, IsUUID, Length, MaxLength } from 'class-validator';
import { MayBeAbsent, MoneyDto, PageQuery } from '../platform/index.js';
import type { Cashout } from './cashout-history.service.js';
import { CASHOUT_STATES } from './domain/cashout-state.js';
import type { CashoutState } from './domain/cashout-state.js';
import { PAYMENT_METHOD_TYPES } from './domain/payment-method-fields.js';
import type { PaymentMethodTypeCode } from './domain/payment-method-fields.js';

export class RequestCashoutDto {
  /**
   * Currency of the balance to withdraw from.
   * @example "EUR"
   */
  @Length(3, 5)
  @IsString()
  currency: string;

  /**
   * Decimal string in major units, within the limits of the payment method's type.
   * @example "125.50"
   */
  @MaxLength(40)
  @IsString()
  amount: string;

  /** One of your payment methods. */
  @IsUUID()
  paymentMethodId: string;
}

/** An operator's decision. */
export class DecideCashoutDto {
  /**
   * Shown to the partner.
   * @example "The bank returned the transfer."
   */
  @MayBeAbsent()
  @Length(1, 1000)
  @IsString()
  comment?: string;
}

/** Filters of the cash-out list. */
export class CashoutsQuery extends PageQuery {
  @ApiProperty({ enum: CASHOUT_STATES, required: false, description: 'Only cash-outs in this state.' })
  @MayBeAbsent()
  @IsIn(CASHOUT_STATES)
  state?: CashoutState;

  /**
   * Only cash-outs in this currency.
   * @example "EUR"
   */
  @MayBeAbsent()
  @Length(3, 5)
  @IsString()
  currency?: string;
}

/** Filters of the operators' cash-out list. */
export class OperatorCashoutsQuery extends CashoutsQuery {
  /** Only cash-outs of this partner. */
  @MayBeAbsent()
  @IsUUID()
  partnerId?: string;
}

/** Where a cash-out is paid to, masked. */
export class CashoutMethodDto {
  id: string;
  @ApiProperty({ enum: PAYMENT_METHOD_TYPES })
  type: PaymentMethodTypeCode;
  /**
   * The payment system.
   * @example "Bank transfer"
   */
  title: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { email: 'a****@example.com' },
  })
  fields: Record<string, string>;
}

/** The payment that a refund gave back. */
export class OriginalPaymentDto {
  cashoutId: string;
  acceptedAt: Date;
}

/** A request to be paid, and what became of it. */
export class CashoutDto {
  id: string;
  amount: MoneyDto;
  @ApiProperty({ enum: CASHOUT_STATES })
  state: CashoutState;
  paymentMethod: CashoutMethodDto;
  comment: string | null;
  createdAt: Date;
  /** When the payment was accepted. */
  acceptedAt: Date | null;
  /** When it was accepted, cancelled or refunded last; null while pending. */
  finishedAt: Date | null;
  /** The payment that a refund gave back. */
  originalPayment: OriginalPaymentDto | null;
}

export class CashoutPage {
  items: CashoutDto[];
  nextCursor: string | null;
}

/** A cash-out as operators see it. */
export class OperatorCashoutDto extends CashoutDto {
  partnerId: string;
}

export class OperatorCashoutPage {
  items: OperatorCashoutDto[];
  nextCursor: string | null;
}

export function toCashoutDto({ ownerId: _ownerId, amount, ...cashout }: Cashout): CashoutDto {
  return { ...cashout, amount: amount.toJSON() };
}

export function toOperatorCashoutDto(cashout: Cashout): OperatorCashoutDto {
  return { ...toCashoutDto(cashout), partnerId: cashout.ownerId };
}
