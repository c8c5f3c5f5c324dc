import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FragmentsOfPostbacks1763000000210 } from '../../../migrations/index.js';
import { body } from '../../support/journey.js';
import { type SinkRequest, type SinkServer, startSinkServer } from '../../support/sink-server.js';
import { type PostbackBody, PostbackScene } from './scene.js';

describe('A09 a postback that is changed', () => {
  let scene: PostbackScene;
  let sink: SinkServer;

  const sentTo = (path: string): SinkRequest[] => sink.requests.filter((request) => request.path === path);
  const change = async (id: string, fields: object) =>
    body<PostbackBody>(await scene.partner.patch(`partner/postbacks/${id}`, fields), 200);

  beforeAll(async () => {
    sink = await startSinkServer();
    scene = await PostbackScene.open([sink.address]);
  });
  afterEach(async () => {
    sink.answer({ status: 200 });
    await scene.clear();
  });
  afterAll(async () => {
    await scene.close();
    await sink.stop();
  });

  it('keeps its headers and its health from what waits for its old address', async () => {
    sink.answer({ status: 500 });
    const { id } = await scene.postback(`${sink.url}/old?e=\${event_id}`);
    await scene.happen();
    await scene.engine.drain();
    await change(id, { url: `${sink.url}/new?e=\${event_id}`, headers: { 'x-api-key': 'secret' } });
    sink.answer(({ path }) => ({ status: path === '/old' ? 410 : 200 }));
    await scene.happen();
    await scene.after(6.1);
    expect(sentTo('/old').map(({ headers }) => headers['x-api-key'])).toEqual([undefined, undefined]);
    expect(sentTo('/new').map(({ headers }) => headers['x-api-key'])).toEqual(['secret']);
    expect(await scene.show(id)).toMatchObject({ state: 'active', failures: 0 });
    expect(await scene.states()).toEqual({ delivered: 1, failed: 1 });
    expect((await scene.log('?url=/old')).map(({ responseCode }) => responseCode)).toEqual([410, 500]);
  });

  it('may be disabled though it was saved by rules that were less strict, and activated when it fits these', async () => {
    const { id } = await scene.postback(`${sink.url}/?e=\${event_id}`, {
      method: 'POST',
      body: 'e=${event_id}',
    });
    await scene.app.db.query(
      `UPDATE postbacks SET body = 'e={event_id}', url = url || '&x={y}' WHERE id = $1`,
      [id],
    );
    expect(await change(id, { state: 'disabled' })).toMatchObject({ state: 'disabled' });
    const refused = async (fields: object) =>
      body<{ errors: object[] }>(await scene.partner.patch(`partner/postbacks/${id}`, fields), 422).errors;
    expect(await refused({ state: 'active' })).toMatchObject([{ path: 'url' }]);
    const url = `${sink.url}/?e=\${event_id}`;
    expect(await refused({ state: 'active', url })).toMatchObject([{ path: 'body' }]);
    expect(await change(id, { state: 'active', url, body: 'e=${event_id}' })).toMatchObject({
      state: 'active',
    });
  });

  it('goes on though it was saved with a fragment, and tells what is really sent', async () => {
    const { id } = await scene.postback(`${sink.url}/hash?r=1`);
    await scene.app.db.query(`UPDATE postbacks SET url = $2 WHERE id = $1`, [
      id,
      `${sink.url}/hash?r=#reqid#`,
    ]);
    await scene.happen();
    await scene.engine.drain();
    const sent = { url: `${sink.url}/hash?r=` };
    const tested = await scene.partner.post(`partner/postbacks/${id}/test`);
    expect(body(tested, 200)).toMatchObject(sent);
    expect(sentTo('/hash').map(({ target }) => target)).toEqual(['/hash?r=', '/hash?r=']);
    expect(await scene.log('?url=/hash')).toMatchObject([
      { kind: 'test', ...sent },
      { kind: 'event', ...sent },
    ]);
    // As it was written down before.
    const { db } = scene.app;
    for (const table of ['postback_deliveries', 'postback_log'])
      await db.query(`UPDATE ${table} SET url = url || '#reqid#'`);
    await db.transaction((tx) => new FragmentsOfPostbacks1763000000210().up(tx.queryRunner!));
    const [test, entry] = await scene.log('?url=/hash');
    expect([test, entry]).toMatchObject([sent, sent]);
    const again = await scene.partner.post(`partner/postback-log/${entry!.id}/resend`);
    expect(body(again, 200)).toMatchObject(sent);
  });

  it('leaves its failures as they are when its old address answers', async () => {
    sink.answer({ status: 500 });
    const { id } = await scene.postback(`${sink.url}/before`);
    await scene.happen();
    await scene.engine.drain();
    await change(id, { url: `${sink.url}/after` });
    sink.answer(({ path }) => ({ status: path === '/before' ? 200 : 500 }));
    await scene.happen();
    await scene.after(6.1);
    expect(sentTo('/before')).toHaveLength(2);
    expect(await scene.show(id)).toMatchObject({ failures: sentTo('/after').length });
  });

  it('has what waits for its old address say which type its body is of', async () => {
    sink.answer({ status: 500 });
    const { id } = await scene.postback(`${sink.url}/typed`, { method: 'POST', body: '{"e":"${event_id}"}' });
    await scene.happen();
    await scene.engine.drain();
    await change(id, { url: `${sink.url}/text`, body: 'e=${event_id}', headers: {} });
    await scene.after(6.1);
    expect(sentTo('/typed').map(({ headers }) => headers['content-type'])).toEqual([
      'application/json',
      'application/json',
    ]);
  });

  it('sends what waits with its present headers when only they or its query changed', async () => {
    sink.answer({ status: 500 });
    const { id } = await scene.postback(`${sink.url}/same?a=1`, { headers: { 'x-api-key': 'first' } });
    await scene.happen();
    await scene.engine.drain();
    await change(id, { url: `${sink.url}/same?a=2`, headers: { 'x-api-key': 'second' } });
    await scene.after(6.1);
    expect(sentTo('/same').map(({ headers }) => headers['x-api-key'])).toEqual(['first', 'second']);
    expect(await scene.show(id)).toMatchObject({ failures: 1 });
  });

  it('loses neither of two changes that are made at once', async () => {
    const { id } = await scene.postback(`${sink.url}/both`);
    for (let round = 1; round <= 20; round += 1) {
      const headers = { 'x-round': `${round}` };
      const state = round % 2 === 1 ? 'disabled' : 'active';
      await Promise.all([change(id, { headers }), change(id, { state })]);
      expect(await scene.show(id)).toMatchObject({ headers, state });
    }
  });

  it('is checked as a whole, with what changed meanwhile', async () => {
    const { id } = await scene.postback(`${sink.url}/whole`, { method: 'POST' });
    for (let round = 1; round <= 20; round += 1) {
      await change(id, { method: 'POST', body: null });
      const changes = [{ method: 'GET' }, { body: 'a=1' }];
      await Promise.all(changes.map((fields) => scene.partner.patch(`partner/postbacks/${id}`, fields)));
      const { method, body: text } = await scene.show(id);
      expect([method, text]).not.toEqual(['GET', 'a=1']);
    }
  });
});
