import { COUNT_COLUMNS, lineInWords, type LineExplanation } from '../../commissions/index.js';
import { Money } from '../../platform/index.js';
import type { PlayerEvent } from '../../tracking/index.js';
import type { LineEventDto } from './line-explanation.dto.js';

/** What bills themselves write as explanations (`bill-lines`). */
type BillFormula =
  | { formula: 'not_carried'; periodTotal: string; countedAs?: string; currency: string }
  | { formula: 'carry_in'; carried: string; currency: string }
  | { formula: 'carry_out'; billTotal: string; currency: string }
  | {
      formula: 'adjustment';
      currency: string;
      period: { start: string; end: string };
      nowDue: string;
      alreadyBilled: string;
      calculation: (LineExplanation | BillFormula) | null;
    };

/** How any line of a bill comes to its amount, in sentences with its figures; from what the line keeps. */
export function billLineInWords(kept: Record<string, unknown>): string[] {
  return inWords(kept as unknown as LineExplanation | BillFormula);
}

function inWords(kept: LineExplanation | BillFormula): string[] {
  switch (kept.formula) {
    case 'not_carried':
      if (kept.countedAs === undefined)
        return [`The period comes to ${kept.periodTotal} ${kept.currency}; it counts as zero.`];
      return [
        `Without what a cancelled bill settled, the period comes to ${kept.periodTotal} ${kept.currency}; it counts as ${kept.countedAs} ${kept.currency}, no further from zero than its facts.`,
      ];
    case 'carry_in':
      return [`Earlier bills left ${kept.carried} ${kept.currency}, which this one takes over.`];
    case 'carry_out':
      return [
        `The bill comes to ${kept.billTotal} ${kept.currency}; what is below zero is left to the next bill.`,
      ];
    case 'adjustment':
      return [
        `For the period from ${kept.period.start} to ${kept.period.end}, ${kept.nowDue} ${kept.currency} were due when this was billed and ${kept.alreadyBilled} ${kept.currency} had been billed before: the line is the difference.`,
        ...(kept.calculation ? inWords(kept.calculation) : ['By then nothing was due any more.']),
      ];
    default:
      return lineInWords(kept);
  }
}

const COUNTS: ReadonlySet<string> = new Set(COUNT_COLUMNS);

/** An event as the API shows it: amounts in major units. */
export function toEvent(event: PlayerEvent, currency: string): LineEventDto {
  const { kind, at, until, figures, before, after, correctedAt } = event;
  const shown = (record: PlayerEvent['after']): Record<string, string> | null =>
    record && figuresText(record, currency);
  return {
    kind,
    at,
    until,
    figures: shown(figures),
    before: shown(before),
    after: shown(after),
    correctedAt,
  };
}

/** Sums and counts as texts; a deposit's amount among them. What is neither (times of a deposit) stays as it is. */
export function figuresText(
  record: Readonly<Record<string, unknown>>,
  currency: string,
): Record<string, string> {
  const shown = Object.entries(record).map(([name, value]): [string, string] => {
    const text = String(value);
    if (name === 'amount_minor') return ['amount', Money.of(BigInt(text), currency).toString()];
    const isAmount = /^-?\d+$/.test(text) && !COUNTS.has(name);
    return [name, isAmount ? Money.of(BigInt(text), currency).toString() : text];
  });
  return Object.fromEntries(shown);
}
