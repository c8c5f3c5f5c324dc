import { Injectable } from '@nestjs/common';
import { Config, type JsonAnswer, requestJson } from '../../../platform/index.js';
import { PlatformFault } from '../domain/platform-fault.js';
import { PLATFORM_TITLES } from '../social.errors.js';
import { CallBudgets, type Spender } from './call-budgets.js';

const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const LONGEST_WAIT_SECONDS = 86_400;
/** How long a platform is left alone that did not answer one call. */
const SILENCE_SECONDS = 30;

/** A call of a platform. */
export interface PlatformCall {
  method: 'GET' | 'POST';
  url: string;
  headers?: Record<string, string>;
  body?: string;
}

/** Calls platforms at the addresses of the settings, no more often than they want. */
@Injectable()
export class PlatformCalls {
  constructor(
    private readonly config: Config,
    private readonly budgets: CallBudgets,
  ) {}

  /**
   * Makes a call that counts towards no budget: of the way by which an account is connected, and of its tokens.
   * @throws PlatformFault no_answer
   */
  async ask(platform: Spender['platform'], call: PlatformCall): Promise<JsonAnswer> {
    try {
      return await requestJson({
        ...call,
        timeoutMs: this.config.socialTimeoutMs,
        maxBytes: MAX_ANSWER_BYTES,
      });
    } catch (error) {
      // What undici throws names hosts and codes, never headers and queries.
      const words = `${PLATFORM_TITLES[platform]} did not answer: ${(error as Error).message}`;
      throw new PlatformFault('no_answer', words);
    }
  }

  /**
   * Makes a call of the API for an account, and gives its answer when it is one.
   * @param faultOf what is wrong with an answer
   * @throws PlatformFault as `faultOf` says; busy when the budget is used up
   */
  async read(
    spender: Spender,
    call: PlatformCall,
    faultOf: (answer: JsonAnswer) => PlatformFault | null,
  ): Promise<unknown> {
    await this.budgets.spend(spender);
    const answer = await this.ask(spender.platform, call).catch(async (fault: unknown) => {
      // Others do not wait for the same silence.
      await this.budgets.rest(spender, 'platform', SILENCE_SECONDS);
      throw fault;
    });
    const fault = faultOf(answer);
    if (!fault) return answer.body;
    throw fault.kind === 'busy' ? await this.rest(spender, fault, answer) : fault;
  }

  /** Notes how long the platform wants to be left alone: as its header says, as its code means, or a minute and more. */
  private async rest(
    spender: Spender,
    fault: PlatformFault,
    { headers }: JsonAnswer,
  ): Promise<PlatformFault> {
    const wish = Number(headers['retry-after']);
    const said = Number.isFinite(wish) && wish > 0 ? Math.ceil(wish) : fault.details.retryAfterSeconds;
    const seconds = said === undefined ? undefined : Math.min(said, LONGEST_WAIT_SECONDS);
    const scope = fault.details.scope ?? 'platform';
    await this.budgets.rest(spender, scope, seconds);
    return new PlatformFault('busy', fault.message, { scope, retryAfterSeconds: seconds });
  }
}

/** Query of an address; absent values are left out. */
export function queryOf(values: Readonly<Record<string, string | number>>): string {
  const texts = Object.entries(values).map(([name, value]): [string, string] => [name, String(value)]);
  return new URLSearchParams(texts).toString();
}

/** A form, as token endpoints take it. */
export function form(values: Readonly<Record<string, string>>): Pick<PlatformCall, 'headers' | 'body'> {
  return {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: queryOf(values),
  };
}
