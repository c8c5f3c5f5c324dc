import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnitOfWork } from '../../../src/platform/index.js';
import { DueDeliveries } from '../../../src/postbacks/delivery/due-deliveries.js';
import { FirePostbacks } from '../../../src/postbacks/fire-postbacks.service.js';
import { PostbackScene } from './scene.js';

const HOST = 'tracker.example:80';

describe('A09 receivers at one host', () => {
  let scene: PostbackScene;
  const names = new Map<string, string>();

  const make = async (name: string, action: string): Promise<void> => {
    const { id } = await scene.postback(`http://tracker.example/${name}`, { action });
    names.set(id, name);
  };
  const happen = async (action: string, times: number): Promise<void> => {
    const actions = Array.from({ length: times }, () => scene.actionOf({ action }));
    const { brandId } = scene.program;
    await scene.app.app
      .get(UnitOfWork)
      .run((tx) => scene.app.app.get(FirePostbacks).fire(tx, { brandId, actions }));
    scene.app.clock.advance(1);
  };
  const load = async (room: number, known: string[] = []) => {
    const due = scene.app.app.get(DueDeliveries);
    return due.load([{ host: HOST, room, known }], scene.app.clock.now());
  };
  const namesOf = (deliveries: readonly { postbackId: string | null }[]) =>
    deliveries.map(({ postbackId }) => names.get(postbackId!)).join(' ');

  beforeAll(async () => {
    // Nothing is sent here.
    scene = await PostbackScene.open([], { ROLE: 'web' });
    await make('long', 'registration');
    await make('short', 'first_deposit');
    await make('failing', 'deposit');
    await happen('deposit', 5);
    await happen('registration', 200);
    await happen('first_deposit', 3);
  });
  afterAll(() => scene.close());

  it('take turns, the oldest first', async () => {
    expect(namesOf(await load(8))).toBe('failing long short failing long short failing long');
    const [first, second] = await load(2);
    expect(namesOf(await load(3, [first!.id, second!.id]))).toBe('failing long short');
  });

  it('let those that work go before those that fail, in each turn', async () => {
    await scene.app.db.query(
      `UPDATE postbacks SET failures = 1, failing_since = now() WHERE url LIKE '%/failing'`,
    );
    expect(namesOf(await load(8))).toBe('long short failing long short failing long short');
    expect(await load(300)).toHaveLength(208);
  });
});
