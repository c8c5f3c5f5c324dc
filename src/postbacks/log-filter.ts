import type { PostbackLogQuery } from './postback-log.dto.js';

export type LogFilterInput = Pick<
  PostbackLogQuery,
  | 'from'
  | 'to'
  | 'url'
  | 'action'
  | 'responseCode'
  | 'campaignName'
  | 'campaignId'
  | 'promoCode'
  | 'promoId'
  | 'postbackId'
  | 'cursor'
  | 'limit'
>;

/** The WHERE of a query of the log, with its parameters. */
export class LogFilter {
  readonly parameters: unknown[] = [];
  private readonly conditions: string[] = ['postback_id IS NOT NULL'];

  /** Begins with what the log's own columns decide. */
  constructor(partnerId: string, query: LogFilterInput) {
    this.add('partner_id =', partnerId);
    if (query.action !== undefined) this.add('action =', query.action);
    if (query.responseCode !== undefined) this.add('response_code =', query.responseCode);
    if (query.campaignId !== undefined) this.add('campaign_id =', query.campaignId);
    if (query.promoId !== undefined) this.add('promo_id =', query.promoId);
    if (query.postbackId !== undefined) this.add('postback_id =', query.postbackId);
    if (query.url !== undefined) this.add('url ILIKE', `%${query.url.replaceAll(/[\\%_]/g, '\\$&')}%`);
  }

  get sql(): string {
    return this.conditions.join(' AND ');
  }

  /** Adds a condition; `left` is a column with its operator. */
  add(left: string, value: unknown): void {
    this.parameters.push(value);
    this.conditions.push(`${left} $${this.parameters.length}`);
  }

  /** Adds that a column is one of these ids. */
  addAny(column: string, ids: readonly string[]): void {
    this.parameters.push(ids);
    this.conditions.push(`${column} = ANY ($${this.parameters.length}::uuid[])`);
  }
}
