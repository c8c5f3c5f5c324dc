import { randomUUID } from 'node:crypto';
import { Money, UnitOfWork } from '../../../src/platform/index.js';
import { ReferralProgressJob } from '../../../src/referrals/program/referral-progress.job.js';
import { Ledger } from '../../../src/wallet/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Calls, callsWith } from '../../support/journey.js';
import { personOf, type Role } from '../identity/matrix/people.js';
import { insert, makePartner } from '../identity/matrix/scene.js';

export interface ReferralProgram {
  registered: number;
  fulfilled: number;
  totalBonus: object[];
  code: string;
  link: string;
  terms: { inviterBonus: object; windowDays: number } | null;
  invited: {
    state: string;
    bonus: object;
    payableAt: string | null;
    windowEndsAt: string;
    conditions: { verified: boolean; workConfirmed: boolean; earnings: object[]; minimumEarnings: object[] };
  } | null;
  canEnterCodeUntil: string | null;
  howItWorks: string[];
}

export const TERMS = {
  open: true,
  currency: 'EUR',
  inviterBonus: '20.00',
  invitedBonus: '10.00',
  minimumEarnings: [
    { amount: '100.00', currency: 'EUR' },
    { amount: '110.00', currency: 'USD' },
  ],
};

const DAY_SECONDS = 86_400;

/** Partners who signed up on the first of November, and a program of 20 and 10 euros for earning 100. */
export class ProgramScene {
  private constructor(
    readonly app: TestApp,
    private readonly packageId: string,
  ) {}

  static async open(terms: object | null = TERMS): Promise<ProgramScene> {
    const app = await createTestApp();
    const packageId = await insert(app, 'packages', {
      ...{ name: 'Basic', price_minor: 0, currency: 'EUR', is_default: false, active: true },
      created_at: '2026-11-01T00:00:00Z',
    });
    const scene = new ProgramScene(app, packageId);
    if (terms) body(await (await scene.operator()).post('operator/referral-program', terms), 201);
    return scene;
  }

  /** An active affiliate. */
  partner(): Promise<string> {
    return makePartner({ app: this.app, packageId: this.packageId });
  }

  /** Somebody new of the partner, with a token of this moment. */
  async as(partnerId: string, role: Role = 'partner:owner'): Promise<Calls> {
    return callsWith(this.app, (await personOf(this.app, role, partnerId)).token!);
  }

  operator(role: Role = 'operator:admin'): Promise<Calls> {
    return this.as(randomUUID(), role);
  }

  async show(partnerId: string): Promise<ReferralProgram> {
    return body<ReferralProgram>(await (await this.as(partnerId)).get('partner/referral-program'), 200);
  }

  async enter(partnerId: string, code: string) {
    return (await this.as(partnerId)).post('partner/referral-program/inviter-code', { code });
  }

  /** An inviter and who entered its code. */
  async pair(): Promise<{ inviterId: string; partnerId: string }> {
    const [inviterId, partnerId] = [await this.partner(), await this.partner()];
    body(await this.enter(partnerId, (await this.show(inviterId)).code), 200);
    return { inviterId, partnerId };
  }

  /** Pays for a publication. @returns the reward's reference */
  async earn(ownerId: string, amount: string, currency = 'EUR'): Promise<string> {
    const reference = randomUUID();
    const paid = Money.parse(amount, currency);
    const credit = { kind: 'publication_reward', ownerId, reference, amount: paid } as const;
    await this.app.app.get(UnitOfWork).run((tx) => this.app.app.get(Ledger).credit(tx, credit));
    return reference;
  }

  /** Takes what was earned back. */
  async takeBack(reference: string): Promise<void> {
    const reverses = { kind: 'publication_reward', reference } as const;
    const kind = 'publication_reward_reversal';
    await this.app.app
      .get(UnitOfWork)
      .run((tx) => this.app.app.get(Ledger).reverse(tx, { kind, reference, reverses }));
  }

  /** Takes euros out of what is available. */
  async withdraw(ownerId: string, cents: number): Promise<void> {
    await this.app.db.query(
      `SELECT ledger_transfer(gen_random_uuid(), 'cashout_request', gen_random_uuid()::text, NULL, NULL, now(),
                              $1, 0::smallint, 'available', $1, 0::smallint, 'processing', 'EUR', $2)`,
      [ownerId, cents],
    );
  }

  passDays(days: number): void {
    this.app.clock.advance(days * DAY_SECONDS);
  }

  /** Runs the job, several at once where asked. */
  async run(atOnce = 1): Promise<void> {
    const job = this.app.app.get(ReferralProgressJob);
    await Promise.all(Array.from({ length: atOnce }, () => job.run()));
  }

  /** Available euros, in cents. */
  async balance(ownerId: string): Promise<number> {
    const [row] = await this.app.db.query<{ minor: string }[]>(
      `SELECT balance_minor AS minor FROM ledger_accounts WHERE owner_id = $1 AND kind = 'available' AND currency = 'EUR'`,
      [ownerId],
    );
    return Number(row?.minor ?? 0);
  }

  /** Journals about referrals that touched the owner. */
  async journals(ownerId: string): Promise<string[]> {
    const rows = await this.app.db.query<{ kind: string }[]>(
      `SELECT j.kind FROM ledger_journals j JOIN ledger_entries e ON e.journal_id = j.id
         JOIN ledger_accounts a ON a.id = e.account_id
        WHERE a.owner_id = $1 AND j.kind LIKE 'referral%' ORDER BY j.id`,
      [ownerId],
    );
    return rows.map(({ kind }) => kind);
  }
}
