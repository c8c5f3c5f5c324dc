export { divideHalfEven } from '../../platform/money/divide-half-even.js';

/**
 * The decimal text of `units / 10^digits`, with at least `minDigits` decimals and otherwise no trailing zeros:
 * `decimalText(1234500n, 5, 2)` is `"12.345"`.
 */
export function decimalText(units: bigint, digits: number, minDigits = 0): string {
  const sign = units < 0n ? '-' : '';
  const text = (units < 0n ? -units : units).toString().padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  let fraction = digits === 0 ? '' : text.slice(text.length - digits);
  while (fraction.length > minDigits && fraction.endsWith('0')) fraction = fraction.slice(0, -1);
  return fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`;
}

/** A rate in basis points as per cent text: 2550 is `"25.5%"`. */
export function percentText(rateBps: number | bigint): string {
  return `${decimalText(BigInt(rateBps), 2)}%`;
}
