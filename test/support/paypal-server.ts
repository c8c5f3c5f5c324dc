import { randomBytes } from 'node:crypto';
import { type SinkAnswer, type SinkRequest, type SinkServer, startSinkServer } from './sink-server.js';

export const PAYPAL_CREDENTIALS = {
  PAYPAL_CLIENT_ID: 'client-of-the-program',
  PAYPAL_CLIENT_SECRET: 'secret-of-the-program',
};

interface Payment {
  sender_item_id: string;
  receiver: string;
  amount: { value: string; currency: string };
}

interface PaypalBatch {
  id: string;
  status: string;
  items: (Payment & { status: string; error?: string })[];
}

/**
 * A stand-in of PayPal's Payouts API that keeps what it pays: one batch per sender_batch_id, as PayPal does. What it
 * answers may be disturbed; what it does may not.
 */
export class PaypalServer {
  readonly batches = new Map<string, PaypalBatch>();
  private readonly tokens = new Set<string>();
  private disturb: (request: SinkRequest, answer: SinkAnswer) => SinkAnswer = (_request, answer) => answer;
  private refuse: ((request: SinkRequest) => SinkAnswer | null) | null = null;

  private constructor(private readonly sink: SinkServer) {
    sink.answer((request) => this.disturb(request, this.refuse?.(request) ?? this.give(request)));
  }

  static async start(): Promise<PaypalServer> {
    return new PaypalServer(await startSinkServer());
  }

  /** Settings of a program that pays here. */
  get env(): Record<string, string> {
    return { PAYPAL_URL: this.sink.url, PAYPAL_TIMEOUT_SECONDS: '1', ...PAYPAL_CREDENTIALS };
  }

  /** Requests to pay, so far. */
  get orders(): SinkRequest[] {
    return this.sink.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/payouts'));
  }

  get requests(): SinkRequest[] {
    return this.sink.requests;
  }

  /** What was paid to whom, all batches together. */
  get paid(): string[] {
    return [...this.batches.values()].flatMap(({ items }) =>
      items.map(({ receiver, amount }) => `${receiver} ${amount.value} ${amount.currency}`),
    );
  }

  /** Changes answers after what they tell of was done; without an argument answers are as they should be again. */
  disturbAnswers(
    disturb: (request: SinkRequest, answer: SinkAnswer) => SinkAnswer = (_, answer) => answer,
  ): void {
    this.disturb = disturb;
  }

  /** Answers in the place of doing something; null lets it be done. */
  refuseRequests(refuse: ((request: SinkRequest) => SinkAnswer | null) | null): void {
    this.refuse = refuse;
  }

  /** Has PayPal end the payments: each item's status by its receiver. */
  finish(statusOf: (receiver: string) => string, batchStatus = 'SUCCESS'): void {
    for (const batch of this.batches.values()) {
      batch.status = batchStatus;
      for (const item of batch.items) item.status = statusOf(item.receiver);
    }
  }

  /** Has PayPal take its tokens back. */
  revokeTokens(): void {
    this.tokens.clear();
  }

  stop(): Promise<void> {
    return this.sink.stop();
  }

  private give(request: SinkRequest): SinkAnswer {
    const { method, path, headers, body } = request;
    if (path === '/v1/oauth2/token') return this.giveToken(headers.authorization ?? '');
    const token = (headers.authorization ?? '').replace('Bearer ', '');
    if (!this.tokens.has(token))
      return json(401, { name: 'AUTHENTICATION_FAILURE', message: 'Token invalid' });
    if (method === 'POST') return this.create(JSON.parse(body) as NewBatch);
    return this.show(request);
  }

  private giveToken(authorization: string): SinkAnswer {
    const { PAYPAL_CLIENT_ID: id, PAYPAL_CLIENT_SECRET: secret } = PAYPAL_CREDENTIALS;
    if (authorization !== `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`) {
      return json(401, { error: 'invalid_client', error_description: 'Client Authentication failed' });
    }
    const token = randomBytes(12).toString('hex');
    this.tokens.add(token);
    return json(200, { access_token: token, token_type: 'Bearer', expires_in: 32_400 });
  }

  private create({ sender_batch_header: { sender_batch_id: senderBatchId }, items }: NewBatch): SinkAnswer {
    const known = this.batches.get(senderBatchId);
    if (known) {
      const link = [{ href: `${this.sink.url}/v1/payments/payouts/${known.id}`, rel: 'self', method: 'GET' }];
      const details = [
        { field: 'SENDER_BATCH_ID', issue: 'Batch with given sender_batch_id already exists', link },
      ];
      return json(400, { name: 'USER_BUSINESS_ERROR', message: 'User business error.', details });
    }
    const id = randomBytes(7).toString('hex').toUpperCase();
    this.batches.set(senderBatchId, {
      id,
      status: 'PENDING',
      items: items.map((item) => ({ ...item, status: 'PENDING' })),
    });
    return json(201, { batch_header: { payout_batch_id: id, batch_status: 'PENDING' } });
  }

  private show({ path, query }: SinkRequest): SinkAnswer {
    const id = path.split('/').at(-1);
    const batch = [...this.batches.values()].find((candidate) => candidate.id === id);
    if (!batch)
      return json(404, { name: 'INVALID_RESOURCE_ID', message: 'Requested resource ID was not found.' });
    const size = Number(query.get('page_size'));
    const page = Number(query.get('page'));
    const items = batch.items.slice((page - 1) * size, page * size);
    return json(200, {
      total_items: batch.items.length,
      total_pages: Math.ceil(batch.items.length / size),
      batch_header: { payout_batch_id: batch.id, batch_status: batch.status },
      items: items.map(({ status, sender_item_id, receiver, amount }) => ({
        payout_item_id: `I-${sender_item_id}`,
        transaction_status: status,
        payout_item: { recipient_type: 'EMAIL', sender_item_id, receiver, amount },
        ...(status !== 'SUCCESS' &&
          status !== 'PENDING' && {
            errors: { name: 'RECEIVER_UNCONFIRMED', message: 'Receiver is unconfirmed' },
          }),
      })),
    });
  }
}

interface NewBatch {
  sender_batch_header: { sender_batch_id: string };
  items: Payment[];
}

function json(status: number, value: object): SinkAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}
