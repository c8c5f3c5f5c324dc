import { percentText } from './exact.js';
import type {
  AmountCapTaken,
  CountCapTaken,
  LineExplanation,
  RevshareExplanation,
  SaleExplanation,
} from './line.js';
import { hasAdminFee, MEASURES } from './measures.js';

/** How a line comes to its amount, in sentences with its figures (B03); from the explanation that the line keeps. */
export function lineInWords(explanation: LineExplanation): string[] {
  const { countCap, amountCap, currency } = explanation;
  return [
    ...calculationInWords(explanation),
    ...(countCap ? [countCapInWords(countCap)] : []),
    ...(amountCap ? [amountCapInWords(amountCap, currency)] : []),
  ];
}

function calculationInWords(explanation: LineExplanation): string[] {
  const { currency } = explanation;
  switch (explanation.formula) {
    case 'cpl':
      return [each(explanation.registrations, 'registration', explanation.perRegistration, currency)];
    case 'cpa':
      return [each(explanation.qualifiedPlayers, 'qualified player', explanation.perPlayer, currency)];
    case 'sale_fixed':
      return [each(explanation.approvedOrders, 'approved order', explanation.perOrder ?? '', currency)];
    case 'sale_share':
      return [shareOfOrders(explanation)];
    case 'sub_affiliate':
      return [
        `${percentText(explanation.rateBps)} of the ${explanation.base} ${currency} that ${counted(explanation.partners, 'partner')} of level ${explanation.level} earned, rounded half to even.`,
      ];
    case 'revshare_flat':
    case 'revshare_marginal':
      return shareOfRevenue(explanation);
  }
}

function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

function each(count: number, thing: string, amount: string, currency: string): string {
  return `${counted(count, thing)}, ${amount} ${currency} each.`;
}

function shareOfOrders({ approvedOrders, ordersTotal, rateBps, currency }: SaleExplanation): string {
  const orders = counted(approvedOrders, 'approved order');
  return `${percentText(rateBps ?? 0)} of ${ordersTotal} ${currency}, the sum of ${orders}, rounded half to even.`;
}

function shareOfRevenue(explanation: RevshareExplanation): string[] {
  const { base, baseTotal, promoBase, currency, tier, adminFeeBps, slices, slicesTotal } = explanation;
  const { title, description } = MEASURES[base];
  const fee = hasAdminFee(base) && adminFeeBps > 0 ? `; the admin fee is ${percentText(adminFeeBps)}` : '';
  const sentences = [
    `${title} is ${description}${fee}.`,
    `Over all promos on the plan it is ${baseTotal} ${currency}, which lies in tier ${tier.number} (from ${tier.from} ${currency}, ${percentText(tier.rateBps)}).`,
  ];
  if (!slices) {
    sentences.push(
      `The line is ${percentText(tier.rateBps)} of this promo’s ${promoBase} ${currency}, rounded half to even.`,
    );
    return sentences;
  }
  const parts = slices.map(
    (slice) => `${percentText(slice.rateBps)} of ${slice.base} ${currency} is ${slice.amount} ${currency}`,
  );
  sentences.push(
    `Slice by slice: ${parts.join('; ')}; together ${slicesTotal} ${currency}.`,
    `This promo’s ${promoBase} ${currency} have the same share of that as of the total, rounded half to even.`,
  );
  return sentences;
}

function countCapInWords({ cap, counted: all, took }: CountCapTaken): string {
  return `At most ${cap} are paid in a period, the earliest first: of ${all} in all, ${took} of this line are left out.`;
}

function amountCapInWords({ cap, uncappedTotal, uncapped }: AmountCapTaken, currency: string): string {
  return `At most ${cap} ${currency} are paid in a period: all lines together would be ${uncappedTotal} ${currency}, so this one, which would be ${uncapped} ${currency}, is brought down in proportion.`;
}
