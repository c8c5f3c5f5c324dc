import { AT, row } from './kinds.js';
import { next } from './scene.js';

const favouriteOf = (partnerId: string | null, userId: string): object => ({
  user_id: userId,
  partner_id: partnerId,
  name: `Favourite ${next()}`,
  relative_period: 'last_month',
  parameters: {},
  created_at: AT,
  updated_at: AT,
});
export const favourite = row('report_favourites', (_, { partnerId, userId }) =>
  favouriteOf(partnerId, userId),
);
export const operatorFavourite = row('report_favourites', (_, { userId }) => favouriteOf(null, userId));

/** One that is ready, whose files have expired. */
const requestOf = (partnerId: string | null, userId: string): object => ({
  partner_id: partnerId,
  requested_by: userId,
  name: 'October',
  parameters: { from: '2026-10-01', to: '2026-10-31' },
  format: 'xlsx',
  state: 'successful',
  attempts: 1,
  requested_at: AT,
  finished_at: AT,
  expires_at: AT,
  has_files: false,
});
export const requestedReport = row('report_requests', (_, { partnerId, userId }) =>
  requestOf(partnerId, userId),
);
export const operatorReport = row('report_requests', (_, { userId }) => requestOf(null, userId));
