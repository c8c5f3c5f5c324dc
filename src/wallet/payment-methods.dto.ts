import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsString,
  Length,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { IsLabel, MayBeAbsent, MoneyDto } from '../platform/index.js';
import { FIELD_SCHEMAS } from './domain/payment-method-schemas.js';
import { FIELD_FORMS, PAYMENT_METHOD_TYPES } from './domain/payment-method-types.js';
import type { PaymentMethodTypeCode } from './domain/payment-method-types.js';
import type { PaymentMethodType, PaymentMethodTypeChanges } from './payment-method-types.service.js';
import type { PaymentMethod } from './payment-method.entity.js';
import type { MaskedMethod } from './payment-methods.service.js';

/** One field to be filled in for a payment method. */
export class PaymentMethodFieldDto {
  /** @example "iban" */
  name: string;
  /** @example "IBAN" */
  title: string;
  description: string;
  /** What to show for it: a line of text, several lines, an e-mail address, or a list to choose from. */
  @ApiProperty({ enum: FIELD_FORMS })
  form: (typeof FIELD_FORMS)[number];
  /**
   * A value that is taken.
   * @example "DE89 3704 0044 0532 0130 00"
   */
  example: string;
  maxLength: number;
  /** The only values allowed; null where any will do. */
  choices: string[] | null;
}

/** What is paid at once in one currency. */
export class PaymentMethodLimitDto {
  /** @example "EUR" */
  currency: string;
  minimum: MoneyDto;
  maximum: MoneyDto;
}

/** A kind of account that cash-outs are paid to. */
export class PaymentMethodTypeDto {
  @ApiProperty({ enum: PAYMENT_METHOD_TYPES })
  code: PaymentMethodTypeCode;
  /** @example "Bank transfer" */
  title: string;
  /** Whether it is offered. */
  enabled: boolean;
  /** All of them are required. */
  fields: PaymentMethodFieldDto[];
  /** One per currency that it pays in. */
  limits: PaymentMethodLimitDto[];
}

export class PaymentMethodTypeList {
  items: PaymentMethodTypeDto[];
  nextCursor: string | null;
}

export class LimitChangeDto {
  /**
   * ISO 4217 code or coin code.
   * @example "EUR"
   */
  @IsString()
  @Length(3, 5)
  currency: string;

  /**
   * Least amount of a cash-out, above zero.
   * @example "10.00"
   */
  @IsString()
  @MaxLength(40)
  minimum: string;

  /**
   * Largest amount of a cash-out.
   * @example "5000.00"
   */
  @IsString()
  @MaxLength(40)
  maximum: string;
}

/** Changes to a payment method type; what is left out stays. */
export class UpdatePaymentMethodTypeDto implements PaymentMethodTypeChanges {
  /** @example "Bank transfer (SEPA)" */
  @MayBeAbsent()
  @IsLabel(100)
  title?: string;

  /** Whether the type is offered; existing methods of a closed one take no new cash-outs. */
  @MayBeAbsent()
  @IsBoolean()
  enabled?: boolean;

  /** Replaces all limits; the type pays in the currencies named here. */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(200)
  @ValidateNested({ each: true })
  @Type(() => LimitChangeDto)
  limits?: LimitChangeDto[];
}

export class AddPaymentMethodDto {
  @ApiProperty({ enum: PAYMENT_METHOD_TYPES })
  @IsIn(PAYMENT_METHOD_TYPES)
  type: PaymentMethodTypeCode;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'The fields that the type lists.',
    example: { holder: 'Ada Lovelace', iban: 'DE89370400440532013000', bic: 'COBADEFFXXX' },
  })
  @IsObject()
  fields: Record<string, unknown>;
}

/** An account that cash-outs are paid to, masked. */
export class PaymentMethodDto {
  id: string;
  @ApiProperty({ enum: PAYMENT_METHOD_TYPES })
  type: PaymentMethodTypeCode;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'Enough of each field to recognise it.',
    example: { holder: 'A**** L****', iban: 'DE****3000', bic: 'COBA****' },
  })
  fields: Record<string, string>;
  createdAt: Date;
}

export class PaymentMethodList {
  items: PaymentMethodDto[];
  nextCursor: string | null;
}

export function toPaymentMethodTypeDto({ limits, ...type }: PaymentMethodType): PaymentMethodTypeDto {
  return {
    ...type,
    fields: FIELD_SCHEMAS[type.code].map(
      ({ name, title, description, form, example, maxLength, choices = null }) => {
        return { name, title, description, form, example, maxLength, choices: choices && [...choices] };
      },
    ),
    limits: limits.map(({ minimum, maximum }) => {
      return { currency: minimum.currency, minimum: minimum.toJSON(), maximum: maximum.toJSON() };
    }),
  };
}

export function toPaymentMethodDto(masked: MaskedMethod, { createdAt }: PaymentMethod): PaymentMethodDto {
  return { ...masked, createdAt };
}
