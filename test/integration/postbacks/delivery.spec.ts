import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { body } from '../../support/journey.js';
import { type SinkServer, startSinkServer } from '../../support/sink-server.js';
import { PostbackScene } from './scene.js';

const HOUR = 3_600;

describe('delivery', () => {
  let scene: PostbackScene;
  let sink: SinkServer;
  let other: SinkServer;
  let canary: SinkServer;

  const times = (path: string) => sink.requests.filter((request) => request.path === path).length;

  beforeAll(async () => {
    [sink, other, canary] = await Promise.all([startSinkServer(), startSinkServer(), startSinkServer()]);
    scene = await PostbackScene.open([sink.address, other.address]);
  });
  afterEach(async () => {
    sink.answer({ status: 200 });
    await scene.clear();
  });
  afterAll(async () => {
    await scene.close();
    await Promise.all([sink.stop(), other.stop(), canary.stop()]);
  });

  describe('A09 retries', () => {
    it('come after 5 s, 5 min, 30 min …, ten attempts in all, with one event id', async () => {
      sink.answer({ status: 500 });
      await scene.postback(`${sink.url}/retry?id=\${event_id}`);
      await scene.happen();
      await scene.engine.drain();
      expect(times('/retry')).toBe(1);
      await scene.after(3);
      expect(times('/retry')).toBe(1);
      const waits = [3.1, 360, 2_160, 2.4 * HOUR, 6 * HOUR, 12 * HOUR, 16.8 * HOUR, 24 * HOUR, 28.8 * HOUR];
      for (const [index, wait] of waits.entries()) {
        await scene.after(wait);
        expect(times('/retry')).toBe(index + 2);
      }
      await scene.after(100 * HOUR);
      expect(times('/retry')).toBe(10);
      const ids = sink.requests.filter(({ path }) => path === '/retry').map(({ query }) => query.get('id'));
      expect(new Set(ids).size).toBe(1);
      const log = await scene.log('?url=/retry');
      expect(log.map(({ attempt }) => attempt)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    });

    it('end with the first success', async () => {
      const answers = [503, 200];
      sink.answer(() => ({ status: answers.shift() ?? 500 }));
      const { id } = await scene.postback(`${sink.url}/success`);
      await scene.happen();
      await scene.engine.drain();
      expect(await scene.show(id)).toMatchObject({ failures: 1 });
      await scene.after(6.1);
      await scene.after(24 * HOUR);
      expect(times('/success')).toBe(2);
      expect(await scene.show(id)).toMatchObject({ failures: 0, failingSince: null });
    });

    it('wait for as long as Retry-After asks', async () => {
      sink.answer({ status: 429, headers: { 'retry-after': '120' } });
      await scene.postback(`${sink.url}/later`);
      await scene.happen();
      await scene.engine.drain();
      await scene.after(119);
      expect(times('/later')).toBe(1);
      await scene.after(1.1);
      expect(times('/later')).toBe(2);
    });

    it('wait until the date of Retry-After, but no longer than a day', async () => {
      const inTwoMinutes = new Date(scene.app.clock.now().getTime() + 120_000).toUTCString();
      const asked = [inTwoMinutes, '99999999'];
      sink.answer(() => ({ status: 503, headers: { 'retry-after': asked.shift() ?? '0' } }));
      await scene.postback(`${sink.url}/date`);
      await scene.happen();
      await scene.engine.drain();
      await scene.after(119);
      expect(times('/date')).toBe(1);
      await scene.after(1.1);
      expect(times('/date')).toBe(2);
      await scene.after(24 * HOUR - 1);
      expect(times('/date')).toBe(2);
      await scene.after(1.1);
      expect(times('/date')).toBe(3);
    });

    it('come after a cut connection too', async () => {
      sink.answer('reset');
      await scene.postback(`${sink.url}/reset`);
      await scene.happen();
      await scene.engine.drain();
      sink.answer({ status: 200 });
      await scene.after(6.1);
      const log = await scene.log('?url=/reset');
      expect(log.map(({ responseCode, error }) => [responseCode, error])).toEqual([
        [200, null],
        [null, 'connection_lost'],
      ]);
    });
  });

  describe('A09 answers', () => {
    it('3xx is not followed and fails', async () => {
      for (const status of [301, 302, 303, 307, 308]) {
        sink.answer({ status, headers: { location: `${canary.url}/inside` } });
        await scene.postback(`${sink.url}/redirect${status}`);
        await scene.happen();
        await scene.engine.drain();
        const [entry] = await scene.log(`?url=/redirect${status}`);
        expect(entry).toMatchObject({ responseCode: status });
        await scene.app.db.query('DELETE FROM postbacks');
      }
      expect(canary.requests).toEqual([]);
    });

    it('of calls that end together each delivery goes its own way', async () => {
      sink.answer(({ path }) => ({ status: path === '/taken' ? 200 : 500 }));
      await scene.postback(`${sink.url}/busy`);
      const { id } = await scene.postback(`${sink.url}/last`);
      for (let index = 0; index < 5; index += 1) await scene.happen();
      await scene.engine.drain();
      await scene.app.db.query('UPDATE postback_queue SET attempts = 9 WHERE postback_id = $1', [id]);
      await scene.postback(`${sink.url}/taken`);
      // The next event comes when the first ones are due again.
      scene.app.clock.advance(6.1);
      await scene.happen();
      await scene.engine.drain();
      expect(await scene.states()).toEqual({ delivered: 1, failed: 5, pending: 7 });
      const attempts = async (path: string) =>
        (await scene.log(`?url=${path}`))
          .map(({ attempt, responseCode }) => `${attempt}: ${responseCode}`)
          .sort();
      const first = Array.from({ length: 6 }, () => '1: 500');
      expect(await attempts('/busy')).toEqual([...first, ...Array.from({ length: 5 }, () => '2: 500')]);
      expect(await attempts('/last')).toEqual(
        [...first, ...Array.from({ length: 5 }, () => '10: 500')].sort(),
      );
      expect(await attempts('/taken')).toEqual(['1: 200']);
    });

    it('of a call whose postback is deleted meanwhile is logged all the same', async () => {
      sink.answer({ status: 200, delayMs: 300 });
      const { id } = await scene.postback(`${sink.url}/deleted`);
      await scene.happen();
      await sink.waitFor(({ path }) => path === '/deleted');
      body(await scene.partner.delete(`partner/postbacks/${id}`), 204);
      await scene.engine.drain();
      const [entry] = await scene.log('?url=/deleted');
      expect(entry).toMatchObject({ responseCode: 200, attempt: 1 });
    });

    it('410 disables at once, with a mail, and cancels what waits', async () => {
      sink.answer({ status: 410 });
      const { id } = await scene.postback(`${sink.url}/410`);
      await scene.happen();
      await scene.engine.drain();
      expect(await scene.show(id)).toMatchObject({ state: 'disabled', disabledReason: 'gone' });
      await scene.happen();
      await scene.after(24 * HOUR);
      expect(times('/410')).toBe(1);
      const mail = (await scene.mails()).at(-1)!;
      expect(mail.subject).toBe('Your postback was disabled');
      expect(mail.text).toContain('410');
      scene.partner = await scene.partner.signInAgain();
      body(await scene.partner.patch(`partner/postbacks/${id}`, { state: 'active' }), 200);
      sink.answer({ status: 200 });
      await scene.happen();
      await scene.engine.drain();
      expect(times('/410')).toBe(2);
    });

    it('100 failures in a row disable, with a mail at half and at the end', async () => {
      sink.answer({ status: 500 });
      const { id } = await scene.postback(`${sink.url}/hundred`);
      const before = (await scene.mails()).length;
      for (let failures = 0; failures < 99; failures += 1) await scene.happen();
      await scene.engine.drain();
      expect(await scene.show(id)).toMatchObject({ state: 'active', failures: 99 });
      expect((await scene.mails()).slice(before).map(({ subject }) => subject)).toEqual([
        'Your postback is failing',
      ]);
      await scene.happen();
      await scene.engine.drain();
      expect(await scene.show(id)).toMatchObject({
        state: 'disabled',
        disabledReason: 'failing',
        failures: 100,
      });
      expect((await scene.mails()).slice(before + 1).map(({ subject }) => subject)).toEqual([
        'Your postback was disabled',
      ]);
      await scene.after(24 * HOUR);
      expect(times('/hundred')).toBe(100);
    });

    it('A22 nobody is mailed who unsubscribed from such mails', async () => {
      scene.partner = await scene.partner.signInAgain();
      const subscribe = async (postbacks: boolean) =>
        body(await scene.partner.patch('me', { emailSubscriptions: { postbacks } }), 200);
      await subscribe(false);
      sink.answer({ status: 410 });
      const { id } = await scene.postback(`${sink.url}/quiet`);
      const before = await scene.mails();
      await scene.happen();
      await scene.engine.drain();
      expect(await scene.show(id)).toMatchObject({ state: 'disabled', disabledReason: 'gone' });
      expect(await scene.mails()).toEqual(before);
      await subscribe(true);
    });

    it('five days without a success disable, with a mail at half', async () => {
      sink.answer({ status: 500 });
      const { id } = await scene.postback(`${sink.url}/days`);
      const before = (await scene.mails()).length;
      for (const days of [0, 2.5, 2.6]) {
        await scene.happen();
        await scene.engine.drain();
        await scene.after(days * 24 * HOUR);
      }
      expect(await scene.show(id)).toMatchObject({ state: 'disabled', disabledReason: 'failing' });
      expect((await scene.mails()).slice(before).map(({ subject }) => subject)).toEqual([
        'Your postback is failing',
        'Your postback was disabled',
      ]);
    });
  });

  describe('A09 fairness', () => {
    it('at most four calls at once go to one host, and a hanging host delays nobody', async () => {
      sink.answer('hang');
      await scene.postback(`${sink.url}/dead`);
      for (let index = 0; index < 12; index += 1) await scene.happen();
      await sink.waitFor(() => times('/dead') === 4);
      await scene.postback(`${other.url}/alive`);
      const before = Date.now();
      for (let index = 0; index < 8; index += 1) await scene.happen();
      await other.waitForCount(8, 5_000);
      expect(Date.now() - before).toBeLessThan(5_000);
      await pause(50);
      expect(times('/dead')).toBe(4);
      await scene.endWaiting('cancelled');
      await sink.stop();
      sink = await startSinkServer(sink.port);
    });
  });
});
