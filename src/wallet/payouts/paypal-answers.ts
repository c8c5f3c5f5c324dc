import { DomainError, type Json, jsonAt, listAt, Money, textAt } from '../../platform/index.js';
import type { PayoutOutcome } from '../domain/payout-line-state.js';
import { shownReason } from '../domain/payout-results.js';
import type { ProviderItem } from './payout-provider.js';

/** States of an item that end it (transaction_status); all others are on the way there. */
const OUTCOMES: ReadonlyMap<string, PayoutOutcome> = new Map([
  ['SUCCESS', 'succeeded'],
  ['FAILED', 'failed'],
  ['RETURNED', 'failed'],
  ['BLOCKED', 'failed'],
  ['REFUNDED', 'failed'],
  ['REVERSED', 'failed'],
  ['DENIED', 'failed'],
  ['CANCELED', 'failed'],
]);
/** States of an item whose money has left. */
const LEFT = ['SUCCESS', 'UNCLAIMED', 'ONHOLD'];
const BATCH_LINK = /\/v1\/payments\/payouts\/([A-Za-z0-9_-]{1,64})$/;

/** How PayPal names the batch that an answer is about: that of its header. */
export function batchIdOf(answer: Json): string | null {
  return textAt(answer, 'batch_header', 'payout_batch_id');
}

/**
 * The batch that has this sender_batch_id already, by the link in the refusal of a second one; null when the refusal is
 * another one. `known` is true as well when the refusal names no link.
 */
export function duplicateIn(error: Json): { known: boolean; batchId: string | null } {
  const details = listAt(error, 'details');
  const links = [error, ...details].flatMap((part) => [...listAt(part, 'links'), ...listAt(part, 'link')]);
  const batchId = links.map((link) => BATCH_LINK.exec(textAt(link, 'href') ?? '')?.[1]).find(Boolean) ?? null;
  const named = details.some((detail) => /sender_batch_id/i.test(textAt(detail, 'field') ?? ''));
  return { known: named, batchId: named ? batchId : null };
}

/** An error of PayPal in words: its name, message and the issues of its details, as far as it has them. */
export function problemIn(status: number, error: Json): string {
  const issues = listAt(error, 'details').map((detail) =>
    [textAt(detail, 'field'), textAt(detail, 'issue')].filter(Boolean).join(': '),
  );
  const said = [textAt(error, 'name') ?? textAt(error, 'error'), textAt(error, 'message'), ...issues];
  const words = said.filter(Boolean).join('; ');
  return shownReason(`PayPal answered ${status}${words ? `: ${words}` : '.'}`)!;
}

/** The items of a page of a batch. */
export function itemsOf(answer: Json): ProviderItem[] {
  return listAt(answer, 'items').flatMap((item): ProviderItem[] => {
    const reference = textAt(item, 'payout_item', 'sender_item_id');
    if (reference === null) return [];
    const status = textAt(item, 'transaction_status') ?? '';
    const outcome = OUTCOMES.get(status) ?? null;
    const words = [status, textAt(item, 'errors', 'name'), textAt(item, 'errors', 'message')];
    return [
      {
        reference,
        amount: amountOf(jsonAt(item, 'payout_item', 'amount')),
        left: LEFT.includes(status),
        outcome,
        reason: outcome === 'succeeded' ? null : shownReason(words.filter(Boolean).join(': ')),
      },
    ];
  });
}

/** How many pages a batch has; 1 when the answer does not say. */
export function pagesOf(answer: Json): number {
  const pages = Number(jsonAt(answer, 'total_pages'));
  return Number.isInteger(pages) && pages > 0 ? pages : 1;
}

/** Whether the batch as a whole is not paid. */
export function isDenied(answer: Json): boolean {
  return ['DENIED', 'CANCELED'].includes(textAt(answer, 'batch_header', 'batch_status') ?? '');
}

function amountOf(amount: Json): Money | null {
  try {
    return Money.parse(textAt(amount, 'value') ?? '', textAt(amount, 'currency') ?? '');
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}
