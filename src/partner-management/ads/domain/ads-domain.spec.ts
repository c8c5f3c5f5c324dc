import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AD_CAMPAIGN_STATES, AD_CAMPAIGN_TRANSITIONS, statesFor } from './ad-campaign-state.js';
import { changedCreative, creativeFaults, FORMATS } from './ad-formats.js';
import { AD_STATES, AD_TRANSITIONS, type AdAction, adStateAfter } from './ad-state.js';
import { effectOf, MOVEMENT_KINDS } from './impressions.js';
import { decideRenders, type Render } from './render-decisions.js';
import { draw, paceOf } from './rotation.js';

const NOW = new Date('2026-11-02T09:00:00Z');

describe('O06 the fields of the formats', () => {
  const WHOLE = {
    banner: { imageId: 'i' },
    interstitial: { imageId: 'i', closeAfterSeconds: 0 },
    video: { videoUrl: 'https://cdn.example/a.mp4', durationSeconds: 20, skipAfterSeconds: 5 },
    native: { title: 'a', text: 'b', callToAction: 'c', iconId: 'i', imageId: 'j' },
  } as const;

  it.each(Object.entries(WHOLE))('%s: is whole with them, and not with one less', (format, creative) => {
    expect(creativeFaults(format as keyof typeof WHOLE, creative)).toEqual([]);
    const { optional }: { optional: readonly string[] } = FORMATS[format as keyof typeof WHOLE];
    for (const field of Object.keys(creative).filter((name) => !optional.includes(name))) {
      expect(creativeFaults(format as keyof typeof WHOLE, { ...creative, [field]: null })).not.toEqual([]);
    }
  });

  it('names fields of other formats, and what does not fit', () => {
    expect(creativeFaults('banner', { imageId: 'i', title: 'a' })).toEqual([
      { path: 'title', message: 'is not a field of the format banner' },
    ]);
    const twice = { ...WHOLE.video, videoId: 'v' };
    expect(creativeFaults('video', twice).map(({ path }) => path)).toEqual(['videoId']);
    const late = { ...WHOLE.video, skipAfterSeconds: 21 };
    expect(creativeFaults('video', late).map(({ path }) => path)).toEqual(['skipAfterSeconds']);
  });

  it('change by what is given: absent stays, null clears, other things are left alone', () => {
    const change = { skipAfterSeconds: null, durationSeconds: 30, name: 'x' };
    expect(changedCreative(WHOLE.video, change)).toEqual({
      videoUrl: WHOLE.video.videoUrl,
      durationSeconds: 30,
    });
  });
});

describe('O06 the states of ads and of ad campaigns', () => {
  it('an ad is approved by nothing but an approval, and never from an archive', () => {
    for (const action of Object.keys(AD_TRANSITIONS) as AdAction[]) {
      for (const state of AD_STATES) {
        if (adStateAfter(state, action) === 'approved')
          expect([state, action]).toEqual(['pending', 'approve']);
      }
      expect(adStateAfter('archived', action)).toBeNull();
    }
    expect(adStateAfter('approved', 'change')).toBe('pending');
    expect(adStateAfter('pending', 'change')).toBeNull();
  });

  it('an ad campaign runs by a launch or a resumption, and an end is the end', () => {
    const running = Object.entries(AD_CAMPAIGN_TRANSITIONS)
      .filter(([name]) => name !== 'change')
      .filter(([, moves]) => Object.values<string>(moves).includes('running'))
      .map(([name]) => name);
    expect(running).toEqual(['launch', 'resume']);
    for (const action of ['launch', 'pause', 'resume', 'end', 'change', 'delete'] as const) {
      expect(statesFor(action)).not.toContain('ended');
    }
    expect(AD_CAMPAIGN_STATES).toHaveLength(4);
  });
});

it('O05 every movement keeps credited = available + reserved + served', () => {
  for (const kind of MOVEMENT_KINDS) {
    const { credited, available, reserved, served } = effectOf(kind, 7);
    expect(credited).toBe(available + reserved + served);
  }
});

describe('O06 rotation', () => {
  const candidate = fc.record({
    left: fc.integer({ min: 1, max: 1_000_000_000 }),
    endsAt: fc.option(
      fc.integer({ min: 1, max: 10_000 }).map((hours) => new Date(NOW.getTime() + hours * 3_600_000)),
    ),
  });
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  it('draws somebody whenever there is somebody, and nobody else', () => {
    expect(draw([], NOW, 0.5)).toBeNull();
    fc.assert(
      fc.property(fc.array(candidate, { minLength: 1, maxLength: 20 }), random, (candidates, at) => {
        expect(candidates).toContain(draw(candidates, NOW, at));
      }),
    );
  });

  it('draws each in proportion to its pace', () => {
    const hasty = { left: 900, endsAt: new Date(NOW.getTime() + 10 * 3_600_000) };
    const calm = { left: 900, endsAt: new Date(NOW.getTime() + 90 * 3_600_000) };
    expect(paceOf(hasty, NOW) / paceOf(calm, NOW)).toBeCloseTo(9);
    const drawn = Array.from({ length: 1_000 }, (_, step) => draw([hasty, calm], NOW, step / 1_000));
    expect(drawn.filter((one) => one === hasty)).toHaveLength(900);
  });

  it('lets one in its last minutes weigh no more than what it has left', () => {
    const last = { left: 100, endsAt: new Date(NOW.getTime() + 1_000) };
    expect(paceOf(last, NOW)).toBe(100);
  });
});

it('O06 a batch of renders counts each token once, no more than is left, and nothing that is not shown any more', () => {
  const id = fc.constantFrom('a', 'b', 'c');
  const render = fc.record<Render>({
    tokenId: fc.integer({ min: 1, max: 12 }).map(String),
    campaignId: id,
    adId: id,
    revision: fc.constantFrom(1, 2),
    bot: fc.boolean(),
  });
  const standing = fc.record({
    left: fc.dictionary(id, fc.integer({ min: 0, max: 4 })).map((all) => new Map(Object.entries(all))),
    revisions: fc.dictionary(id, fc.constantFrom(1, 2)).map((all) => new Map(Object.entries(all))),
    known: fc.array(fc.integer({ min: 1, max: 12 }).map(String)).map((all) => new Set(all)),
  });
  fc.assert(
    fc.property(fc.array(render, { maxLength: 30 }), standing, (renders, before) => {
      const outcomes = decideRenders(renders, before);
      const counted = renders.filter((_, index) => outcomes[index] === 'COUNTED');
      expect(new Set(counted.map(({ tokenId }) => tokenId)).size).toBe(counted.length);
      for (const { tokenId, adId, revision, bot } of counted) {
        expect([before.known.has(tokenId), before.revisions.get(adId), bot]).toEqual([
          false,
          revision,
          false,
        ]);
      }
      for (const campaignId of ['a', 'b', 'c']) {
        const taken = counted.filter((one) => one.campaignId === campaignId).length;
        expect(taken).toBeLessThanOrEqual(before.left.get(campaignId) ?? 0);
      }
    }),
  );
});
