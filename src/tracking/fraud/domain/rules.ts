import type { FraudRule, PlayerRule } from './fraud-rule.js';
import { ORDER_RULES } from './order-rules.js';
import { SELF_REFERRAL_RULES } from './self-referral.js';
import { VISIT_RULES } from './visit-rules.js';

/** Clicks on one promo from one line in one hour from which on they are a flood. */
export const FLOOD_CLICKS = 100;

/** Where people signed in from is compared for so long. */
const TRACES_KEPT_MS = 90 * 24 * 60 * 60 * 1_000;

/** Since when sign-ins of a partner's people are compared. */
export function tracesSince(now: Date): Date {
  return new Date(now.getTime() - TRACES_KEPT_MS);
}

const duplicatePlayer: PlayerRule = {
  name: 'duplicate_player',
  title: 'Duplicate player',
  meaning:
    'The brand says that the player is there already, or an earlier player of the brand has the same mailbox, or the ' +
    'same first and last name and day of birth.',
  weight: 60,
  subject: 'player',
  find: ({ duplicate, sameMailbox, samePerson }) => [
    ...(duplicate ? [{ fingerprint: 'flag', evidence: { flaggedByBrand: true } }] : []),
    ...(sameMailbox.length > 0
      ? [{ fingerprint: 'e-mail', evidence: { same: 'e-mail', earlierPlayerIds: sameMailbox } }]
      : []),
    ...(samePerson.length > 0
      ? [
          {
            fingerprint: 'person',
            evidence: { same: 'name and day of birth', earlierPlayerIds: samePerson },
          },
        ]
      : []),
  ],
};

/** The rule that counts clicks; a job looks through the visits for it. */
export const CLICK_FLOOD = {
  name: 'click_flood',
  title: 'Click flood',
  meaning: `A promo was clicked at least ${FLOOD_CLICKS} times within an hour of the clock (UTC) from one address (of IPv6: one /64).`,
  weight: 50,
  subject: 'promo',
} as const satisfies FraudRule;

/** Rules that look at players one by one. */
export const PLAYER_RULES: readonly PlayerRule[] = [...SELF_REFERRAL_RULES, duplicatePlayer, ...VISIT_RULES];

/** Every rule (B07). */
export const FRAUD_RULES: readonly FraudRule[] = [...PLAYER_RULES, ...ORDER_RULES, CLICK_FLOOD];

/** Names of all rules. */
export const FRAUD_RULE_NAMES = FRAUD_RULES.map(({ name }) => name);
