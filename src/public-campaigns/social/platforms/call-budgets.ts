import { Injectable } from '@nestjs/common';
import { Clock, Config, type SocialPlatformName, type Tx, UnitOfWork } from '../../../platform/index.js';
import { accountBudget, type Budget, platformBudget, restSeconds } from '../domain/budgets.js';
import { PlatformFault } from '../domain/platform-fault.js';
import { PLATFORM_TITLES } from '../social.errors.js';

/** For whom a platform is called. */
export interface Spender {
  platform: SocialPlatformName;
  accountId: string;
}

/** A platform that was busy so long ago has forgotten it. */
const FORGOTTEN_AFTER_MS = 3_600_000;

/**
 * How often platforms may still be called, by platform and by account. Kept in the database: instances share what
 * there is, and a restart forgets no 429.
 */
@Injectable()
export class CallBudgets {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Takes one call out of the budgets. @throws PlatformFault busy, with the time until there is one again */
  async spend({ platform, accountId }: Spender): Promise<void> {
    const now = this.clock.now();
    const ofPlatform = platformBudget(platform, now, this.config.youtubeDailyQuota);
    const budgets: [string, 'platform' | 'account', Budget | null][] = [
      [platform, 'platform', ofPlatform],
      [accountId, 'account', accountBudget(now)],
    ];
    const refused = await this.unitOfWork.run(async (tx) => {
      for (const [key, scope, budget] of budgets) {
        if (!(await this.take(tx, key, budget, now))) return { scope, until: await freeAt(tx, key, budget) };
      }
      return null;
    });
    if (!refused) return;
    const seconds = Math.max(1, Math.ceil((refused.until.getTime() - now.getTime()) / 1_000));
    throw new PlatformFault('busy', `${PLATFORM_TITLES[platform]} is left alone for ${seconds} s`, {
      scope: refused.scope,
      retryAfterSeconds: seconds,
    });
  }

  /** Leaves a platform, or one account of it, alone. @param seconds as the platform wishes; it may say nothing */
  async rest(
    { platform, accountId }: Spender,
    scope: 'platform' | 'account',
    seconds: number | undefined,
  ): Promise<void> {
    const key = scope === 'platform' ? platform : accountId;
    const now = this.clock.now();
    await this.unitOfWork.run(async (tx) => {
      const [known] = await tx.query<{ rests: number; restingUntil: Date | null }[]>(
        'SELECT rests, resting_until AS "restingUntil" FROM call_budgets WHERE scope = $1 FOR UPDATE',
        [key],
      );
      const recent = (known?.restingUntil?.getTime() ?? 0) > now.getTime() - FORGOTTEN_AFTER_MS;
      const rests = recent ? known!.rests : 0;
      const until = new Date(now.getTime() + (seconds ?? restSeconds(rests)) * 1_000);
      await tx.query(
        `INSERT INTO call_budgets AS b (scope, window_ends_at, used, resting_until, rests) VALUES ($1, $2, 0, $3, $4)
         ON CONFLICT (scope) DO UPDATE SET resting_until = greatest(b.resting_until, $3), rests = $4`,
        [key, now, until, rests + 1],
      );
    });
  }

  /** Whether a call was taken: nothing is resting, and the window has some left, or is over. */
  private async take(tx: Tx, key: string, budget: Budget | null, now: Date): Promise<boolean> {
    const taken = await tx.query<unknown[]>(
      `INSERT INTO call_budgets AS b (scope, window_ends_at, used) VALUES ($1, $2, 1)
       ON CONFLICT (scope) DO UPDATE
         SET used = CASE WHEN b.window_ends_at <= $3 THEN 1 ELSE b.used + 1 END,
             window_ends_at = CASE WHEN b.window_ends_at <= $3 THEN $2 ELSE b.window_ends_at END
         WHERE (b.resting_until IS NULL OR b.resting_until <= $3)
           AND ($4::integer IS NULL OR b.window_ends_at <= $3 OR b.used < $4)
       RETURNING scope`,
      [key, budget?.windowEndsAt ?? now, now, budget?.calls ?? null],
    );
    return taken.length > 0;
  }
}

/** When what is resting or used up may be called again. */
async function freeAt(tx: Tx, key: string, budget: Budget | null): Promise<Date> {
  const [row] = await tx.query<{ until: Date }[]>(
    `SELECT greatest(resting_until, CASE WHEN used >= $2::integer THEN window_ends_at END) AS until
       FROM call_budgets WHERE scope = $1`,
    [key, budget?.calls ?? null],
  );
  return row!.until;
}
