import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnitOfWork } from '../../../src/platform/index.js';
import { PublicationMoves } from '../../../src/publications/publication-moves.service.js';
import { body, type Person } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { SAMPLE_PNG } from '../../support/sample-files.js';
import { DAY, type Offer, OfferScene, type Problem, type Publication } from './scene.js';

let scene: OfferScene;
let ann: Person;
let bob: Person;

beforeAll(async () => {
  scene = await OfferScene.open();
  ann = await scene.creator('ann');
  bob = await scene.creator('bob', 'youtube');
});
afterAll(() => scene.app.close());

const show = async ({ id }: { id: string }, who: Person = ann): Promise<Publication> =>
  body<Publication>(await who.get(`partner/publications/${id}`), 200);

const LINK = { links: ['https://cloud.example/draft.mp4'] };
const submitContent = async (publication: { id: string }): Promise<Publication> =>
  body<Publication>(await ann.post(`partner/publications/${publication.id}/content`, LINK), 200);

describe('T04 taking part in an offer', () => {
  it('begins in the first step that the offer asks for', async () => {
    const begins = async (flags: object): Promise<string> =>
      (await scene.apply(ann, await scene.offer(flags))).state;
    expect(await begins({ requiresModeration: true, contentReviewRequired: true })).toBe('moderation');
    expect(await begins({ contentReviewRequired: true })).toBe('content_review');
    expect(await begins({})).toBe('scheduled');
  });

  it('is for creators with a verified account that fits; all reasons against it are told', async () => {
    const offer = await scene.offer({ countries: ['FR'], platforms: ['tiktok'] });
    const problem = body<Problem>(await ann.post(`partner/offers/${offer.id}/apply`), 422);
    expect(problem.code).toBe('NOT_ELIGIBLE');
    expect(problem.errors.map(({ path }) => path)).toEqual(['country', 'socialAccountId']);
    const own = await scene.offer({ platforms: ['youtube'] });
    const wrong = await bob.post(`partner/offers/${own.id}/apply`, { socialAccountId: randomUUID() });
    body(wrong, 422);
    expect((await scene.apply(bob, own)).account).toEqual({ platform: 'youtube', handle: 'bob' });
    for (const offerId of [(await scene.draft()).id, randomUUID()]) {
      body(await ann.post(`partner/offers/${offerId}/apply`), 404);
    }
    const closed = await scene.offer();
    body(await scene.owner.post(`brand/offers/${closed.id}/close`), 200);
    body(await ann.post(`partner/offers/${closed.id}/apply`), 409);
  });

  it('happens once, however often it is asked for at once, and within the offer’s places', async () => {
    const offer = await scene.offer({ capacity: 1 });
    const asked = [ann, bob, ann, bob, ann, bob].map((who) => who.post(`partner/offers/${offer.id}/apply`));
    const answers = await Promise.all(asked);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
    const codes = new Set(answers.map((answer) => (answer.body as Problem).code));
    expect(codes).toEqual(new Set([undefined, 'ALREADY_TAKING_PART', 'OFFER_FULL']));
    const listed = body<{ publication: { state: string } | null }>(
      await ann.get(`partner/offers/${offer.id}`),
      200,
    );
    const winner = answers.findIndex(({ status }) => status === 201) % 2 === 0;
    expect(listed.publication !== null).toBe(winner);
  });
});

