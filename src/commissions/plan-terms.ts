import { DomainError, type FieldError, Money } from '../platform/index.js';
import { termsInvalid } from './commissions.errors.js';
import { type CpaCriteria, type Strategy, tierFaults } from './domain/strategy.js';
import type { CpaCriteriaDto, CpaStrategyDto, RevshareStrategyDto } from './strategies.dto.js';
import type { StrategyDto } from './strategies-field.js';

/** Reads amounts of one currency and remembers what was wrong, and where. */
class AmountReader {
  readonly faults: FieldError[] = [];

  constructor(private readonly currency: string) {}

  read(path: string, amount: string, { zero = false } = {}): bigint {
    try {
      return (zero ? Money.parseNonNegative(amount, this.currency) : Money.parse(amount, this.currency))
        .minor;
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.faults.push({ path, message: error.details.errors?.[0]?.message ?? error.message });
      return 0n;
    }
  }

  readOptional(path: string, amount: string | undefined): bigint | undefined {
    return amount === undefined ? undefined : this.read(path, amount);
  }
}

/**
 * The strategies as they are calculated with.
 * @throws DomainError VALIDATION_FAILED (422) that names every wrong amount and tier
 */
export function readStrategies(strategies: readonly StrategyDto[], currency: string): Strategy[] {
  const amounts = new AmountReader(currency);
  const tierOrder: FieldError[] = [];
  const read = strategies.map((strategy, index): Strategy => {
    const path = `strategies.${index}`;
    if (strategy.type === 'cpa') return readCpa(strategy, path, amounts);
    const known = amounts.faults.length;
    const result = readRevshare(strategy, path, amounts);
    if (amounts.faults.length === known) tierOrder.push(...tierFaults(result.tiers, `${path}.tiers`));
    return result;
  });
  const faults = [...amounts.faults, ...tierOrder];
  if (faults.length > 0) throw termsInvalid(faults);
  return read;
}

function readCpa({ amount, criteria = {} }: CpaStrategyDto, path: string, amounts: AmountReader): Strategy {
  const at = `${path}.criteria`;
  const { depositsCountAtLeast, withinDays, countries } = criteria;
  const read: CpaCriteria = {
    firstDepositAtLeastMinor: amounts.readOptional(`${at}.firstDepositAtLeast`, criteria.firstDepositAtLeast),
    depositsSumAtLeastMinor: amounts.readOptional(`${at}.depositsSumAtLeast`, criteria.depositsSumAtLeast),
    depositsCountAtLeast,
    wagerAtLeastMinor: amounts.readOptional(`${at}.wagerAtLeast`, criteria.wagerAtLeast),
    withinDays,
    countries,
  };
  return { type: 'cpa', amountMinor: amounts.read(`${path}.amount`, amount), criteria: read };
}

function readRevshare(
  { base, tierMode = 'flat', tiers }: RevshareStrategyDto,
  path: string,
  amounts: AmountReader,
): Strategy & { type: 'revshare' } {
  return {
    type: 'revshare',
    base,
    tierMode,
    tiers: tiers.map(({ from, rateBps }, index) => ({
      fromMinor: amounts.read(`${path}.tiers.${index}.from`, from, { zero: true }),
      rateBps,
    })),
  };
}

/** The strategies as the API shows them: the shape in which they are given. */
export function showStrategies(strategies: readonly Strategy[], currency: string): StrategyDto[] {
  const text = (minor: bigint): string => Money.of(minor, currency).toString();
  const optional = (minor: bigint | undefined): string | undefined =>
    minor === undefined ? undefined : text(minor);
  return strategies.map((strategy): StrategyDto => {
    if (strategy.type === 'revshare') {
      const tiers = strategy.tiers.map(({ fromMinor, rateBps }) => ({ from: text(fromMinor), rateBps }));
      return { type: 'revshare', base: strategy.base, tierMode: strategy.tierMode, tiers };
    }
    const { firstDepositAtLeastMinor, depositsSumAtLeastMinor, wagerAtLeastMinor, ...rest } =
      strategy.criteria;
    const criteria: CpaCriteriaDto = {
      ...rest,
      countries: rest.countries && [...rest.countries],
      firstDepositAtLeast: optional(firstDepositAtLeastMinor),
      depositsSumAtLeast: optional(depositsSumAtLeastMinor),
      wagerAtLeast: optional(wagerAtLeastMinor),
    };
    return { type: 'cpa', amount: text(strategy.amountMinor), criteria };
  });
}
