/** Days after sign-up in which the code of an inviter may be entered (rules §8). */
export const ENTRY_DAYS = 30;

/** What decides about the entry of an inviter's code. */
export interface EntryFacts {
  readonly programOpen: boolean;
  /** Whose code it is; null for nobody's. */
  readonly inviterId: string | null;
  readonly partnerId: string;
  readonly entered: boolean;
  readonly signedUpAt: Date;
  /** Null for nobody's code. */
  readonly inviterSignedUpAt: Date | null;
  readonly now: Date;
  /** Whether a publication was confirmed, a bill paid or anything else earned. */
  readonly worked: boolean;
  readonly inviterActive: boolean;
  /** Whether both have the same e-mail address, phone number or payment account. */
  readonly samePerson: boolean;
}

export type EntryRefusal =
  'closed' | 'entered' | 'late' | 'worked' | 'unknown' | 'own' | 'younger' | 'inactive' | 'same_person';

const DAY_MS = 86_400_000;

/** Until when a partner may enter a code; not included. */
export function entryEndsAt(signedUpAt: Date): Date {
  return new Date(signedUpAt.getTime() + ENTRY_DAYS * DAY_MS);
}

/** Why a code may not be entered, or null when it may: first what no code would change, then what is wrong with this one. */
export function entryRefusal(facts: EntryFacts): EntryRefusal | null {
  const { inviterId, partnerId } = facts;
  if (facts.entered) return 'entered';
  if (!facts.programOpen) return 'closed';
  if (facts.now >= entryEndsAt(facts.signedUpAt)) return 'late';
  if (facts.worked) return 'worked';
  if (inviterId === null) return 'unknown';
  if (inviterId === partnerId) return 'own';
  if (!signedUpEarlier(facts, inviterId)) return 'younger';
  if (!facts.inviterActive) return 'inactive';
  return facts.samePerson ? 'same_person' : null;
}

/** By the time of sign-up and not by ids alone: those of imported partners are of their import. */
function signedUpEarlier(
  { signedUpAt, inviterSignedUpAt, partnerId }: EntryFacts,
  inviterId: string,
): boolean {
  const later = signedUpAt.getTime() - inviterSignedUpAt!.getTime();
  return later === 0 ? inviterId < partnerId : later > 0;
}
