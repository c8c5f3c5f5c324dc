import { IsString, Length, MaxLength } from 'class-validator';

/** What is no string is too long as well, so both say the same. */
const DECIMAL = { message: '$property must be a decimal string such as "125.50"' };

/** An amount with its currency. */
export class MoneyDto {
  /**
   * Decimal string in major units, with at most the currency's decimals.
   * @example "125.50"
   */
  @IsString(DECIMAL)
  @MaxLength(40, DECIMAL)
  amount: string;

  /**
   * ISO 4217 code or coin code.
   * @example "EUR"
   */
  @IsString()
  @Length(3, 5)
  currency: string;
}
