import { Injectable } from '@nestjs/common';
import { Clock, Config, requestJson, textAt } from '../../platform/index.js';
import { batchIdOf, duplicateIn, isDenied, itemsOf, pagesOf, problemIn } from './paypal-answers.js';
import {
  type HandOver,
  type ProviderItem,
  type ProviderOrder,
  PayoutProvider,
  type ProviderReport,
} from './payout-provider.js';

const PAGE_SIZE = 1_000;
const MAX_PAGES = 20;
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
/** A token is not used in its last minute. */
const TOKEN_MARGIN_MS = 60_000;
const SUBJECT = 'You have received a payout';

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly retryAfterSeconds: number | undefined;
}

/** The network or the answer failed: what PayPal did is not known. */
class NoAnswer extends Error {}

/**
 * PayPal's Payouts API (v1). PayPal makes one batch of a sender_batch_id within 30 days: a second request is refused with
 * a link to the first one's batch, which is how an attempt without an answer is cleared up. Redirects are not followed;
 * neither the credentials nor the token are ever logged.
 */
@Injectable()
export class PaypalPayouts extends PayoutProvider {
  private token: { value: string; endsAt: number } | null = null;

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
  ) {
    super();
  }

  get configured(): boolean {
    return this.config.paypal !== null;
  }

  async handOver({ senderBatchId, payments }: ProviderOrder): Promise<HandOver> {
    try {
      return verdictOf(
        await this.call('POST', '/v1/payments/payouts', {
          sender_batch_header: { sender_batch_id: senderBatchId, email_subject: SUBJECT },
          items: payments.map(({ reference, email, amount }) => ({
            recipient_type: 'EMAIL',
            receiver: email,
            amount: { value: amount.toString(), currency: amount.currency },
            sender_item_id: reference,
          })),
        }),
      );
    } catch (error) {
      if (error instanceof NoAnswer) return { outcome: 'unknown', problem: error.message };
      throw error;
    }
  }

  async report(providerBatchId: string): Promise<ProviderReport> {
    const items: ProviderItem[] = [];
    let denied = false;
    try {
      for (let page = 1, pages = 1; page <= Math.min(pages, MAX_PAGES); page += 1) {
        const path = `/v1/payments/payouts/${encodeURIComponent(providerBatchId)}`;
        const query = `?page=${page}&page_size=${PAGE_SIZE}&total_required=true`;
        const { status, body, retryAfterSeconds } = await this.call('GET', path + query);
        if (status !== 200) return { status: 'unknown', problem: problemIn(status, body), retryAfterSeconds };
        pages = pagesOf(body);
        items.push(...itemsOf(body));
        denied ||= isDenied(body);
      }
    } catch (error) {
      if (error instanceof NoAnswer) return { status: 'unknown', problem: error.message };
      throw error;
    }
    return { status: denied ? 'denied' : 'under_way', items };
  }

  /** Calls with a token; one that PayPal does not take any more is replaced once. */
  private async call(method: 'GET' | 'POST', path: string, body?: object): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      const token = await this.currentToken();
      if (typeof token !== 'string') return token;
      const answer = await this.ask(method, path, {
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      });
      if (answer.status !== 401 || attempt === 2) return answer;
      this.token = null;
    }
  }

  /** A token, or why there is none. */
  private async currentToken(): Promise<string | Answer> {
    const now = this.clock.now().getTime();
    if (this.token && this.token.endsAt - TOKEN_MARGIN_MS > now) return this.token.value;
    if (!this.config.paypal) throw new NoAnswer('PayPal is not configured.');
    const { clientId, clientSecret } = this.config.paypal;
    const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
    const answer = await this.ask('POST', '/v1/oauth2/token', {
      headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=client_credentials',
    });
    const value = textAt(answer.body, 'access_token');
    if (answer.status !== 200 || value === null) return answer;
    const seconds = Number((answer.body as { expires_in?: unknown }).expires_in) || 0;
    this.token = { value, endsAt: now + seconds * 1_000 };
    return value;
  }

  /** @throws NoAnswer */
  private async ask(
    method: 'GET' | 'POST',
    path: string,
    { headers, body }: { headers: Record<string, string>; body?: string },
  ): Promise<Answer> {
    if (!this.config.paypal) throw new NoAnswer('PayPal is not configured.');
    const { url, timeoutMs } = this.config.paypal;
    try {
      const answer = await requestJson({
        method,
        url: url + path,
        headers,
        ...(body !== undefined && { body }),
        timeoutMs,
        maxBytes: MAX_ANSWER_BYTES,
      });
      const wish = Number(answer.headers['retry-after']);
      return {
        status: answer.status,
        body: answer.body,
        retryAfterSeconds: Number.isFinite(wish) && wish > 0 ? wish : undefined,
      };
    } catch (error) {
      // What undici throws names hosts and codes, never headers.
      throw new NoAnswer(`PayPal did not answer: ${(error as Error).message}`);
    }
  }
}

/** What the answer to a batch comes to. */
function verdictOf({ status, body, retryAfterSeconds }: Answer): HandOver {
  const providerBatchId = batchIdOf(body);
  if (status >= 200 && status < 300) {
    if (providerBatchId !== null) return { outcome: 'confirmed', providerBatchId };
    return { outcome: 'unknown', problem: `PayPal answered ${status} without the id of a batch.` };
  }
  const problem = problemIn(status, body);
  const duplicate = duplicateIn(body);
  if (duplicate.batchId !== null) return { outcome: 'confirmed', providerBatchId: duplicate.batchId };
  const certain = status >= 400 && status < 500 && ![408, 409, 425, 429].includes(status);
  if (certain && !duplicate.known) return { outcome: 'refused', problem };
  return { outcome: 'unknown', problem, ...(retryAfterSeconds && { retryAfterSeconds }) };
}
