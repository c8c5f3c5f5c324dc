import type { Finding, OrderFacts, OrderRule } from './fraud-rule.js';
import { sameAddress, sameDevice } from './self-referral.js';
import {
  beforeTaken,
  CLOCK_TOLERANCE_SECONDS,
  FASTEST_SECONDS,
  fromBot,
  fromDatacenter,
  secondsBetween,
} from './visit-rules.js';

/** Finds something in the visit that the order is credited to; nothing of an order that came by a promo code. */
function inVisit(
  find: (order: OrderFacts & { visit: NonNullable<OrderFacts['visit']> }) => Finding[],
): OrderRule['find'] {
  return (order) => (order.visit ? find({ ...order, visit: order.visit }) : []);
}

const noVisit: OrderRule = {
  name: 'order_without_visit',
  title: 'Order without a visit of its own',
  meaning: `The order was made more than ${CLOCK_TOLERANCE_SECONDS / 60} minutes before the visit that it is credited to.`,
  weight: 50,
  subject: 'order',
  find: inVisit(({ visit: { id: visitId, visitedAt }, orderedAt }) =>
    secondsBetween(orderedAt, visitedAt) > CLOCK_TOLERANCE_SECONDS
      ? [{ fingerprint: 'before_visit', evidence: { visitId, visitedAt, orderedAt } }]
      : [],
  ),
};

const beforeCode: OrderRule = {
  name: 'order_before_code',
  title: 'Order before its promo code was taken',
  meaning:
    `The order was made more than ${CLOCK_TOLERANCE_SECONDS / 60} minutes before the partner took the promo code ` +
    'that it is credited to.',
  weight: 50,
  subject: 'order',
  find: ({ code, orderedAt }) => beforeTaken(code, orderedAt, { orderedAt }),
};

const timeToOrder: OrderRule = {
  name: 'order_time_to_convert',
  title: 'Order at once',
  meaning:
    `The order was made less than ${FASTEST_SECONDS} seconds after the click. Late orders say nothing: buyers come ` +
    'back, and stay credited to their first visit.',
  weight: 30,
  subject: 'order',
  find: inVisit(({ visit: { id: visitId, visitedAt }, orderedAt }) => {
    const seconds = secondsBetween(visitedAt, orderedAt);
    return seconds >= 0 && seconds < FASTEST_SECONDS
      ? [{ fingerprint: 'fast', evidence: { visitId, visitedAt, orderedAt, seconds } }]
      : [];
  }),
};

const datacenter: OrderRule = {
  name: 'order_datacenter_address',
  title: 'Order from a data-centre address',
  meaning:
    'The order’s visit came from a data centre, where servers are and people are not, unless by a VPN.',
  weight: 40,
  subject: 'order',
  find: inVisit(({ visit }) => fromDatacenter(visit)),
};

const bot: OrderRule = {
  name: 'order_bot',
  title: 'Order by a bot',
  meaning: 'The order’s visit was made by a program that names itself as one, or that names nothing at all.',
  weight: 40,
  subject: 'order',
  find: inVisit(({ visit }) => fromBot(visit)),
};

const country: OrderRule = {
  name: 'order_country_mismatch',
  title: 'Order from another country',
  meaning:
    'The brand names another country for the order than the visit came from; both are known. Travellers and gifts ' +
    'look the same.',
  weight: 15,
  subject: 'order',
  find: inVisit(({ visit: { id: visitId, country: visitCountry }, country: orderCountry }) =>
    visitCountry && orderCountry && visitCountry !== orderCountry
      ? [
          {
            fingerprint: `${visitCountry} ${orderCountry}`,
            evidence: { visitId, visitCountry, orderCountry },
          },
        ]
      : [],
  ),
};

const byAddress: OrderRule = {
  name: 'order_self_referral_address',
  title: 'Own order by address',
  meaning:
    'The order’s visit came from an address from which one of the partner’s own people signed in during the last 90 ' +
    'days (of IPv6: from the same /64).',
  weight: 60,
  subject: 'order',
  find: inVisit(({ visit, members }) => sameAddress(visit, members)),
};

const byDevice: OrderRule = {
  name: 'order_self_referral_device',
  title: 'Own order by device',
  meaning:
    'The order’s visit came with the same browser, of the same version, and from the same network (/24, of IPv6 /48) ' +
    'as a sign-in of one of the partner’s own people during the last 90 days, though from another address.',
  weight: 40,
  subject: 'order',
  find: inVisit(({ visit, members }) => sameDevice(visit, members)),
};

/** Rules that look at orders one by one: an order tells of its visit, and of nobody. */
export const ORDER_RULES: readonly OrderRule[] = [
  byAddress,
  byDevice,
  noVisit,
  beforeCode,
  timeToOrder,
  datacenter,
  bot,
  country,
];
