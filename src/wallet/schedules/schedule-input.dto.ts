import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { IsId, IsTimeZone, MayBeAbsent } from '../../platform/index.js';
import { FREQUENCIES, WEEKDAYS } from '../domain/cashout-schedule.js';
import type { Frequency, Weekday } from '../domain/cashout-schedule.js';

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

/** Days of the week, of a schedule with the frequency `weekdays`. */
function WeekdaysField(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({
      enum: WEEKDAYS,
      enumName: 'Weekday',
      isArray: true,
      required: false,
      description: 'Days of the week, with the frequency `weekdays` only.',
      example: ['wednesday'],
    }),
    MayBeAbsent(),
    IsIn(WEEKDAYS, { each: true }),
    ArrayUnique(),
    IsArray(),
  );
}

/** Days of the month, of a schedule with the frequency `dates`. */
function DatesField(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({
      type: [Number],
      required: false,
      description:
        'Days of the month, with the frequency `dates` only. 29 to 31 fall on the last day of a shorter month, once.',
      example: [],
    }),
    MayBeAbsent(),
    Max(31, { each: true }),
    Min(1, { each: true }),
    IsInt({ each: true }),
    ArrayUnique(),
    ArrayMaxSize(31),
    IsArray(),
  );
}

/** A time of day, `HH:MM`. */
function TimeField({ required }: { required: boolean }): PropertyDecorator {
  return applyDecorators(
    ApiProperty({
      type: String,
      required,
      description:
        'Time of day on the zone’s clocks. One that they show twice counts the first time; one that they skip comes as ' +
        'much later as they skip.',
      example: '09:00',
    }),
    ...(required ? [] : [MayBeAbsent()]),
    Matches(TIME, { message: '$property must be a time of day such as 09:00' }),
    IsString(),
  );
}

/** A bound of what is requested at once. */
function BoundField(meaning: string, example: string): PropertyDecorator {
  return applyDecorators(
    ApiProperty({
      type: String,
      nullable: true,
      required: false,
      description: `${meaning} Decimal string in major units, within the payment method's limits; \`null\` for those limits themselves, as they are then.`,
      example,
    }),
    IsOptional(),
    MaxLength(40),
    IsString(),
  );
}

/** On which days and when a schedule asks for money. */
export class ScheduleTimesDto {
  @ApiProperty({ enum: FREQUENCIES, enumName: 'ScheduleFrequency', example: 'weekdays' })
  @IsIn(FREQUENCIES)
  frequency: Frequency;

  @WeekdaysField()
  weekdays?: Weekday[];

  @DatesField()
  dates?: number[];

  @TimeField({ required: true })
  time: string;

  /**
   * IANA time zone.
   * @example "Europe/Berlin"
   */
  @IsTimeZone()
  timeZone: string;
}

/** A new schedule. */
export class AddCashoutScheduleDto extends ScheduleTimesDto {
  /** One of your payment methods. */
  @IsId()
  paymentMethodId: string;

  /**
   * Currency of the balance to withdraw from.
   * @example "EUR"
   */
  @IsString()
  @Length(3, 5)
  currency: string;

  @BoundField('Nothing is requested while less is available.', '50.00')
  minimum?: string | null;

  @BoundField('At most so much is requested at once.', '10000.00')
  maximum?: string | null;
}

/** What may be changed of a schedule; absent fields stay. */
export class ChangeCashoutScheduleDto {
  /** One of your payment methods. */
  @MayBeAbsent()
  @IsId()
  paymentMethodId?: string;

  /**
   * Currency of the balance to withdraw from.
   * @example "EUR"
   */
  @MayBeAbsent()
  @IsString()
  @Length(3, 5)
  currency?: string;

  @BoundField('Nothing is requested while less is available.', '50.00')
  minimum?: string | null;

  @BoundField('At most so much is requested at once.', '10000.00')
  maximum?: string | null;

  @ApiProperty({ enum: FREQUENCIES, enumName: 'ScheduleFrequency', required: false, example: 'weekdays' })
  @MayBeAbsent()
  @IsIn(FREQUENCIES)
  frequency?: Frequency;

  @WeekdaysField()
  weekdays?: Weekday[];

  @DatesField()
  dates?: number[];

  @TimeField({ required: false })
  time?: string;

  /**
   * IANA time zone.
   * @example "Europe/Berlin"
   */
  @MayBeAbsent()
  @IsTimeZone()
  timeZone?: string;
}
