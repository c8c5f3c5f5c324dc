import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { IsId, IsText, MayBeAbsent, TimeRangeQuery, toTimeRange } from '../../platform/index.js';
import { FRAUD_RULE_NAMES, FRAUD_RULES } from './domain/rules.js';
import { SIGNAL_STATES } from './fraud-signals.service.js';
import type { FraudSignal, SignalFilter, SignalState } from './fraud-signals.service.js';

/** Filters of the queue; `from` and `to` limit when signals were raised. */
export class FraudSignalsQuery extends TimeRangeQuery {
  @ApiProperty({ enum: SIGNAL_STATES, enumName: 'FraudSignalState', required: false })
  @MayBeAbsent()
  @IsIn(SIGNAL_STATES)
  state?: SignalState;

  /** Only of this rule. */
  @ApiProperty({ enum: FRAUD_RULE_NAMES, enumName: 'FraudRuleName', required: false })
  @MayBeAbsent()
  @IsIn(FRAUD_RULE_NAMES)
  rule?: string;

  @MayBeAbsent()
  @IsId()
  partnerId?: string;

  @MayBeAbsent()
  @IsId()
  brandId?: string;

  @MayBeAbsent()
  @IsId()
  playerId?: string;

  @MayBeAbsent()
  @IsId()
  orderId?: string;
}

/** A decision on a signal. */
export class DecideFraudSignalDto {
  /**
   * Why; for operators only.
   * @example "The brand checked the documents: two different people"
   */
  @IsText(1_000)
  comment: string;
}

/** A rule that looks for fraud. */
export class FraudRuleDto {
  @ApiProperty({ enum: FRAUD_RULE_NAMES, enumName: 'FraudRuleName' })
  name: string;
  /** @example "Self-referral by e-mail" */
  title: string;
  /** What a signal of it means. */
  meaning: string;
  /**
   * How much a signal says, from 1 to 100.
   * @example 90
   */
  weight: number;
  /** What its signals are about. */
  @ApiProperty({ enum: ['player', 'order', 'promo'] })
  subject: 'player' | 'order' | 'promo';
}

export class FraudRuleList {
  items: FraudRuleDto[];
  nextCursor: string | null;
}

/** Something with a name. */
export class FraudPartyDto {
  /** @example "01900000-0000-7000-8000-000000000101" */
  id: string;
  /** @example "Lucky Fox" */
  name: string;
}

/** Something that looks like fraud, with the evidence. */
export class FraudSignalDto {
  /** @example "01900000-0000-7000-8000-000000001701" */
  id: string;
  @ApiProperty({ enum: FRAUD_RULE_NAMES, enumName: 'FraudRuleName' })
  rule: string;
  /** @example "Self-referral by e-mail" */
  title: string;
  /** @example 90 */
  weight: number;
  @ApiProperty({ enum: SIGNAL_STATES, enumName: 'FraudSignalState' })
  state: SignalState;
  partner: FraudPartyDto;
  brand: FraudPartyDto;
  campaignId: string;
  promoId: string;
  /** The player whom it is about; null when it is about an order or the promo. */
  @ApiProperty({ type: String, nullable: true })
  playerId: string | null;
  /** The order that it is about; null when it is about a player or the promo. */
  @ApiProperty({ type: String, nullable: true })
  orderId: string | null;
  /**
   * The brand's own id of the player.
   * @example "p-1"
   */
  @ApiProperty({ type: String, nullable: true })
  playerExternalId: string | null;
  /**
   * The brand's own id of the order.
   * @example "o-1"
   */
  @ApiProperty({ type: String, nullable: true })
  orderExternalId: string | null;
  /** Ids, times and figures that the rule found; what they are is told by the rule. */
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { userId: '01900000-0000-7000-8000-000000000201' },
  })
  evidence: Record<string, unknown>;
  /** When it happened: the sign-up, the order, or the hour of the clicks. */
  occurredAt: Date;
  raisedAt: Date;
  /** The operator who decided. */
  @ApiProperty({ type: String, nullable: true })
  decidedBy: string | null;
  @ApiProperty({ type: Date, nullable: true })
  decidedAt: Date | null;
  @ApiProperty({ type: String, nullable: true })
  comment: string | null;
}

export class FraudSignalPage {
  items: FraudSignalDto[];
  nextCursor: string | null;
}

/** A rule's part in a score. */
export class ScoredRuleDto {
  @ApiProperty({ enum: FRAUD_RULE_NAMES, enumName: 'FraudRuleName' })
  rule: string;
  /** @example "Self-referral by e-mail" */
  title: string;
  /** What the rule adds to the score, once. */
  weight: number;
  /** Its signals that wait for a decision. */
  open: number;
  confirmed: number;
}

/** How suspicious somebody is, explained. */
export class FraudScoreDto {
  /**
   * The sum of the rules' weights, 100 at most.
   * @example 90
   */
  score: number;
  /** The heaviest first. */
  rules: ScoredRuleDto[];
}

/** The query as the list takes it. */
export function toSignalFilter({
  from,
  to,
  ...query
}: FraudSignalsQuery): SignalFilter & { limit: number; cursor?: string } {
  return { ...query, ...toTimeRange({ from, to }) };
}

/** The signal as the API answers it. */
export function toFraudSignal(signal: FraudSignal): FraudSignalDto {
  return { ...signal, title: titleOf(signal.rule) };
}

/** The score as the API answers it. */
export function toFraudScore({
  score,
  rules,
}: {
  score: number;
  rules: readonly Omit<ScoredRuleDto, 'title'>[];
}): FraudScoreDto {
  return { score, rules: rules.map((rule) => ({ ...rule, title: titleOf(rule.rule) })) };
}

/** A rule that is no longer there has left signals under its name. */
function titleOf(name: string): string {
  return FRAUD_RULES.find((rule) => rule.name === name)?.title ?? name;
}
