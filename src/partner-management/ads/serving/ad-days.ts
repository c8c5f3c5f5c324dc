import { Injectable } from '@nestjs/common';
import { Clock, type Tx } from '../../../platform/index.js';

/** What is counted of a campaign's ads by day; bots apart. */
type DayCount = 'renders' | 'clicks' | 'botRenders' | 'botClicks';

/** One thing to be counted today. */
interface Counted {
  campaignId: string;
  adId: string;
  count: DayCount;
}

/** Adds to the day's counts, in one order, so that two processes wait for each other instead of locking each other out. */
const ADD = `
  INSERT INTO ad_campaign_days AS so_far (campaign_id, day, ad_id, renders, clicks, bot_renders, bot_clicks)
  SELECT "campaignId", $2::date, "adId", count(*) FILTER (WHERE count = 'renders'), count(*) FILTER (WHERE count = 'clicks'),
         count(*) FILTER (WHERE count = 'botRenders'), count(*) FILTER (WHERE count = 'botClicks')
    FROM json_to_recordset($1) AS counted ("campaignId" uuid, "adId" uuid, count text)
   GROUP BY 1, 3 ORDER BY 1, 3
  ON CONFLICT (campaign_id, day, ad_id) DO UPDATE
    SET renders = so_far.renders + EXCLUDED.renders, clicks = so_far.clicks + EXCLUDED.clicks,
        bot_renders = so_far.bot_renders + EXCLUDED.bot_renders, bot_clicks = so_far.bot_clicks + EXCLUDED.bot_clicks`;

/** Counts of ad campaigns by UTC day. */
@Injectable()
export class AdDays {
  constructor(private readonly clock: Clock) {}

  /** Counts what happened today. */
  async add(tx: Tx, counted: readonly Counted[]): Promise<void> {
    if (counted.length === 0) return;
    await tx.query(ADD, [JSON.stringify(counted), this.clock.now().toISOString().slice(0, 10)]);
  }
}
