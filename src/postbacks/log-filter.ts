import type { PostbackLogQuery } from './postback-log.dto.js';

/** What the log is narrowed to. */
export type LogFilterInput = Omit<PostbackLogQuery, 'cursor' | 'limit'>;

/** SQL of attempts that failed: those of an index that holds no others. */
export const FAILED = '(response_code IS NULL OR response_code NOT BETWEEN 200 AND 299)';

/** Ids that a filter's names stand for; null where it names none. */
export interface NamedIds {
  readonly campaignIds: readonly string[] | null;
  readonly promoId: string | null;
}

/** Conditions on the partner's attempts to send postbacks, with their values. */
export class LogFilter {
  readonly parameters: unknown[] = [];
  /** What an index finds rows by. */
  readonly ledBy: string[];
  /** What is looked at in each row. */
  readonly fits: string[] = ['postback_id IS NOT NULL'];

  /** @param firstPlace number of the first parameter */
  constructor(
    partnerId: string,
    query: LogFilterInput,
    named: NamedIds,
    private readonly firstPlace: number,
  ) {
    this.ledBy = [`owner_id = ${this.value(partnerId)}`];
    const { responseCode, deliveryId, url } = query;
    if (deliveryId !== undefined) this.ledBy.push(`delivery_id = ${this.value(deliveryId)}`);
    if (responseCode !== undefined && (responseCode < 200 || responseCode > 299)) this.ledBy.push(FAILED);
    this.equal('response_code', responseCode);
    this.equal('action', query.action);
    this.equal('campaign_id', query.campaignId);
    this.equal('promo_id', query.promoId);
    this.equal('promo_id', named.promoId ?? undefined);
    this.equal('postback_id', query.postbackId);
    if (named.campaignIds) this.fits.push(`campaign_id = ANY (${this.value(named.campaignIds)}::uuid[])`);
    if (url !== undefined) {
      this.fits.push(`url ILIKE ${this.value(`%${url.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`)}`);
    }
  }

  private equal(column: string, value: unknown): void {
    if (value !== undefined) this.fits.push(`${column} = ${this.value(value)}`);
  }

  private value(value: unknown): string {
    return `$${this.parameters.push(value) + this.firstPlace - 1}`;
  }
}
