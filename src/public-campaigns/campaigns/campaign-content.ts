import { invalidField, Money } from '../../platform/index.js';
import { type CampaignTimes, instantIn, timeFault } from '../domain/campaign-times.js';
import type { Platform } from '../domain/post-url.js';
import { isTag, normaliseTag } from '../domain/post-check.js';
import type { UnitPrice } from '../domain/reward.js';
import { payableUnits } from '../domain/told-metrics.js';
import { parseUnitPrice, type PricedUnit } from '../domain/unit-price.js';
import type { CampaignContent } from './campaign-rows.js';

type Amount = { amount: string; currency: string };

/** What a brand gives for a campaign; times are instants, or wall times and days by the clocks of its zone. */
export interface CampaignInput {
  title: string;
  description: string;
  precautions?: string | null;
  target?: string | null;
  platforms: Platform[];
  timeZone: string;
  startsAt: string;
  endsAt: string;
  /** The campaign's own times unless given, and again when null. */
  postingFrom?: string | null;
  postingUntil?: string | null;
  budget: Amount;
  unitPrices: { unit: PricedUnit; price: Amount; maxUnits?: number | null }[];
  postCap?: Amount | null;
  creatorCap?: Amount | null;
  requiredTags?: string[];
  eligibility?: { countries?: string[]; minFollowers?: number | null; verifiedOnly?: boolean };
  terms: string;
}

/**
 * The content of a new campaign.
 * @throws DomainError VALIDATION_FAILED, INVALID_AMOUNT, INVALID_CURRENCY (422), naming the field
 */
export function newContent(input: CampaignInput): CampaignContent {
  const { budget, timeZone } = input;
  const startsAt = instantOf('startsAt', timeZone, input.startsAt);
  const endsAt = instantOf('endsAt', timeZone, input.endsAt);
  const amountOf = amountsIn(budget.currency);
  const content: CampaignContent = {
    title: input.title,
    description: input.description,
    precautions: input.precautions ?? null,
    target: input.target ?? null,
    platforms: input.platforms,
    timeZone,
    startsAt,
    endsAt,
    postingFrom: givenTime('postingFrom', timeZone, input) ?? startsAt,
    postingUntil: givenTime('postingUntil', timeZone, input) ?? endsAt,
    currency: budget.currency,
    budgetMinor: amountOf('budget', budget),
    unitPrices: unitPricesOf(input.unitPrices, budget.currency),
    postCapMinor: input.postCap ? amountOf('postCap', input.postCap) : null,
    creatorCapMinor: input.creatorCap ? amountOf('creatorCap', input.creatorCap) : null,
    requiredTags: tagsOf(input.requiredTags ?? []),
    countries: input.eligibility?.countries ?? [],
    minFollowers: input.eligibility?.minFollowers ?? null,
    verifiedOnly: input.eligibility?.verifiedOnly ?? false,
  };
  assertTimes(content);
  assertUnitsAreTold(content);
  return content;
}

/**
 * The content after a change of the given fields.
 * @throws DomainError as {@link newContent}
 */
export function changedContent(before: CampaignContent, input: Partial<CampaignInput>): CampaignContent {
  const timeZone = input.timeZone ?? before.timeZone;
  const currency = input.budget?.currency ?? before.currency;
  const amountOf = amountsIn(currency);
  const cap = (path: 'postCap' | 'creatorCap', now: bigint | null): bigint | null => {
    const given = input[path];
    if (given === undefined) return keptIn(path, now);
    return given && amountOf(path, given);
  };
  const keptIn = <T>(path: string, value: T): T => {
    if (value === null || currency === before.currency) return value;
    throw invalidField(path, `must be given anew: the budget is in ${currency} now`, 'INVALID_CURRENCY');
  };
  const { countries, minFollowers, verifiedOnly } = input.eligibility ?? {};
  const content: CampaignContent = {
    title: input.title ?? before.title,
    description: input.description ?? before.description,
    precautions: input.precautions === undefined ? before.precautions : input.precautions,
    target: input.target === undefined ? before.target : input.target,
    platforms: input.platforms ?? before.platforms,
    timeZone,
    ...changedTimes(before, timeZone, input),
    currency,
    budgetMinor: input.budget ? amountOf('budget', input.budget) : before.budgetMinor,
    unitPrices: input.unitPrices
      ? unitPricesOf(input.unitPrices, currency)
      : keptIn('unitPrices', before.unitPrices),
    postCapMinor: cap('postCap', before.postCapMinor),
    creatorCapMinor: cap('creatorCap', before.creatorCapMinor),
    requiredTags: input.requiredTags ? tagsOf(input.requiredTags) : before.requiredTags,
    countries: countries ?? before.countries,
    minFollowers: minFollowers === undefined ? before.minFollowers : minFollowers,
    verifiedOnly: verifiedOnly ?? before.verifiedOnly,
  };
  assertTimes(content);
  if (input.platforms ?? input.unitPrices) assertUnitsAreTold(content);
  return content;
}

