import { invalidField } from '../errors/domain-error.js';

/** What a decimal may be. */
interface DecimalForm {
  /** At most so many after the point. */
  readonly decimals: number;
  /** At most so many digits before it. */
  readonly wholeDigits: number;
  /** What has these decimals, for the refusal. */
  readonly name: string;
  readonly example: string;
}

/**
 * Reads a client's decimal, plain ASCII digits without sign or exponent, as a whole number of its last decimal.
 * @param path of the field, for the refusal
 * @throws DomainError INVALID_AMOUNT (422)
 */
export function readDecimal(text: string, path: string, form: DecimalForm): bigint {
  const { decimals, wholeDigits, name, example } = form;
  const refuse = (message: string) => invalidField(path, message, 'INVALID_AMOUNT');
  const match = /^(0|[1-9][0-9]{0,29})(?:\.([0-9]{1,30}))?$/.exec(text);
  if (!match) throw refuse(`must be a plain decimal string such as '${example}', without sign or exponent`);
  const [, whole, fraction = ''] = match;
  if (fraction.length > decimals) throw refuse(`${name} has at most ${decimals} decimals`);
  if (whole!.length > wholeDigits) throw refuse('is too large');
  return BigInt(whole! + fraction.padEnd(decimals, '0'));
}
