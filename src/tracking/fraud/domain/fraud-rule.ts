import type { Place } from './place.js';

/** The visit that a player is credited to, by what it tells of who came. */
export interface VisitFacts {
  readonly id: string;
  readonly visitedAt: Date;
  readonly address: string;
  readonly place: Place;
  readonly userAgent: string | null;
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
  readonly bot: boolean;
  readonly datacenter: boolean;
  /** Players who signed up earlier and are credited to the same visit. */
  readonly earlierPlayerIds: readonly string[];
}

/** The promo code that a player or order is credited to. */
export interface CodeFacts {
  readonly id: string;
  /** When the partner took it. */
  readonly takenAt: Date;
}

/** One of the people of the player's partner. */
export interface MemberFacts {
  readonly userId: string;
  readonly mailboxHash: string;
  readonly devices: readonly {
    readonly address: string | null;
    readonly userAgent: string | null;
    readonly lastSeenAt: Date;
  }[];
}

/** An account that the player's partner is paid to. */
export interface AccountFacts {
  readonly paymentMethodId: string;
  readonly type: string;
  readonly masked: Readonly<Record<string, string>>;
  readonly mailboxHash: string | null;
  readonly nameHash: string | null;
}

/** A player with everything that the rules compare. */
export interface PlayerFacts {
  readonly signedUpAt: Date;
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
  readonly mailboxHash: string | null;
  readonly nameHash: string | null;
  /** The brand's own flag. */
  readonly duplicate: boolean;
  /** Players of the brand who signed up earlier, with the same mailbox. */
  readonly sameMailbox: readonly string[];
  /** Players of the brand who signed up earlier, with the same names and day of birth. */
  readonly samePerson: readonly string[];
  /** Null without a visit, and where it came from an address that tells nothing. */
  readonly visit: VisitFacts | null;
  /** Null of whom no promo code brought. */
  readonly code: CodeFacts | null;
  readonly members: readonly MemberFacts[];
  readonly accounts: readonly AccountFacts[];
}

/** An order with everything that the rules compare. */
export interface OrderFacts {
  readonly orderedAt: Date;
  /** ISO 3166-1 alpha-2; that of the visit where the brand names none. */
  readonly country: string | null;
  /** Null of what came by a promo code, and where the visit came from an address that tells nothing. */
  readonly visit: Omit<VisitFacts, 'earlierPlayerIds'> | null;
  /** Null of what no promo code brought. */
  readonly code: CodeFacts | null;
  readonly members: readonly MemberFacts[];
}

/** Ids, times and figures that a finding rests on; of partners' people by their ids. */
export type Evidence = Readonly<Record<string, unknown>>;

/** What a rule has found of its subject. */
export interface Finding {
  /** Tells apart what the rule may find of one subject: each is told once, whatever was decided on it. */
  readonly fingerprint: string;
  readonly evidence: Evidence;
}

/** What a rule is about and how much it says. */
export interface FraudRule {
  readonly name: string;
  readonly title: string;
  /** What a signal of it means, for who decides on it. */
  readonly meaning: string;
  /** 1 (worth knowing) to 100 (as good as proven). */
  readonly weight: number;
  readonly subject: 'player' | 'order' | 'promo';
}

/** A rule that looks at players one by one. */
export interface PlayerRule extends FraudRule {
  readonly subject: 'player';
  find(player: PlayerFacts): Finding[];
}

/** A rule that looks at orders one by one. */
export interface OrderRule extends FraudRule {
  readonly subject: 'order';
  find(order: OrderFacts): Finding[];
}
