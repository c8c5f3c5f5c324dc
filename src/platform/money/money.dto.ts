import { IsString, Length, MaxLength } from 'class-validator';

/** An amount with its currency. */
export class MoneyDto {
  /**
   * Decimal string in major units, with at most the currency's decimals.
   * @example "125.50"
   */
  @IsString({ message: '$property must be a decimal string such as "125.50"' })
  @MaxLength(40)
  amount: string;

  /**
   * ISO 4217 code or coin code.
   * @example "EUR"
   */
  @IsString()
  @Length(3, 5)
  currency: string;
}
