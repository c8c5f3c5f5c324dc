import { Cron } from '@nestjs/schedule';

/**
 * Has a method run by the clock. It does not begin while it still runs from the time before, and a stop waits
 * for it, see `TimedWork`.
 * @param cronTime five fields as of cron, or six with the seconds in front
 */
export function Timed(cronTime: string, options: { name: string }): MethodDecorator {
  return Cron(cronTime, { ...options, waitForCompletion: true });
}
