import { DomainError, type FieldError, Money } from '../platform/index.js';
import { termsInvalid } from './commissions.errors.js';
import type { CpaCriteriaDto, CpaStrategyDto, SaleStrategyDto } from './counted-strategies.dto.js';
import {
  type CpaCriteria,
  levelFaults,
  type RevshareStrategy,
  type SaleStrategy,
  type Strategy,
  tierFaults,
} from './domain/strategy.js';
import type { RevshareStrategyDto, StrategyDto } from './strategies.dto.js';

/** Reads what a strategy of one currency holds, and remembers what was wrong, and where. */
class TermsReader {
  readonly faults: FieldError[] = [];

  constructor(private readonly currency: string) {}

  amount(path: string, amount: string, { zero = false } = {}): bigint {
    try {
      return (zero ? Money.parseNonNegative(amount, this.currency) : Money.parse(amount, this.currency))
        .minor;
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.faults.push({ path, message: error.details.errors?.[0]?.message ?? error.message });
      return 0n;
    }
  }

  optionalAmount(path: string, amount: string | undefined): bigint | undefined {
    return amount === undefined ? undefined : this.amount(path, amount);
  }
}

/**
 * The strategies as they are calculated with.
 * @throws DomainError VALIDATION_FAILED (422) that names every wrong amount, tier and level
 */
export function readStrategies(strategies: readonly StrategyDto[], currency: string): Strategy[] {
  const reader = new TermsReader(currency);
  const read = strategies.map((strategy, index) => readStrategy(strategy, `strategies.${index}`, reader));
  if (reader.faults.length > 0) throw termsInvalid(reader.faults);
  return read;
}

function readStrategy(strategy: StrategyDto, path: string, reader: TermsReader): Strategy {
  const capAmountMinor = reader.optionalAmount(`${path}.capAmount`, strategy.capAmount);
  switch (strategy.type) {
    case 'cpl': {
      const { type, countries, capCount } = strategy;
      const amountMinor = reader.amount(`${path}.amount`, strategy.amount);
      return { type, amountMinor, countries, capCount, capAmountMinor };
    }
    case 'cpa':
      return { ...readCpa(strategy, path, reader), capAmountMinor };
    case 'sale':
      return { ...readSale(strategy, path, reader), capAmountMinor };
    case 'revshare':
      return { ...readRevshare(strategy, path, reader), capAmountMinor };
    case 'sub_affiliate': {
      const { type, onlyWhenInviterEarned = false } = strategy;
      const levels = strategy.levels.map(({ level, rateBps }) => ({ level, rateBps }));
      reader.faults.push(...levelFaults(levels, `${path}.levels`));
      return { type, levels, onlyWhenInviterEarned, capAmountMinor };
    }
  }
}

function readCpa(
  { type, amount, criteria = {}, capCount }: CpaStrategyDto,
  path: string,
  reader: TermsReader,
): Strategy {
  const at = `${path}.criteria`;
  const { depositsCountAtLeast, withinDays, countries } = criteria;
  const read: CpaCriteria = {
    firstDepositAtLeastMinor: reader.optionalAmount(
      `${at}.firstDepositAtLeast`,
      criteria.firstDepositAtLeast,
    ),
    depositsSumAtLeastMinor: reader.optionalAmount(`${at}.depositsSumAtLeast`, criteria.depositsSumAtLeast),
    depositsCountAtLeast,
    wagerAtLeastMinor: reader.optionalAmount(`${at}.wagerAtLeast`, criteria.wagerAtLeast),
    withinDays,
    countries,
  };
  return { type, amountMinor: reader.amount(`${path}.amount`, amount), criteria: read, capCount };
}

function readSale(
  { type, amount, rateBps, capCount }: SaleStrategyDto,
  path: string,
  reader: TermsReader,
): SaleStrategy {
  if ((amount === undefined) === (rateBps === undefined)) {
    const message = 'give exactly one of amount (per order) and rateBps (share of the order)';
    reader.faults.push({ path: `${path}.amount`, message });
  }
  return { type, amountMinor: reader.optionalAmount(`${path}.amount`, amount), rateBps, capCount };
}

function readRevshare(
  { type, base, tierMode = 'flat', tiers }: RevshareStrategyDto,
  path: string,
  reader: TermsReader,
): RevshareStrategy {
  const known = reader.faults.length;
  const read = tiers.map(({ from, rateBps }, index) => ({
    fromMinor: reader.amount(`${path}.tiers.${index}.from`, from, { zero: true }),
    rateBps,
  }));
  // The order of bounds that could not be read says nothing.
  if (reader.faults.length === known) reader.faults.push(...tierFaults(read, `${path}.tiers`));
  return { type, base, tierMode, tiers: read };
}

/** The strategies as the API shows them: the shape in which they are given. */
export function showStrategies(strategies: readonly Strategy[], currency: string): StrategyDto[] {
  const text = (minor: bigint): string => Money.of(minor, currency).toString();
  const optional = (minor: bigint | undefined): string | undefined =>
    minor === undefined ? undefined : text(minor);
  return strategies.map((strategy): StrategyDto => {
    const capAmount = optional(strategy.capAmountMinor);
    switch (strategy.type) {
      case 'cpl': {
        const { type, amountMinor, countries, capCount } = strategy;
        return {
          type,
          amount: text(amountMinor),
          countries: countries && [...countries],
          capCount,
          capAmount,
        };
      }
      case 'cpa': {
        const { type, amountMinor, capCount } = strategy;
        const criteria = showCriteria(strategy.criteria, optional);
        return { type, amount: text(amountMinor), criteria, capCount, capAmount };
      }
      case 'sale': {
        const { type, amountMinor, rateBps, capCount } = strategy;
        return { type, amount: optional(amountMinor), rateBps, capCount, capAmount };
      }
      case 'revshare': {
        const { type, base, tierMode } = strategy;
        const tiers = strategy.tiers.map(({ fromMinor, rateBps }) => ({ from: text(fromMinor), rateBps }));
        return { type, base, tierMode, tiers, capAmount };
      }
      case 'sub_affiliate': {
        const { type, levels, onlyWhenInviterEarned } = strategy;
        return { type, levels: levels.map((level) => ({ ...level })), onlyWhenInviterEarned, capAmount };
      }
    }
  });
}

function showCriteria(
  { firstDepositAtLeastMinor, depositsSumAtLeastMinor, wagerAtLeastMinor, ...rest }: CpaCriteria,
  optional: (minor: bigint | undefined) => string | undefined,
): CpaCriteriaDto {
  return {
    ...rest,
    countries: rest.countries && [...rest.countries],
    firstDepositAtLeast: optional(firstDepositAtLeastMinor),
    depositsSumAtLeast: optional(depositsSumAtLeastMinor),
    wagerAtLeast: optional(wagerAtLeastMinor),
  };
}
