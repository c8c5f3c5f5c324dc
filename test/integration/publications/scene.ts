import { type Calls, body, type Person, signIn } from '../../support/journey.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { makeProgram, type Program } from '../../support/program.js';
import { joinBrand } from '../tracking/order-scene.js';

export interface Problem {
  code: string;
  detail: string;
  errors: { path: string; message: string }[];
}

export interface Offer {
  id: string;
  state: string;
  commissionPlanId: string | null;
  landingId: string | null;
  publicationReward: { amount: string; currency: string } | null;
}

export const eur = (amount: string) => ({ amount, currency: 'EUR' });

/** An offer of 50.00 EUR for a publication. */
export const CPP = {
  title: 'Show our shoes',
  description: 'A reel of 30 seconds.',
  pricingModel: 'cpp',
  publicationReward: eur('50.00'),
};

/** A program with a brand and its people. */
export class OfferScene {
  private constructor(
    readonly app: TestApp,
    readonly operator: Person,
    readonly program: Program,
    readonly owner: Person,
    readonly reviewer: Person,
    /** Owner of another brand. */
    readonly stranger: Person,
  ) {}

  static async open(options: { background?: boolean } = {}): Promise<OfferScene> {
    const app = await createTestApp(options);
    const operator = await signIn(app, 'admin@example.com', 'correct horse battery');
    const program = await makeProgram(operator);
    const other = await makeProgram(operator);
    return new OfferScene(
      app,
      operator,
      program,
      await joinBrand(app, operator, program.brandId, 'owner'),
      await joinBrand(app, operator, program.brandId, 'reviewer'),
      await joinBrand(app, operator, other.brandId, 'owner'),
    );
  }

  /** A draft of the brand. @param change what differs from {@link CPP} */
  async draft(change: object = {}, as: Calls = this.owner): Promise<Offer> {
    return body<Offer>(await as.post('brand/offers', { ...CPP, ...change }), 201);
  }

  /** An open offer of the brand. */
  async offer(change: object = {}): Promise<Offer> {
    const { id } = await this.draft(change);
    return body<Offer>(await this.owner.post(`brand/offers/${id}/open`), 200);
  }

  /** A pool of promo codes of the brand. */
  async pool(codes: string[]): Promise<string> {
    const made = await this.owner.post('brand/promo-codes', { name: 'Pool', codes });
    return body<{ id: string }>(made, 201).id;
  }
}
