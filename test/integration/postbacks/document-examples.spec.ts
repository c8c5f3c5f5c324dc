import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { body } from '../../support/journey.js';
import type { TrackerScene } from './tracker-scene.js';
import { noteCodes, verdicts, WhyScene } from './why-scene.js';

/** Hosts of the documentation's examples: opened, so that no name server is asked for them. */
const HOSTS = ['example.com:80', 'track.me:80', 'trackerdomain.com:80', 'trackerdomain.space:80'];

interface Problem {
  code: string;
  detail: string;
  places: { offset: number; part: string; found: string; correct: string }[];
}

/** Every right and wrong example of the affiliates' documentation on postbacks, over HTTP. */
describe('the examples of the documentation', () => {
  let why: WhyScene;
  let at: TrackerScene;

  beforeAll(async () => {
    why = await WhyScene.open(HOSTS);
    at = why.at;
  });
  afterAll(() => at.close());

  const save = (url: string) =>
    at.scene.partner.post('partner/postbacks', { scope: 'account', action: 'first_deposit', url });

  describe('A09 a template', () => {
    it.each([
      'http://example.com',
      'http://example.com?promo_id=${promo_id}&visit_id=${visit_id}&amount=${amount}&currency=${currency}',
      'http://example.com?promo_id=${promo_id}&visit_id=${visit_id}&amount=${amount}&currency=${currency}&b=${webID}&c=${clickID}',
      'http://track.me/affiliate?a=${track_id}',
      'http://track.me/affiliate?b=${visit_id}',
      'http://track.me/affiliate?c=${clickID}',
      'http://track.me/affiliate?b=${publisherID}',
      'http://track.me/affiliate?publisherID=${publisherID}',
      'http://track.me/affiliate?id=${publisherID}',
      'http://track.me/affiliate?btag=${publisherID}',
      'http://trackerdomain.com/p.ashx?o=1607&e=525&f=pb&r=${visit_id}',
      'http://trackerdomain.space/click.php?cnv_id=${ctag}&payout=0&cnv_status=reg',
    ])('of right syntax is saved as it is: %s', async (url) => {
      expect(body(await save(url), 201)).toMatchObject({ url });
    });

    it.each([
      ['http://track.me/affiliate?a={track_id}', 28, 'query value', '${track_id}'],
      ['http://track.me/affiliate?b=$[visit_id]', 28, 'query value', '${visit_id}'],
      ['http://track.me/affiliate/c=${clickID}', 28, 'path', 'http://track.me/affiliate?c=${clickID}'],
      // As the documentation's own page shows it: `&curren` was taken for HTML there.
      ['http://example.com?amount=${amount}\u00a4cy=${currency}', 35, 'query value', '&currency'],
    ])(
      'of wrong syntax is refused with the place and the right form: %s',
      async (url, offset, part, correct) => {
        const problem = body<Problem>(await save(url), 422);
        expect(problem.code).toBe('POSTBACK_TEMPLATE_INVALID');
        expect(problem.places).toMatchObject([{ offset, part, correct }]);
        expect(problem.detail).toContain(`character ${offset + 1}`);
        expect(problem.detail).toContain(correct);
      },
    );
  });

  describe('A09 a postback that is fired', () => {
    it('carries the variables and the custom parameters that the link carried', async () => {
      const template =
        '/?promo_id=${promo_id}&visit_id=${visit_id}&amount=${amount}&currency=${currency}&b=${webID}&c=${clickID}';
      const { query } = await at.fired(template, 'webID=12345&clickID=67890');
      expect(Object.fromEntries(query)).toMatchObject({
        promo_id: at.scene.autumn.promos[0]!.id,
        b: '12345',
        c: '67890',
      });
      expect(query.get('visit_id')).toMatch(/^[0-9a-f-]{36}$/);
    });

    it.each(['b', 'publisherID', 'id'])('does not mind the name of the key: %s', async (key) => {
      const { target } = await at.fired(`/affiliate?${key}=\${publisherID}`, 'publisherID=12345');
      expect(target).toBe(`/affiliate?${key}=12345`);
    });

    it.each([
      ['SOMETHING', 'SOMETHING'],
      ['[SOMETHING]', '[SOMETHING]'],
      ['{SOMETHING}', '{SOMETHING}'],
    ])('gives back what the link carried: publisherID=%s', async (given, sent) => {
      const { query } = await at.fired('/affiliate?b=${publisherID}', `publisherID=${given}`);
      expect(query.get('b')).toBe(sent);
    });

    it('leaves a parameter as it stands that the link carried under another name', async () => {
      const { target } = await at.fired('/affiliate?btag=${publisherID}', 'btag=12345');
      expect(target).toBe('/affiliate?btag=${publisherID}');
    });

    it('gives back a corrupted value as it came, and a right one', async () => {
      const corrupted = await at.fired('/?t=${transactionid}', 'transactionid=%/n/h3D1021df233');
      expect(corrupted.query.get('t')).toBe('%/n/h3D1021df233');
      const right = await at.fired('/?t=${transactionid}', 'transactionid=3D1021df233');
      expect(right.target).toBe('/?t=3D1021df233');
    });

    it('keeps what stands hard in it, for a tracker that writes #reqid#', async () => {
      const template = '/p.ashx?o=1607&e=525&f=pb&r=${visit_id}';
      const replaced = await at.fired(template, 'visit_id=8f14e45fceea');
      expect(replaced.target).toBe('/p.ashx?o=1607&e=525&f=pb&r=8f14e45fceea');
      for (const link of ['visit_id=#reqid#', 'visit_id=%23reqid%23']) {
        const { query } = await at.fired(template, link);
        expect(Object.fromEntries(query)).toEqual({ o: '1607', e: '525', f: 'pb', r: '#reqid#' });
      }
    });

    it('keeps what stands hard in it, for a tracker that writes {clickid}', async () => {
      const template = '/click.php?cnv_id=${ctag}&payout=0&cnv_status=reg';
      const replaced = await at.fired(template, 'ctag=w7K2');
      expect(replaced.target).toBe('/click.php?cnv_id=w7K2&payout=0&cnv_status=reg');
      const { query } = await at.fired(template, 'ctag={clickid}');
      expect(Object.fromEntries(query)).toEqual({ cnv_id: '{clickid}', payout: '0', cnv_status: 'reg' });
    });

    it('fires hardcoded parameters only, as they are, where the link carries none', async () => {
      const { target } = await at.fired('/click.php?cnv_id=${ctag}&payout=0', '');
      expect(target).toBe('/click.php?cnv_id=${ctag}&payout=0');
    });
  });

  const make = (action: string, query: string) =>
    at.scene.postback(`${at.tracker.url}/${action}?${query}`, { action });

  describe('B03 a link that carries corrupted values, explained', () => {
    it.each([
      ['transactionid=%/n/h3D1021df233', 'parameter_corrupted'],
      ['transactionid=%7Bclickid%7D', 'parameter_not_replaced'],
      ['transactionid=', 'parameter_empty'],
    ])('%s', async (link, code) => {
      await at.scene.clear();
      await make('registration', 't=${transactionid}');
      const { postbacks } = await why.ofVisit(await at.click(link));
      expect(postbacks[0]!.notes).toMatchObject([{ code, parameter: 'transactionid' }]);
    });

    it('and says nothing of a right one', async () => {
      await at.scene.clear();
      await make('registration', 't=${transactionid}');
      expect(noteCodes(await why.ofVisit(await at.click('transactionid=3D1021df233')))).toEqual([]);
    });
  });

  describe('B03 a link that lacks what the postback asks for, explained', () => {
    it('or names it differently: the near name is told', async () => {
      await at.scene.clear();
      await make('registration', 'btag=${publisherID}');
      const { postbacks } = await why.ofVisit(await at.click('btag=12345'));
      const [note] = postbacks[0]!.notes;
      expect(note).toMatchObject({
        code: 'parameter_named_differently',
        parameter: 'publisherID',
        carriedAs: 'btag',
      });
      expect(note!.message).toContain('${btag}');
    });

    it('or has nothing of the kind: it is sent as it stands', async () => {
      await at.scene.clear();
      await make('registration', 'c=${clickid}');
      const visit = await at.click();
      await at.register(visit);
      await at.settle();
      const explained = await why.ofVisit(visit);
      expect(noteCodes(explained)).toEqual(['parameter_missing']);
      expect(verdicts(explained)).toMatchObject([
        { code: 'sent', delivery: { url: `${at.tracker.url}/registration?c=\${clickid}` } },
      ]);
    });
  });
});
