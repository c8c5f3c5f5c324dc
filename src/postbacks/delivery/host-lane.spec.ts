import { describe, expect, it } from 'vitest';
import type { DueDelivery } from './due-deliveries.js';
import { HostLane } from './host-lane.js';

const deliveries = (count: number, receiver = 'p'): DueDelivery[] =>
  Array.from(
    { length: count },
    (_, index) => ({ id: `${receiver}${index}`, postbackId: receiver, webhookId: null }) as DueDelivery,
  );

const ALONE = { size: 1 };

function laneWith(count: number, { failed = 0, lanes = ALONE } = {}): HostLane {
  const lane = new HostLane('h:80', lanes, failed);
  lane.add(deliveries(count), count);
  return lane;
}

const takeAll = (lane: HostLane): DueDelivery[] => {
  const taken = [];
  for (let next = lane.takeOff(); next; next = lane.takeOff()) taken.push(next);
  return taken;
};

describe('A09 the lane of a host', () => {
  it('has four calls at once, one when the last reached nobody', () => {
    expect(takeAll(laneWith(10))).toHaveLength(4);
    const lane = laneWith(10, { failed: 1 });
    expect(takeAll(lane)).toHaveLength(1);
    lane.landed(true);
    expect(takeAll(lane)).toHaveLength(4);
  });

  it('leaves in the queue what waits when the host begins to rest, and what is fetched too late', () => {
    const lane = laneWith(10);
    const taken = takeAll(lane);
    for (const { id } of taken) {
      expect(lane.restMs).toBeNull();
      lane.landed(false);
      lane.settled(id);
    }
    expect(lane).toMatchObject({ restMs: 5_000, failures: 4, idle: true, wantsFetch: false, hungry: false });
    lane.add(deliveries(5, 'late'), 5);
    expect(lane.takeOff()).toBeUndefined();
    expect(lane.idle).toBe(true);
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
      for (let taken = lane.takeOff(); taken; taken = lane.takeOff()) {
        lane.landed(true);
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
      lane.settled(lane.takeOff()!.id);
      lane.landed(true);
    }
    expect(lane).toMatchObject({ demand: { room: 9 }, wantsFetch: true });
  });
});
