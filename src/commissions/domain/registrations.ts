import type { PromoPlace } from './line.js';
import type { CplStrategy, Strategy } from './strategy.js';

/** What keeps a player from ever being paid for (rules §3.2). */
export interface PlayerFlags {
  readonly duplicate: boolean;
  readonly selfExcluded: boolean;
  readonly disabled: boolean;
  /** Confirmed to be fraud. */
  readonly fraudulent: boolean;
  /** Paid for by the program that it was imported from. */
  readonly settled: boolean;
}

/** A player who registered. */
export interface Registration extends PromoPlace, PlayerFlags {
  /** The brand's: of ours the order would be that of the reports. */
  readonly externalId: string;
  readonly signedUpAt: Date;
  /** ISO 3166-1 alpha-2, or null when the brand did not say. */
  readonly country: string | null;
}

const BARRING = [
  'duplicate',
  'selfExcluded',
  'disabled',
  'fraudulent',
  'settled',
] as const satisfies readonly (keyof PlayerFlags)[];

/** The flags because of which a player is never paid for. */
export function barringFlags(player: PlayerFlags): readonly (keyof PlayerFlags)[] {
  return BARRING.filter((flag) => player[flag]);
}

/** Whether the player is a duplicate, self-excluded, disabled, fraudulent or paid for elsewhere. */
export function isBarred(player: PlayerFlags): boolean {
  return barringFlags(player).length > 0;
}

/** Whether the country is among the listed ones; without a list every country is, also an unknown one. */
export function isFromOneOf(countries: readonly string[] | undefined, country: string | null): boolean {
  return countries === undefined || (country !== null && countries.includes(country));
}

/**
 * The place of the strategy that pays for a registration, or null: the first one of the plan that pays for players of
 * its country, so that a player is paid for once. Who is barred is never paid for.
 */
export function payingStrategy(strategies: readonly Strategy[], registration: Registration): number | null {
  if (isBarred(registration)) return null;
  const index = strategies.findIndex(
    (strategy): strategy is CplStrategy =>
      strategy.type === 'cpl' && isFromOneOf(strategy.countries, registration.country),
  );
  return index < 0 ? null : index;
}
