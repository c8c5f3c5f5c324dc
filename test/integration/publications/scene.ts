import { SchedulerRegistry } from '@nestjs/schedule';
import { PublicationDeadlines } from '../../../src/publications/publication-deadlines.job.js';
import { type Calls, body, joinAsPartner, type Person, signIn } from '../../support/journey.js';
import { SAMPLE_PNG } from '../../support/sample-files.js';
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

export interface Publication {
  id: string;
  offer: { id: string };
  account: { platform: string; handle: string };
  state: string;
  reviewOf: string | null;
  deadlineAt: string | null;
  confirmsAt: string | null;
  declinesLeft: number;
  promoCode: string | null;
  rejectionReason: string | null;
  reversedAt: string | null;
  submissions: {
    kind: string;
    version: number;
    links: string[];
    files: { id: string }[];
    decision: string | null;
    reason: string | null;
  }[];
  history: { action: string; from: string | null; to: string; side: string; reason: string | null }[];
}

export const DAY = 86_400;

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
    // Tests say when deadlines are looked at.
    await app.app.get(SchedulerRegistry).getCronJob('publications.deadlines').stop();
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

  /** A creator with a verified account, approved by the program. */
  async creator(handle: string, platform = 'instagram'): Promise<Person> {
    const email = `${handle}@creators.example`;
    const form = { kind: 'creator', socialAccount: { platform, handle } };
    const creator = await joinAsPartner(this.app, this.operator, email, form);
    const accounts = await creator.get('partner/social-accounts');
    const [{ id }] = body<{ items: [{ id: string }] }>(accounts, 200).items;
    const asked = await creator.post(`partner/social-accounts/${id}/verification`);
    const { code } = body<{ code: string }>(asked, 200);
    body(await this.operator.post(`operator/social-accounts/${id}/verify`, { code }), 200);
    return creator;
  }

  /** The creator takes part in the offer. */
  async apply(creator: Calls, { id }: { id: string }): Promise<Publication> {
    return body<Publication>(await creator.post(`partner/offers/${id}/apply`), 201);
  }

  /** Uploads a screenshot to the publication. */
  async screenshot(creator: Calls, { id }: { id: string }): Promise<string> {
    const file = { content: SAMPLE_PNG, fileName: 'post.png' };
    return body<{ id: string }>(await creator.upload(`partner/publications/${id}/files`, file), 201).id;
  }

  /** The creator has published: link and screenshot are handed in. */
  async publish(creator: Calls, publication: { id: string }): Promise<Publication> {
    const fileIds = [await this.screenshot(creator, publication)];
    const links = ['https://www.instagram.com/reel/abc/'];
    const path = `partner/publications/${publication.id}/evidence`;
    return body<Publication>(await creator.post(path, { links, fileIds }), 200);
  }

  /** The brand does something to the publication. */
  async decide(publication: { id: string }, action: string, reason?: string): Promise<Publication> {
    const path = `brand/publications/${publication.id}/${action}`;
    return body<Publication>(await this.reviewer.post(path, reason === undefined ? {} : { reason }), 200);
  }

  /** What is due by now is done. */
  async deadlines(): Promise<void> {
    await this.app.app.get(PublicationDeadlines).runDue();
  }

  /** Moves the time; access tokens last five minutes. */
  async later(seconds: number, ...people: Person[]): Promise<void> {
    this.app.clock.advance(seconds);
    for (const person of [this.operator, this.owner, this.reviewer, ...people]) {
      Object.assign(person, await person.signInAgain());
    }
  }

  /** What the creator has available, in EUR. */
  async available(creator: Calls): Promise<string> {
    type Wallet = { balances: { available: { amount: string } }[] };
    const { balances } = body<Wallet>(await creator.get('partner/wallet'), 200);
    return balances[0]?.available.amount ?? '0.00';
  }
}
