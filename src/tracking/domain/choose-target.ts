/** Whom a target is for, and its share of them. */
export interface TargetConditions {
  readonly weight: number;
  /** ISO 3166-1 alpha-2; null for any. */
  readonly countries: readonly string[] | null;
  readonly devices: readonly string[] | null;
}

export interface Visitor {
  /** Null when it is not known; it then fits no condition on countries. */
  readonly country: string | null;
  readonly device: string;
  /** Evenly drawn, from 0 up to but not including 1. */
  readonly random: number;
}

/**
 * Draws one of the targets that fit the visitor, each with a chance in proportion to its weight. Targets with
 * conditions go first: those without any are drawn from only when no other fits.
 * @returns null when none fits
 */
export function chooseTarget<T extends TargetConditions>(
  targets: readonly T[],
  { country, device, random }: Visitor,
): T | null {
  const fits = ({ countries, devices }: T): boolean =>
    (countries === null || (country !== null && countries.includes(country))) &&
    (devices === null || devices.includes(device));
  const fitting = targets.filter((target) => isConditional(target) && fits(target));
  return draw(fitting.length > 0 ? fitting : targets.filter((target) => !isConditional(target)), random);
}

function isConditional({ countries, devices }: TargetConditions): boolean {
  return countries !== null || devices !== null;
}

function draw<T extends TargetConditions>(targets: readonly T[], random: number): T | null {
  let left = random * targets.reduce((sum, { weight }) => sum + weight, 0);
  for (const target of targets) {
    left -= target.weight;
    if (left < 0) return target;
  }
  return targets.at(-1) ?? null;
}
