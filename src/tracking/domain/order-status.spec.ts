import { describe, expect, it } from 'vitest';
import { orderChange, type OrderChange, type OrderStatus } from './order-status.js';

describe('T07 the status of an order', () => {
  it.each<[OrderStatus, OrderStatus, boolean, OrderChange]>([
    ['pending', 'pending', false, 'none'],
    ['pending', 'pending', true, 'correct'],
    ['pending', 'approved', false, 'decide'],
    ['pending', 'approved', true, 'decide'],
    ['pending', 'declined', false, 'decide'],
    ['pending', 'declined', true, 'decide'],
    ['approved', 'approved', false, 'none'],
    ['approved', 'approved', true, 'correct'],
    ['approved', 'pending', false, 'none'],
    ['approved', 'pending', true, 'none'],
    ['approved', 'declined', false, 'refuse'],
    ['approved', 'declined', true, 'refuse'],
    ['declined', 'declined', false, 'none'],
    ['declined', 'declined', true, 'correct'],
    ['declined', 'pending', false, 'none'],
    ['declined', 'pending', true, 'none'],
    ['declined', 'approved', false, 'refuse'],
    ['declined', 'approved', true, 'refuse'],
  ])('%s, reported as %s, other values %s: %s', (now, reported, differs, change) => {
    expect(orderChange(now, reported, differs)).toBe(change);
  });
});
