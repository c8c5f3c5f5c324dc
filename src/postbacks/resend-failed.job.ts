import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Jobs, type Tx, UnitOfWork } from '../platform/index.js';
import type { LogFilterInput } from './log-filter.js';
import { type CountedResends, ResendFailed, type ResendOrder } from './resend-failed.service.js';

const JOB = 'postbacks.resend-failed';
/** The filter may hold parts of a URL. */
const FORGET_SECONDS = 86_400;

/** As it is kept. */
interface Payload {
  partnerId: string;
  filter: LogFilterInput;
  requestedAt: string;
  before: string;
}

/** Sends failed postbacks again where they are many: a first step at once, the others in the background. */
@Injectable()
export class ResendFailedJob implements OnModuleInit {
  constructor(
    private readonly resends: ResendFailed,
    private readonly jobs: Jobs,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  onModuleInit(): void {
    this.jobs.handle<Payload>(JOB, (payload, { signal }) => this.goOn(payload, signal), {
      forgetAfterSeconds: FORGET_SECONDS,
    });
  }

  /** How many would be sent again now. */
  count(tx: Tx, partnerId: string, filter: LogFilterInput): Promise<CountedResends> {
    const { requestedAt, before } = this.resends.beginning();
    return this.resends.count(tx, { partnerId, filter, requestedAt }, before);
  }

  /** Takes the first step, and has the job go on with the transaction when there is more. */
  async start(tx: Tx, partnerId: string, filter: LogFilterInput): Promise<{ count: number; more: boolean }> {
    const { requestedAt, before } = this.resends.beginning();
    const { count, next } = await this.resends.resendSome(tx, { partnerId, filter, requestedAt }, before);
    if (next !== null) {
      await this.jobs.send(tx, JOB, {
        partnerId,
        filter,
        requestedAt: requestedAt.toISOString(),
        before: next,
      });
    }
    return { count, more: next !== null };
  }

  /** A job that is tried again goes the same way: what was queued since the order is left out. */
  private async goOn(
    { partnerId, filter, requestedAt, before }: Payload,
    signal: AbortSignal,
  ): Promise<void> {
    const order: ResendOrder = { partnerId, filter, requestedAt: new Date(requestedAt) };
    for (let next: string | null = before; next !== null;) {
      signal.throwIfAborted();
      const place: string = next;
      ({ next } = await this.unitOfWork.run((tx) => this.resends.resendSome(tx, order, place)));
    }
  }
}
