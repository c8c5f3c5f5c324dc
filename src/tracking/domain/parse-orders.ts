import { DomainError } from '../../platform/errors/domain-error.js';
import { Money } from '../../platform/money/money.js';
import { type Fields, ItemFault, type ParsedBatch, parseEach } from './item-fault.js';
import { type Mentioned, mentionOf } from './mention.js';
import { ORDER_STATUSES, type OrderStatus } from './order-status.js';
import { fault, findCountry, findText, getText, getTime } from './read-fields.js';

/** An order as a brand's server reports it. */
export interface ReportedOrder extends Mentioned {
  /** The brand's own id of the order. */
  readonly orderId: string;
  /** Minor units of the brand's currency. */
  readonly amountMinor: bigint;
  readonly orderedAt: Date;
  readonly status: OrderStatus;
  /** ISO 3166-1 alpha-2; null when it was not said. */
  readonly country: string | null;
}

const MAX_ORDER_ID = 200;

/**
 * Reads the items of an `/orders` batch.
 * @param brandCurrency amounts in another one are refused
 */
export function parseOrders(raw: readonly unknown[], brandCurrency: string): ParsedBatch<ReportedOrder> {
  return parseEach(raw, (fields) => ({
    orderId: getText(fields, 'order_id', MAX_ORDER_ID),
    ...mentionOf(fields, 'promo_code'),
    amountMinor: amountOf(fields, brandCurrency),
    orderedAt: getTime(fields, 'ordered_at'),
    status: statusOf(fields),
    country: findCountry(fields),
  }));
}

function amountOf(fields: Fields, brandCurrency: string): bigint {
  const currency = getText(fields, 'currency', 10).toUpperCase();
  if (currency !== brandCurrency) {
    throw new ItemFault(
      'CURRENCY_NOT_ACCEPTED',
      `currency: the brand's currency is ${brandCurrency}, not ${currency}`,
    );
  }
  const amount = fields['amount'];
  if (typeof amount !== 'string') throw fault('amount', "must be a decimal string such as '80.00'");
  try {
    return Money.parse(amount, currency).minor;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw new ItemFault('INVALID_FIELD', error.message);
  }
}

function statusOf(fields: Fields): OrderStatus {
  const status = findText(fields, 'status', 20) ?? 'pending';
  if ((ORDER_STATUSES as readonly string[]).includes(status)) return status as OrderStatus;
  throw fault('status', `must be one of ${ORDER_STATUSES.join(', ')}`);
}
