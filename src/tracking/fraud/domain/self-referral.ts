import type { Finding, MemberFacts, OrderFacts, PlayerRule } from './fraud-rule.js';
import { placeOf } from './place.js';

type Visit = NonNullable<OrderFacts['visit']>;

/** Members who signed in from the visit's line. */
export function sameAddress(visit: Visit, members: readonly MemberFacts[]): Finding[] {
  return members.flatMap(({ userId, devices }) => {
    const device = devices.find(({ address }) => placeOf(address)?.line === visit.place.line);
    if (!device) return [];
    const { address: signedInFrom, lastSeenAt } = device;
    const evidence = { userId, visitId: visit.id, address: visit.address, signedInFrom, lastSeenAt };
    return [{ fingerprint: userId, evidence }];
  });
}

/** Members who signed in with the visit's browser from its area, though from another line. */
export function sameDevice(visit: Visit, members: readonly MemberFacts[]): Finding[] {
  const { id: visitId, address, place, userAgent } = visit;
  if (!userAgent) return [];
  return members.flatMap(({ userId, devices }) => {
    const device = devices.find((other) => {
      const otherPlace = placeOf(other.address);
      return (
        other.userAgent === userAgent && otherPlace?.area === place.area && otherPlace.line !== place.line
      );
    });
    if (!device) return [];
    const { address: signedInFrom, lastSeenAt } = device;
    const evidence = { userId, visitId, userAgent, address, signedInFrom, lastSeenAt };
    return [{ fingerprint: userId, evidence }];
  });
}

const byEmail: PlayerRule = {
  name: 'self_referral_email',
  title: 'Self-referral by e-mail',
  meaning:
    'The player signed up with the mailbox of one of the partner’s own people. Case, and what the mail provider ' +
    'in an address ignores, make no difference.',
  weight: 90,
  subject: 'player',
  find: ({ mailboxHash, members }) =>
    members
      .filter((member) => member.mailboxHash === mailboxHash)
      .map(({ userId }) => ({ fingerprint: userId, evidence: { userId } })),
};

const byAddress: PlayerRule = {
  name: 'self_referral_address',
  title: 'Self-referral by address',
  meaning:
    'The player’s visit came from an address from which one of the partner’s own people signed in during the last ' +
    '90 days (of IPv6: from the same /64).',
  weight: 60,
  subject: 'player',
  find: ({ visit, members }) => (visit ? sameAddress(visit, members) : []),
};

const byDevice: PlayerRule = {
  name: 'self_referral_device',
  title: 'Self-referral by device',
  meaning:
    'The player’s visit came with the same browser, of the same version, and from the same network (/24, of IPv6 ' +
    '/48) as a sign-in of one of the partner’s own people during the last 90 days, though from another address.',
  weight: 40,
  subject: 'player',
  find: ({ visit, members }) => (visit ? sameDevice(visit, members) : []),
};

const byPaymentAccount: PlayerRule = {
  name: 'self_referral_payment_account',
  title: 'Self-referral by payment account',
  meaning:
    'An account that the partner is paid to, or was, bears the player’s mailbox or the player’s first and last name.',
  weight: 80,
  subject: 'player',
  find: (player) =>
    player.accounts.flatMap(({ paymentMethodId, type, masked, mailboxHash, nameHash }) => {
      const byMailbox = mailboxHash !== null && mailboxHash === player.mailboxHash;
      const byName = nameHash !== null && nameHash === player.nameHash;
      if (!byMailbox && !byName) return [];
      const same = byMailbox ? 'e-mail' : 'name';
      return [{ fingerprint: paymentMethodId, evidence: { paymentMethodId, type, account: masked, same } }];
    }),
};

/** Rules about players who are the partner's own people. */
export const SELF_REFERRAL_RULES = [byEmail, byAddress, byDevice, byPaymentAccount] as const;
