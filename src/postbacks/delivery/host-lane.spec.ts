import { describe, expect, it } from 'vitest';
import type { Attempt } from './attempt.js';
import type { DueDelivery } from './due-deliveries.js';
import { HostLane } from './host-lane.js';
import type { OutboundError } from './outbound-error.js';

const deliveries = (count: number, receiver = 'p', failing = false): DueDelivery[] =>
  Array.from(
    { length: count },
    (_, index) =>
      ({
        id: `${receiver}${index}`,
        postbackId: receiver,
        webhookId: null,
        failing,
        readAt: 0,
      }) as DueDelivery,
  );

const answered = (delivery: DueDelivery): Attempt =>
  ({ delivery, result: { status: 200, error: null } }) as Attempt;
const failed = (delivery: DueDelivery, error: OutboundError): Attempt =>
  ({ delivery, result: { status: null, error } }) as Attempt;

const ALONE = { size: 1 };
const NOW = 999;

function laneWith(
  count: number,
  { failures = 0, lanes = ALONE, receiver = 'p', failing = false } = {},
): HostLane {
  const lane = new HostLane('h:80', lanes, failures);
  lane.add(deliveries(count, receiver, failing), count);
  return lane;
}

const takeAll = (lane: HostLane): DueDelivery[] => {
  const taken = [];
  for (let next = lane.takeOff(NOW); next; next = lane.takeOff(NOW)) taken.push(next);
  return taken;
};

describe('A09 the lane of a host', () => {
  it('has four calls at once, one when the last reached nobody', () => {
    expect(takeAll(laneWith(10))).toHaveLength(4);
    const lane = laneWith(10, { failures: 1 });
    const [first, ...others] = takeAll(lane);
    expect(others).toEqual([]);
    lane.landed(answered(first!));
    expect(takeAll(lane)).toHaveLength(4);
  });

  it('leaves in the queue what waits when the host begins to rest, and what is fetched too late', () => {
    const lane = laneWith(10);
    const taken = takeAll(lane);
    for (const delivery of taken) {
      expect(lane.restMs).toBeNull();
      lane.landed(failed(delivery, 'connect_timeout'));
      lane.settled(delivery.id);
    }
    expect(lane).toMatchObject({ restMs: 5_000, failures: 4, idle: true, wantsFetch: false, hungry: false });
    lane.add(deliveries(5, 'late'), 5);
    expect(lane.takeOff(NOW)).toBeUndefined();
    expect(lane.idle).toBe(true);
  });

  it('gives one of the calls to receivers that do not answer, and the others to who does', () => {
    const lane = laneWith(4, { receiver: 'hangs' });
    const hanging = takeAll(lane);
    for (const delivery of hanging) lane.landed(failed(delivery, 'timeout'));
    expect(lane).toMatchObject({ restMs: null, failures: 0 });
    lane.add([...deliveries(5, 'hangs'), ...deliveries(5, 'fails', true), ...deliveries(5, 'works')], 15);
    const receivers = takeAll(lane).map(({ postbackId }) => postbackId);
    expect(receivers).toEqual(['hangs', 'works', 'works', 'works']);
  });

  it('gives a receiver all calls again as soon as it answers, whatever the answer is', () => {
    const lane = laneWith(9, { receiver: 'fails', failing: true });
    const [first, ...others] = takeAll(lane);
    expect(others).toEqual([]);
    lane.landed({ delivery: first, result: { status: 500, error: null } } as Attempt);
    expect(takeAll(lane)).toHaveLength(4);
  });

  it('leaves to the queue what it holds for a second, and holds less of it then', () => {
    const lane = laneWith(64);
    expect(lane.takeOff(NOW)).toBeDefined();
    expect(lane.takeOff(NOW + 1)).toBeUndefined();
    expect(lane).toMatchObject({ hungry: true, wantsFetch: true });
    // It was about to hold 128.
    expect(lane.demand).toMatchObject({ room: 64, known: ['p0'] });
    for (let round = 0; round < 9; round += 1) {
      lane.add(deliveries(1), 1);
      lane.refresh(NOW + 1);
    }
    expect(lane.demand.room).toBe(8);
  });

  it('drops what waits for a receiver that was disabled, and nothing else', () => {
    const lane = laneWith(2);
    lane.add(deliveries(2, 'other'), 2);
    lane.drop('p');
    expect(takeAll(lane).map(({ id }) => id)).toEqual(['other0', 'other1']);
  });

  it('holds more for a host that uses up what it has before more is there, within a bound', () => {
    const lane = laneWith(0);
    const rooms = [];
    for (let round = 0; round < 6; round += 1) {
      const { room } = lane.demand;
      rooms.push(room);
      lane.add(deliveries(room, `${round}-`), room);
      for (let taken = lane.takeOff(NOW); taken; taken = lane.takeOff(NOW)) {
        lane.landed(answered(taken));
        lane.settled(taken.id);
      }
    }
    expect(rooms).toEqual([64, 128, 256, 512, 512, 512]);
  });

  it('holds its share where many hosts are served, and no more until what it has above that is used up', () => {
    const lanes = { size: 1_024 };
    expect(laneWith(0, { lanes }).demand.room).toBe(16);
    const others = { size: 1 };
    const lane = laneWith(60, { lanes: others });
    others.size = 1_024;
    expect(lane).toMatchObject({ demand: { room: 0 }, wantsFetch: false, hungry: false });
    for (let calls = 0; calls < 53; calls += 1) {
      const taken = lane.takeOff(NOW)!;
      lane.landed(answered(taken));
      lane.settled(taken.id);
    }
    expect(lane).toMatchObject({ demand: { room: 9 }, wantsFetch: true });
  });
});