describe('T05 a publication', () => {
  it('goes through moderation, content review and publication to its end, and tells everybody', async () => {
    const offer = await scene.offer({ requiresModeration: true, contentReviewRequired: true });
    const { id } = await scene.apply(ann, offer);
    expect(await scene.decide({ id }, 'approve-platform')).toMatchObject({ state: 'content_review' });
    const { deadlineAt } = await show({ id });
    expect(Date.parse(deadlineAt!)).toBe(scene.app.clock.now().getTime() + 7 * DAY * 1_000);

    const file = await scene.screenshot(ann, { id });
    const content = { note: 'First try', fileIds: [file] };
    body(await ann.post(`partner/publications/${id}/content`, content), 200);
    expect(await show({ id })).toMatchObject({ state: 'review', reviewOf: 'content', deadlineAt: null });
    expect(await scene.decide({ id }, 'decline-content', 'Too dark')).toMatchObject({
      state: 'content_review',
      declinesLeft: 2,
    });
    await submitContent({ id });
    expect(await scene.decide({ id }, 'approve-content')).toMatchObject({ state: 'scheduled' });
    expect(await scene.publish(ann, { id })).toMatchObject({
      state: 'review',
      reviewOf: 'publication',
      confirmsAt: new Date(scene.app.clock.now().getTime() + 14 * DAY * 1_000).toISOString(),
    });
    const queue = await scene.owner.get(
      `brand/publications?state=review&reviewOf=publication&offerId=${offer.id}`,
    );
    expect(body<{ items: Publication[] }>(queue, 200).items.map((item) => item.id)).toEqual([id]);

    const done = await scene.decide({ id }, 'confirm');
    expect(done).toMatchObject({ state: 'confirmed', deadlineAt: null, confirmsAt: null });
    expect(
      done.submissions.map(({ kind, version, decision, reason }) => [kind, version, decision, reason]),
    ).toEqual([
      ['content', 1, 'declined', 'Too dark'],
      ['content', 2, 'approved', null],
      ['evidence', 1, 'approved', null],
    ]);
    expect(done.submissions[0]!.files.map((kept) => kept.id)).toEqual([file]);
    expect(done.history.map(({ action, to, side }) => `${side} ${action} ${to}`)).toEqual([
      'partner apply moderation',
      'brand approve_platform content_review',
      'partner submit_content review',
      'brand decline_content content_review',
      'partner submit_content review',
      'brand approve_content scheduled',
      'partner submit_evidence review',
      'brand confirm confirmed',
    ]);

    await outboxDelivered(scene.app);
    const events = body<{ items: { type: string; summary: string }[] }>(
      await ann.get('partner/events?limit=8'),
      200,
    ).items;
    expect(events.map(({ type }) => type.replace('publication_', '')).reverse()).toEqual([
      'started',
      'platform_approved',
      'content_submitted',
      'content_declined',
      'content_submitted',
      'content_approved',
      'evidence_submitted',
      'confirmed',
    ]);
    expect(events[0]!.summary).toContain('50.00 EUR is in your available balance');
    const subjects = async (email: string) => (await scene.app.mailbox(email)).map(({ subject }) => subject);
    expect(await subjects(ann.email)).toEqual(
      expect.arrayContaining(['Platform approved', 'Content declined', 'Publication confirmed']),
    );
    expect(await subjects(scene.reviewer.email)).toEqual(
      expect.arrayContaining([
        'A creator wants to take part',
        'Content waits for your review',
        'A publication waits for your review',
      ]),
    );
  });

  it('ends with the third decline; a rejected creator has no second try', async () => {
    const offer = await scene.offer({ contentReviewRequired: true });
    const publication = await scene.apply(ann, offer);
    for (const state of ['content_review', 'content_review', 'rejected']) {
      await submitContent(publication);
      expect((await scene.decide(publication, 'decline-content', `No: ${state}`)).state).toBe(state);
    }
    expect(await show(publication)).toMatchObject({ rejectionReason: 'No: rejected', declinesLeft: 0 });
    const again = body<Problem>(await ann.post(`partner/offers/${offer.id}/apply`), 409);
    expect(again.code).toBe('REJECTED_BEFORE');
    const moderated = await scene.offer({ requiresModeration: true });
    const turnedAway = await scene.apply(ann, moderated);
    expect(await scene.decide(turnedAway, 'reject', 'Too small')).toMatchObject({
      state: 'rejected',
      rejectionReason: 'Too small',
    });
    expect(await scene.available(ann)).toBe('50.00');
  });

  it('refuses what is not open in its state, and decisions without a reason', async () => {
    const refused = async (publication: Publication, allowed: string[]): Promise<void> => {
      const actions = ['approve-platform', 'approve-content', 'decline-content', 'confirm', 'reject'];
      for (const action of actions.filter((name) => !allowed.includes(name))) {
        const answer = await scene.reviewer.post(`brand/publications/${publication.id}/${action}`, {
          ...(/decline|reject/.test(action) && { reason: 'x' }),
        });
        expect(body<Problem>(answer, 409).code).toBe('PUBLICATION_STATE_CONFLICT');
      }
    };
    const publication = await scene.apply(ann, await scene.offer({ contentReviewRequired: true }));
    await refused(publication, []);
    const path = `partner/publications/${publication.id}`;
    body(await ann.post(`${path}/content`), 422);
    body(await ann.post(`${path}/content`, { links: ['javascript:alert(1)'] }), 400);
    body(await ann.post(`${path}/content`, { fileIds: [randomUUID()] }), 422);
    expect((await show(publication)).state).toBe('content_review');
    const early = { ...LINK, fileIds: [randomUUID()] };
    expect(body<Problem>(await ann.post(`${path}/evidence`, early), 409).code).toBe(
      'PUBLICATION_STATE_CONFLICT',
    );
    await submitContent(publication);
    await refused(publication, ['approve-content', 'decline-content']);
    body(await scene.reviewer.post(`brand/publications/${publication.id}/decline-content`), 400);
    body(
      await scene.reviewer.post(`brand/publications/${publication.id}/decline-content`, { reason: ' ' }),
      400,
    );
    await scene.decide(publication, 'approve-content');
    body(await ann.post(`${path}/evidence`, LINK), 422);
    body(await ann.post(`${path}/evidence`, { fileIds: [randomUUID()] }), 422);
    await scene.publish(ann, publication);
    await refused(publication, ['confirm', 'reject']);
    await scene.decide(publication, 'reject', 'Deleted');
    await refused(publication, []);
  });

  it('is decided on by one of two reviewers, the other is told', async () => {
    const publication = await scene.apply(ann, await scene.offer());
    await scene.publish(ann, publication);
    const path = `brand/publications/${publication.id}`;
    const answers = await Promise.all([
      scene.reviewer.post(`${path}/confirm`),
      scene.owner.post(`${path}/reject`, { reason: 'No' }),
      scene.owner.post(`${path}/confirm`),
      scene.reviewer.post(`${path}/reject`, { reason: 'No' }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    expect((await show(publication)).history).toHaveLength(3);
  });

  it('belongs to its creator and its brand; operators read all', async () => {
    const publication = await scene.apply(ann, await scene.offer());
    const fileId = await scene.screenshot(ann, publication);
    const own = `partner/publications/${publication.id}`;
    const files = `brand/publications/${publication.id}/files/${fileId}`;
    for (const answer of [
      await bob.get(own),
      await bob.post(`${own}/evidence`, { ...LINK, fileIds: [fileId] }),
      await bob.upload(`${own}/files`, { content: SAMPLE_PNG, fileName: 'x.png' }),
      await bob.get(`${own}/files/${fileId}`),
      await bob.post(`${own}/comments`, { text: 'Hi' }),
      await scene.stranger.get(`brand/publications/${publication.id}`),
      await scene.stranger.post(`brand/publications/${publication.id}/confirm`),
      await scene.stranger.post(`brand/publications/${publication.id}/comments`, { text: 'Hi' }),
      // Not handed in yet.
      await scene.owner.get(files),
    ]) {
      body(answer, 404);
    }
    const stolen = await scene.apply(bob, { id: publication.offer.id });
    const theft = { ...LINK, fileIds: [fileId] };
    body(await bob.post(`partner/publications/${stolen.id}/evidence`, theft), 422);
    body(await ann.post(`${own}/evidence`, theft), 200);
    expect((await scene.owner.download(files)).body).toEqual(SAMPLE_PNG);
    const seen = await scene.operator.get(`operator/publications/${publication.id}`);
    expect(body<Publication>(seen, 200).submissions).toHaveLength(1);
    body(await ann.upload(`${own}/files`, { content: SAMPLE_PNG, fileName: 'late.png' }), 409);
  });

  it('is talked about by both sides', async () => {
    const { id } = await scene.apply(ann, await scene.offer());
    body(await ann.post(`partner/publications/${id}/comments`, { text: 'May I use music?' }), 201);
    body(await scene.reviewer.post(`brand/publications/${id}/comments`, { text: 'Please do.' }), 201);
    body(await ann.post(`partner/publications/${id}/comments`, { text: ' ' }), 400);
    for (const path of ['partner', 'brand', 'operator']) {
      const who = { partner: ann, brand: scene.owner, operator: scene.operator }[path]!;
      const { items } = body<{ items: { side: string; text: string }[] }>(
        await who.get(`${path}/publications/${id}/comments`),
        200,
      );
      expect(items.map(({ side, text }) => `${side}: ${text}`)).toEqual([
        'partner: May I use music?',
        'brand: Please do.',
      ]);
    }
  });
});

describe('T05 deadlines', () => {
  it('refuse what comes late before any job has seen it, then end it; a new start is allowed', async () => {
    const offer = await scene.offer({ contentReviewRequired: true, contentDays: 3 });
    const publication = await scene.apply(ann, offer);
    await scene.later(3 * DAY, ann, bob);
    const late = await ann.post(`partner/publications/${publication.id}/content`, LINK);
    expect(body<Problem>(late, 409).code).toBe('DEADLINE_PASSED');
    expect((await show(publication)).state).toBe('content_review');
    await Promise.all([scene.deadlines(), scene.deadlines()]);
    const over = await show(publication);
    expect(over).toMatchObject({ state: 'overdue', deadlineAt: null });
    expect(over.history.filter(({ action }) => action === 'expire')).toHaveLength(1);

    const second = await scene.apply(ann, offer);
    expect(second).toMatchObject({ state: 'content_review' });
    body(await ann.post(`partner/offers/${offer.id}/apply`), 409);
  });

  it('and submissions race: one of them wins, and both agree on which', async () => {
    const offers = await Promise.all([1, 2, 3, 4].map(() => scene.offer({ contentReviewRequired: true })));
    const started = await Promise.all(offers.map((offer) => scene.apply(ann, offer)));
    const [{ deadlineAt }] = started as [Publication];
    const moves = scene.app.app.get(PublicationMoves);
    const expire = (id: string): Promise<unknown> =>
      scene.app.app
        .get(UnitOfWork)
        .run((tx) => moves.move(tx, { side: 'system', actor: null }, id, 'expire'))
        .then(
          () => 'overdue',
          (error: Error) => error.name,
        );
    // The clock stands a millisecond before the deadline for whoever asks first, and on it afterwards.
    scene.app.clock.set(new Date(Date.parse(deadlineAt!) - 1));
    await scene.later(0, ann, bob);
    const submitted = started.map(({ id }) => ann.post(`partner/publications/${id}/content`, LINK));
    scene.app.clock.advance(0.001);
    const expired = await Promise.all(started.map(({ id }) => expire(id)));
    const answers = await Promise.all(submitted);
    for (const [index, { id }] of started.entries()) {
      const { state } = await show({ id });
      expect(state).toBe(answers[index]!.status === 200 ? 'review' : 'overdue');
      expect(expired[index] === 'overdue').toBe(state === 'overdue');
    }
  });

  it('confirm what a brand has not decided on for 14 days, unless the offer says no', async () => {
    const offers: Offer[] = [await scene.offer(), await scene.offer({ autoConfirm: false })];
    const [sure, unsure] = await Promise.all(offers.map((offer) => scene.apply(bob, offer)));
    for (const publication of [sure!, unsure!]) await scene.publish(bob, publication);
    await scene.later(14 * DAY - 1, ann, bob);
    await scene.deadlines();
    expect((await show(sure!, bob)).state).toBe('review');
    await scene.later(1, ann, bob);
    const late = await scene.reviewer.post(`brand/publications/${sure!.id}/reject`, { reason: 'No' });
    expect(body<Problem>(late, 409).code).toBe('REVIEW_PERIOD_OVER');
    await Promise.all([scene.deadlines(), scene.deadlines()]);
    const confirmed = await show(sure!, bob);
    expect(confirmed.state).toBe('confirmed');
    expect(confirmed.history.at(-1)).toMatchObject({ action: 'confirm_unanswered', side: 'system' });
    expect(confirmed.submissions[0]!.decision).toBe('approved');
    expect((await show(unsure!, bob)).state).toBe('review');
    expect(await scene.available(bob)).toBe('50.00');
  });
});
