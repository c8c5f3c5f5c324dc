import { applyDecorators } from '@nestjs/common';
import { IsBoolean, IsInt, Matches, Max, MaxLength, Min } from 'class-validator';
import { IsLabel, IsText, MayBeAbsent, PageQuery } from '../../platform/index.js';
import { htmlOf } from '../markdown.js';
import type { FaqEntry } from './faq-entry.entity.js';

function IsTopic(): PropertyDecorator {
  return applyDecorators(
    MaxLength(50),
    Matches(/^[a-z0-9]+(-[a-z0-9]+)*$/, {
      message: '$property must be lower-case letters, digits and single hyphens, such as referral-program',
    }),
  );
}

class FaqPlaceDto {
  /**
   * Entries of lower positions come first in their topic; 0 unless given.
   * @example 10
   */
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(10_000)
  position?: number;

  /** Whether partners see it; yes unless given. */
  @MayBeAbsent()
  @IsBoolean()
  published?: boolean;
}

/** A new question with its answer. */
export class CreateFaqEntryDto extends FaqPlaceDto {
  /**
   * What it is about; pages ask for the questions of their topic.
   * @example "referral-program"
   */
  @IsTopic()
  topic: string;

  /** @example "When is the bonus paid?" */
  @IsLabel(300)
  question: string;

  /**
   * Markdown (CommonMark). HTML in it is shown as text.
   * @example "Fourteen days after both conditions are **fulfilled**."
   */
  @IsText(20_000)
  answer: string;
}

export class UpdateFaqEntryDto extends FaqPlaceDto {
  /** @example "general" */
  @MayBeAbsent()
  @IsTopic()
  topic?: string;

  @MayBeAbsent()
  @IsLabel(300)
  question?: string;

  @MayBeAbsent()
  @IsText(20_000)
  answer?: string;
}

export class FaqQuery extends PageQuery {
  /**
   * Only this topic's.
   * @example "referral-program"
   */
  @MayBeAbsent()
  @IsTopic()
  topic?: string;
}

/** A question with its answer. */
export class FaqItemDto {
  id: string;
  /** @example "referral-program" */
  topic: string;
  question: string;
  /** As it was written: Markdown. */
  answer: string;
  /** The same as HTML in which nothing is executed. */
  answerHtml: string;
}

export class FaqPage {
  /** By topic, then in the order that operators gave them. */
  items: FaqItemDto[];
  nextCursor: string | null;
}

/** A question with its answer, as operators see it. */
export class FaqEntryDto extends FaqItemDto {
  position: number;
  /** Whether partners see it. */
  published: boolean;
  createdAt: Date;
  updatedAt: Date;
}

export class FaqEntryPage {
  items: FaqEntryDto[];
  nextCursor: string | null;
}

/** The entry as partners see it. */
export function toFaqItem({ id, topic, question, answer }: FaqEntry): FaqItemDto {
  return { id, topic, question, answer, answerHtml: htmlOf(answer) };
}

/** The entry as operators see it. */
export function toFaqEntry(entry: FaqEntry): FaqEntryDto {
  return { ...entry, ...toFaqItem(entry) };
}