/** Posting times that are the campaign's own move with them. */
function changedTimes(
  before: CampaignTimes,
  timeZone: string,
  input: Partial<CampaignInput>,
): Pick<CampaignContent, keyof CampaignTimes> {
  const startsAt = givenTime('startsAt', timeZone, input) ?? before.startsAt;
  const endsAt = givenTime('endsAt', timeZone, input) ?? before.endsAt;
  const kept = (path: 'postingFrom' | 'postingUntil', own: 'startsAt' | 'endsAt'): Date | null =>
    input[path] === null || before[path].getTime() === before[own].getTime() ? null : before[path];
  return {
    startsAt,
    endsAt,
    postingFrom: givenTime('postingFrom', timeZone, input) ?? kept('postingFrom', 'startsAt') ?? startsAt,
    postingUntil: givenTime('postingUntil', timeZone, input) ?? kept('postingUntil', 'endsAt') ?? endsAt,
  };
}

/** The time that is given, or null. */
function givenTime(path: keyof CampaignTimes, timeZone: string, input: Partial<CampaignInput>): Date | null {
  const text = input[path];
  return text === undefined || text === null ? null : instantOf(path, timeZone, text);
}

function instantOf(path: string, timeZone: string, text: string): Date {
  const instant = instantIn(timeZone, text);
  if (instant) return instant;
  throw invalidField(
    path,
    'must be a time such as 2026-11-20T09:00, a day such as 2026-11-20, or RFC 3339, from the year 2000 on',
  );
}

function assertTimes(times: CampaignTimes): void {
  const fault = timeFault(times);
  if (fault) throw invalidField(fault.path, fault.message);
}

/**
 * Checks that one of the campaign's platforms at least tells each unit that it pays for.
 * @throws DomainError VALIDATION_FAILED (422), naming the unit
 */
export function assertUnitsAreTold({
  platforms,
  unitPrices,
}: Pick<CampaignContent, 'platforms' | 'unitPrices'>): void {
  const payable = payableUnits(platforms);
  const untold = unitPrices.findIndex(({ unit }) => !payable.includes(unit));
  if (untold < 0) return;
  const message = `must be one that a platform of the campaign tells: ${payable.join(', ')}`;
  throw invalidField(`unitPrices.${untold}.unit`, message);
}

/** Reads amounts above zero that must be in the one currency. */
function amountsIn(currency: string) {
  return (path: string, amount: Amount): bigint => {
    assertCurrency(`${path}.currency`, amount.currency, currency);
    return Money.parse(amount.amount, currency, `${path}.amount`).minor;
  };
}

function assertCurrency(path: string, currency: string, wanted: string): void {
  if (currency !== wanted)
    throw invalidField(path, `must be ${wanted}, the currency of the budget`, 'INVALID_CURRENCY');
}

function unitPricesOf(given: CampaignInput['unitPrices'], currency: string): UnitPrice[] {
  return given.map(({ unit, price, maxUnits }, index) => {
    const path = `unitPrices.${index}`;
    if (given.findIndex((other) => other.unit === unit) < index)
      throw invalidField(`${path}.unit`, 'must be another one: this unit has a price already');
    if (unit === 'post' && maxUnits !== undefined && maxUnits !== null)
      throw invalidField(`${path}.maxUnits`, 'must be left out: a post counts once');
    assertCurrency(`${path}.price.currency`, price.currency, currency);
    return {
      unit,
      price: parseUnitPrice(price.amount, currency, `${path}.price.amount`),
      maxUnits: maxUnits === undefined || maxUnits === null ? null : BigInt(maxUnits),
    };
  });
}

function tagsOf(given: readonly string[]): string[] {
  const tags = given.map(normaliseTag);
  const wrong = tags.findIndex((tag) => !isTag(tag));
  if (wrong >= 0)
    throw invalidField(`requiredTags.${wrong}`, 'must be one word of letters, digits and _, such as #autumn');
  return [...new Set(tags)];
}
