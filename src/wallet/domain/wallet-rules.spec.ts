import { describe, expect, it } from 'vitest';
import { houseShardOf } from './accounts.js';
import { CASHOUT_DECISIONS, CASHOUT_STATES, type CashoutState } from './cashout-state.js';
import { JOURNAL_KINDS, journalKindsOf, TRANSACTION_TYPES, transactionTypeOf } from './transaction-type.js';

describe('A12 states of a cash-out', () => {
  it('are all reached from pending, and none twice', () => {
    const reached = new Set<CashoutState>(['pending']);
    for (const { from, to } of Object.values(CASHOUT_DECISIONS)) {
      expect(reached).toContain(from);
      expect(reached).not.toContain(to);
      reached.add(to);
    }
    expect([...reached].sort()).toEqual([...CASHOUT_STATES].sort());
  });
});

describe('A14 types of transactions', () => {
  it('divide the kinds of journals among them', () => {
    const kinds = TRANSACTION_TYPES.flatMap(journalKindsOf);
    expect(kinds.sort()).toEqual([...JOURNAL_KINDS].sort());
    for (const kind of kinds) expect(journalKindsOf(transactionTypeOf(kind))).toContain(kind);
  });
});

describe('B01 shards of the house', () => {
  it('are 16, told by the last digit of the owner', () => {
    const shards = [...'0123456789abcdef'].map((digit) =>
      houseShardOf(`01929c3e-0000-7000-8000-00000000000${digit}`),
    );
    expect(shards).toEqual(Array.from({ length: 16 }, (_, shard) => shard));
  });
});
