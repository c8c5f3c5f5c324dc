import type { Response } from 'supertest';
import type { TestApp } from '../../support/app.js';
import { body, type Calls, type Person, signIn } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { makeProgram, type Program } from '../../support/program.js';
import { Caller, SIGN_UP } from '../identity/scene.js';

export interface Promo {
  id: string;
  campaignId: string;
  code: string;
  trackingUrl: string;
}

export interface SubAffiliate {
  id: string;
  name: string;
  state: string;
  level: number;
  campaignId: string;
  campaignName: string;
  promoId: string;
  promoCode: string;
  registeredAt: string;
}

export interface SubAffiliatePage {
  items: SubAffiliate[];
  nextCursor: string | null;
}

/** A program whose brand has a landing for partners too. */
export class ReferralScene {
  private constructor(
    readonly app: TestApp,
    readonly operator: Person,
    readonly program: Program,
    /** A landing that leads to the program's own sign-up. */
    readonly signUpLandingId: string,
  ) {}

  static async open(app: TestApp): Promise<ReferralScene> {
    const operator = await signIn(app, 'admin@example.com', 'correct horse battery');
    const program = await makeProgram(operator);
    const landing = await operator.post('operator/landings', {
      brandId: program.brandId,
      title: 'Become a partner',
      url: 'https://program.example/join?lang=en',
      audience: 'sub_affiliates',
    });
    return new ReferralScene(app, operator, program, body<{ id: string }>(landing, 201).id);
  }

  /** A campaign of the partner with a promo for partners, unless for another landing. */
  async promoOf(partner: Calls, name = 'Colleagues', landingId = this.signUpLandingId): Promise<Promo> {
    const { brandId, planId: commissionPlanId } = this.program;
    const made = await partner.post('partner/campaigns', {
      name,
      brandId,
      commissionPlanId,
      promo: { landingId },
    });
    return body<{ promo: Promo }>(made, 201).promo;
  }

  /** Somebody signs up; nobody has approved it. Gives the partner's id once the outbox is empty. */
  async signUp(email: string, form: object = {}): Promise<string> {
    const answer = await this.register(email, form);
    const { partnerId } = body<{ partnerId: string }>(answer, 201);
    await outboxDelivered(this.app);
    return partnerId;
  }

  register(email: string, form: object = {}): Promise<Response> {
    const name = email.split('@')[0]!;
    return new Caller(this.app).post('auth/register', { ...SIGN_UP, email, name, ...form });
  }

  /** The partner's sub-affiliates, as it sees them. */
  async list(partner: Calls, query = ''): Promise<SubAffiliatePage> {
    return body<SubAffiliatePage>(await partner.get(`partner/sub-affiliates${query}`), 200);
  }

  /** Who brought the partner, by the database. */
  async connectionOf(
    partnerId: string,
  ): Promise<{ inviter_id: string; promo_id: string; visit_id: string | null } | undefined> {
    const [row] = await this.app.db.query<
      { inviter_id: string; promo_id: string; visit_id: string | null }[]
    >('SELECT inviter_id, promo_id, visit_id FROM sub_affiliates WHERE partner_id = $1', [partnerId]);
    return row;
  }
}

/** The id of the partner whose person it is. */
export async function partnerIdOf(person: Calls): Promise<string> {
  return body<{ partnerId: string }>(await person.get('me'), 200).partnerId;
}
