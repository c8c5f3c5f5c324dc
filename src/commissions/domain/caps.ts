import { currencyExponent } from '../../platform/money/currencies.js';
import { decimalText } from './exact.js';
import type { AmountCapTaken, Line } from './line.js';

/**
 * Brings the lines of one strategy down to the cap, if together they are above it: all in the same proportion, so
 * that no promo is better off for its name. What rounding down leaves goes, one minor unit each, to the lines that
 * lost the largest fractions; of equal ones to those that come first.
 * @param lines in their order, which does not depend on how the facts came
 * @returns lines that add up to `min(cap, sum of the lines)` exactly, each saying what was taken
 */
export function capAmount(
  lines: readonly Line[],
  capMinor: bigint | undefined,
  currency: string,
): readonly Line[] {
  const totalMinor = lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  if (capMinor === undefined || totalMinor <= capMinor) return lines;
  const exponent = currencyExponent(currency);
  const text = (minor: bigint): string => decimalText(minor, exponent, exponent);
  const shares = shareOut(
    lines.map(({ amountMinor }) => amountMinor),
    totalMinor,
    capMinor,
  );
  return lines.map((line, index) => {
    const amountMinor = shares[index]!;
    const amountCap: AmountCapTaken = {
      cap: text(capMinor),
      uncappedTotal: text(totalMinor),
      uncapped: text(line.amountMinor),
      took: text(line.amountMinor - amountMinor),
    };
    return { ...line, amountMinor, explanation: { ...line.explanation, amountCap } };
  });
}

/** Splits `whole` in proportion to the weights by the largest remainders; `0 ≤ whole < total = Σ weights`. */
function shareOut(weights: readonly bigint[], total: bigint, whole: bigint): bigint[] {
  const parts = weights.map((weight, index) => {
    const share = floorDivide(weight * whole, total);
    return { index, share, remainder: weight * whole - share * total };
  });
  const left = whole - parts.reduce((sum, { share }) => sum + share, 0n);
  const byRemainder = [...parts].sort((a, b) => {
    if (a.remainder === b.remainder) return a.index - b.index;
    return a.remainder > b.remainder ? -1 : 1;
  });
  const raised = new Set(byRemainder.slice(0, Number(left)).map(({ index }) => index));
  return parts.map(({ index, share }) => (raised.has(index) ? share + 1n : share));
}

function floorDivide(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  return numerator < 0n && quotient * denominator !== numerator ? quotient - 1n : quotient;
}
