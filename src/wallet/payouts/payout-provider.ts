import type { Money } from '../../platform/index.js';
import type { PayoutOutcome } from '../domain/payout-line-state.js';

/** One payment that a provider is to make. */
export interface ProviderPayment {
  /** The line's reference. */
  readonly reference: string;
  readonly email: string;
  readonly amount: Money;
}

/** A batch as it is handed to a provider. */
export interface ProviderOrder {
  /** The batch's reference: the provider makes one batch of it, however often it is sent. */
  readonly senderBatchId: string;
  readonly payments: readonly ProviderPayment[];
}

/**
 * What handing a batch over came to. `refused` is certain: this attempt has not made and will not make the provider
 * pay. Everything that is not certain is `unknown`.
 */
export type HandOver =
  | { readonly outcome: 'confirmed'; readonly providerBatchId: string }
  | { readonly outcome: 'refused'; readonly problem: string }
  | { readonly outcome: 'unknown'; readonly problem: string; readonly retryAfterSeconds?: number };

/** What a provider says of one payment; no outcome while it is under way. */
export interface ProviderItem {
  readonly reference: string;
  readonly amount: Money | null;
  /** Whether the money has left: the payee has it, or may still get it, whatever becomes of the batch. */
  readonly left: boolean;
  readonly outcome: PayoutOutcome | null;
  readonly reason: string | null;
}

/** What a provider says of a batch. `unknown` when it could not be asked. */
export type ProviderReport =
  | { readonly status: 'under_way' | 'denied'; readonly items: readonly ProviderItem[] }
  | { readonly status: 'unknown'; readonly problem: string; readonly retryAfterSeconds?: number };

/** Somebody who pays whole batches when asked over the network. Both calls answer, whatever happens; none throws. */
export abstract class PayoutProvider {
  /** Whether the settings hold what it needs. */
  abstract readonly configured: boolean;

  /** Hands a batch over, or finds out that it was before: the same order again is never paid again. */
  abstract handOver(order: ProviderOrder): Promise<HandOver>;

  /** Asks what became of a batch's payments. */
  abstract report(providerBatchId: string): Promise<ProviderReport>;
}
