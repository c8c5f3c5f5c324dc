/** A signal that may concern a bill. */
interface Signal {
  readonly state: 'open' | 'confirmed';
  readonly promoId: string;
  /** Whom or what it is about; both null when it is about the promo. */
  readonly playerId: string | null;
  readonly orderId: string | null;
  readonly occurredAt: Date;
}

/** A line of a bill, with the suspicious players on whose account it may be. */
interface PromoLine {
  readonly promoId: string;
  readonly strategy: string;
  /** The period that it pays for, half-open. */
  readonly start: Date;
  readonly end: Date;
  /** Players with activity in the period. */
  readonly activePlayers: ReadonlySet<string>;
  /** Players who qualified in the period. */
  readonly qualifiedPlayers: ReadonlySet<string>;
}

/** What a bill pays for. */
export type BillContents = readonly PromoLine[];

/**
 * The signals about what a bill pays for (B07): about players who registered or qualified for one of its lines, or
 * whose play one of its shares is of; about orders that it pays for; about promos, in the period that a line of theirs
 * pays for.
 */
export function signalsOnBill<S extends Signal>(lines: BillContents, signals: readonly S[]): S[] {
  return signals.filter((signal) =>
    lines.some((line) => line.promoId === signal.promoId && concerns(line, signal)),
  );
}

function concerns(line: PromoLine, { playerId, orderId, occurredAt }: Signal): boolean {
  // Orders are nobody's: no player is known by them.
  if (orderId !== null ? line.strategy !== 'sale' : playerId !== null && line.strategy === 'sale')
    return false;
  // What a signal about a player tells of is the sign-up, what one about an order tells of is the order.
  if (playerId === null || line.strategy === 'cpl') return occurredAt >= line.start && occurredAt < line.end;
  return (line.strategy === 'cpa' ? line.qualifiedPlayers : line.activePlayers).has(playerId);
}

/**
 * Whether a bill that is not final is held for review, by the signals about it: while one is open. With a confirmed one
 * a held bill stays held, for an operator to decide on, and one that is not held stays so.
 */
export function isToBeHeld(held: boolean, signals: readonly Pick<Signal, 'state'>[]): boolean {
  return signals.some(({ state }) => state === 'open') || (held && signals.length > 0);
}
