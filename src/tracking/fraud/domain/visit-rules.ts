import type { CodeFacts, Evidence, Finding, OrderFacts, PlayerRule } from './fraud-rule.js';

/** Brands' clocks may differ from ours by so much. */
export const CLOCK_TOLERANCE_SECONDS = 300;
/** Nobody fills in a form faster. */
export const FASTEST_SECONDS = 5;
/** Hardly anybody remembers a link longer. */
const SLOWEST_DAYS = 90;
const DAY_SECONDS = 86_400;

const noVisit: PlayerRule = {
  name: 'conversion_without_visit',
  title: 'Conversion without a visit of its own',
  meaning:
    `The player signed up more than ${CLOCK_TOLERANCE_SECONDS / 60} minutes before the visit that it is credited to, ` +
    'or another player had been credited to that visit before: no click of this player’s own is known.',
  weight: 50,
  subject: 'player',
  find: ({ visit, signedUpAt }) => {
    if (!visit) return [];
    const { id: visitId, visitedAt, earlierPlayerIds } = visit;
    const early = secondsBetween(latestSignUp(signedUpAt), visitedAt) > CLOCK_TOLERANCE_SECONDS;
    return [
      ...(early ? [{ fingerprint: 'before_visit', evidence: { visitId, visitedAt, signedUpAt } }] : []),
      ...(earlierPlayerIds.length > 0
        ? [{ fingerprint: 'visit_used', evidence: { visitId, earlierPlayerIds } }]
        : []),
    ];
  },
};

const beforeCode: PlayerRule = {
  name: 'sign_up_before_code',
  title: 'Sign-up before its promo code was taken',
  meaning:
    `The player signed up more than ${CLOCK_TOLERANCE_SECONDS / 60} minutes before the partner took the promo code ` +
    'that it is credited to.',
  weight: 50,
  subject: 'player',
  find: ({ code, signedUpAt }) => beforeTaken(code, latestSignUp(signedUpAt), { signedUpAt }),
};

const timeToConvert: PlayerRule = {
  name: 'time_to_convert',
  title: 'Unusual time to convert',
  meaning:
    `The player signed up less than ${FASTEST_SECONDS} seconds after the click, faster than anybody fills in a form, ` +
    `or more than ${SLOWEST_DAYS} days after it.`,
  weight: 30,
  subject: 'player',
  find: ({ visit, signedUpAt }) => {
    if (!visit) return [];
    const seconds = secondsBetween(visit.visitedAt, signedUpAt);
    const fast = seconds >= 0 && seconds < FASTEST_SECONDS && !isDayOnly(signedUpAt);
    if (!fast && seconds <= SLOWEST_DAYS * DAY_SECONDS) return [];
    const evidence = { visitId: visit.id, visitedAt: visit.visitedAt, signedUpAt, seconds };
    return [{ fingerprint: fast ? 'fast' : 'slow', evidence }];
  },
};

const datacenter: PlayerRule = {
  name: 'datacenter_address',
  title: 'Data-centre address',
  meaning:
    'The player’s visit came from a data centre, where servers are and people are not, unless by a VPN.',
  weight: 40,
  subject: 'player',
  find: ({ visit }) => (visit ? fromDatacenter(visit) : []),
};

const bot: PlayerRule = {
  name: 'bot',
  title: 'Bot',
  meaning: 'The player’s visit was made by a program that names itself as one, or that names nothing at all.',
  weight: 40,
  subject: 'player',
  find: ({ visit }) => (visit ? fromBot(visit) : []),
};

const country: PlayerRule = {
  name: 'country_mismatch',
  title: 'Country mismatch',
  meaning: 'The visit came from another country than the one that the brand names for the player.',
  weight: 20,
  subject: 'player',
  find: ({ visit, country: playerCountry }) => {
    if (!visit?.country || !playerCountry || visit.country === playerCountry) return [];
    const { id: visitId, country: visitCountry } = visit;
    return [
      {
        fingerprint: `${visitCountry} ${playerCountry}`,
        evidence: { visitId, visitCountry, playerCountry },
      },
    ];
  },
};

/** Rules about the visit or promo code that a player is credited to. */
export const VISIT_RULES = [noVisit, beforeCode, timeToConvert, datacenter, bot, country] as const;

type Visit = NonNullable<OrderFacts['visit']>;

/** That the visit came from a data centre. */
export function fromDatacenter({ id: visitId, datacenter: isThere, address }: Visit): Finding[] {
  return isThere ? [{ fingerprint: 'visit', evidence: { visitId, address } }] : [];
}

/** That a program made the visit. */
export function fromBot({ id: visitId, bot: isOne, userAgent }: Visit): Finding[] {
  return isOne ? [{ fingerprint: 'visit', evidence: { visitId, userAgent } }] : [];
}

/** That it happened, at the latest then, before the partner took the code. */
export function beforeTaken(code: CodeFacts | null, at: Date, evidence: Evidence): Finding[] {
  if (!code || secondsBetween(at, code.takenAt) <= CLOCK_TOLERANCE_SECONDS) return [];
  const { id: promoCodeId, takenAt } = code;
  return [{ fingerprint: 'before_code', evidence: { promoCodeId, takenAt, ...evidence } }];
}

/** From one instant to another; negative when that is earlier. */
export function secondsBetween(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / 1_000;
}

/** Some brands report the day only: it is read as midnight. */
function isDayOnly(signedUpAt: Date): boolean {
  return signedUpAt.getTime() % (DAY_SECONDS * 1_000) === 0;
}

/** The latest time at which the player may have signed up. */
function latestSignUp(signedUpAt: Date): Date {
  return isDayOnly(signedUpAt) ? new Date(signedUpAt.getTime() + DAY_SECONDS * 1_000) : signedUpAt;
}
