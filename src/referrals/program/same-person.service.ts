import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { MemberTraces } from '../../identity/index.js';
import { Partners } from '../../partner-management/index.js';
import { Clock } from '../../platform/index.js';
import { AccountHolders } from '../../wallet/index.js';

/** Tells partners who are one person: by the hashes and numbers that their people and accounts have in common. */
@Injectable()
export class SamePerson {
  constructor(
    private readonly members: MemberTraces,
    private readonly partners: Partners,
    private readonly accounts: AccountHolders,
    private readonly clock: Clock,
  ) {}

  /** Whether the two have a mailbox, a phone number or a payment account in common, one deleted since included. */
  async are(db: EntityManager, one: string, other: string): Promise<boolean> {
    const [marks, others] = [await this.marksOf(db, one), await this.marksOf(db, other)];
    return [...marks].some((mark) => others.has(mark));
  }

  private async marksOf(db: EntityManager, partnerId: string): Promise<ReadonlySet<string>> {
    const { phone } = await this.partners.get(db, partnerId);
    const people = await this.members.ofPartners(db, [partnerId], this.clock.now());
    const accounts = await this.accounts.ofOwners(db, [partnerId]);
    const phones = [phone, ...people.map((person) => person.phone)];
    const mailboxes = [...people, ...accounts].map(({ mailboxHash }) => mailboxHash);
    return new Set([
      ...phones.flatMap((number) => (number === null ? [] : [`phone ${number}`])),
      ...mailboxes.flatMap((hash) => (hash === null ? [] : [`mailbox ${hash}`])),
      ...accounts.flatMap(({ accountHash }) => (accountHash === null ? [] : [`account ${accountHash}`])),
    ]);
  }
}
