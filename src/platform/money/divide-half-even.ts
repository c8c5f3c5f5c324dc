/**
 * Exact division of integers with one rounding, half to even (rules §1.2).
 * @param denominator must not be zero
 */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  if (denominator === 0n) throw new RangeError('division by zero');
  const [n, d] = denominator < 0n ? [-numerator, -denominator] : [numerator, denominator];
  const sign = n < 0n ? -1n : 1n;
  const magnitude = n * sign;
  const quotient = magnitude / d;
  const twiceRemainder = (magnitude % d) * 2n;
  const roundsUp = twiceRemainder > d || (twiceRemainder === d && quotient % 2n === 1n);
  return sign * (roundsUp ? quotient + 1n : quotient);
}
