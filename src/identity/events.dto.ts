import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { MayBeAbsent, TimeRangeQuery } from '../platform/index.js';
import { EVENT_FACTS_IN_WORDS, EVENT_TYPES } from './domain/event-catalogue.js';
import { EVENT_SUBJECTS } from './domain/event-description.js';
import type { EventType } from './domain/event-catalogue.js';

/** Filters of the event log. */
export class EventsQuery extends TimeRangeQuery {
  @ApiProperty({ enum: EVENT_TYPES, enumName: 'EventType', required: false, description: 'Only this type.' })
  @MayBeAbsent()
  @IsIn(EVENT_TYPES)
  type?: EventType;
}

/** Who caused an event. */
export class EventActorDto {
  /** `member` of your team, `operator` of the program, somebody of a `brand`, or the program itself (`system`). */
  kind: 'member' | 'operator' | 'brand' | 'system';
  /** Identifier of the team member; null for the others. */
  userId: string | null;
  /** The team member's name; null for the others. */
  name: string | null;
  /** Whether an operator acted as the team member. */
  impersonated: boolean;
}

/** Something that happened in the partner's profile. */
export class EventDto {
  id: string;
  @ApiProperty({ enum: EVENT_TYPES, enumName: 'EventType' })
  type: EventType;
  /** @example "Bill approved" */
  title: string;
  /**
   * One sentence for people.
   * @example "A bill was approved: 125.50 EUR is in your available balance."
   */
  summary: string;
  actor: EventActorDto;
  @ApiProperty({ enum: EVENT_SUBJECTS, description: 'What it happened to.' })
  subjectType: string;
  /** Identifier under which the subject is found in its own list. */
  subjectId: string | null;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description:
      `Facts by type. ${EVENT_FACTS_IN_WORDS}. Beside a \`paymentMethodId\` stands the masked \`paymentMethod\` for ` +
      'those who may see payment methods.',
    example: { amount: { amount: '125.50', currency: 'EUR' } },
  })
  data: Record<string, unknown>;
  occurredAt: Date;
}

export class EventPage {
  items: EventDto[];
  nextCursor: string | null;
}
