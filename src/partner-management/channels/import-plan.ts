import type { PersonRecord, RefusedRecord } from './person-record.js';

/** A person as the program knows it already, under an external id or an address. */
export interface KnownPerson {
  readonly id: string;
  readonly externalId: string | null;
  readonly emailKey: string;
  readonly name: string | null;
  readonly country: string | null;
  readonly language: string | null;
}

/** What an import comes to. */
export interface ImportPlan {
  readonly added: PersonRecord[];
  readonly updated: { readonly id: string; readonly person: PersonRecord }[];
  readonly unchanged: number;
  readonly refused: RefusedRecord[];
}

/**
 * Decides what becomes of each person: its external id says who it is, and an address belongs to one of them. One that
 * is known without an external id is free for that of the import.
 * @param known everybody whose external id or address occurs among the people
 * @param optedOut hashes of the mailboxes that want no mails
 */
export function planImport(
  people: readonly PersonRecord[],
  known: readonly KnownPerson[],
  optedOut: ReadonlySet<string>,
): ImportPlan {
  const byExternalId = new Map(known.map((person) => [person.externalId, person]));
  const byEmail = new Map(known.map((person) => [person.emailKey, person]));
  const plan = { added: [], updated: [], refused: [] } as Pick<ImportPlan, 'added' | 'updated' | 'refused'>;
  let unchanged = 0;
  for (const person of people) {
    const same = byExternalId.get(person.externalId);
    const holder = byEmail.get(person.emailKey);
    if (optedOut.has(person.mailboxHash)) {
      plan.refused.push(refusal(person, 'UNSUBSCRIBED', 'email: has unsubscribed, for good'));
    } else if (holder && holder !== same && holder.externalId !== null) {
      plan.refused.push(refusal(person, 'EMAIL_TAKEN', 'email: is that of another externalId'));
    } else if (!same && !holder) {
      plan.added.push(person);
    } else if (same && isSame(same, person)) {
      unchanged += 1;
    } else {
      plan.updated.push({ id: (same ?? holder)!.id, person });
    }
  }
  return { ...plan, unchanged };
}

function refusal({ index }: PersonRecord, code: string, message: string): RefusedRecord {
  return { index, code, message };
}

function isSame(known: KnownPerson, person: PersonRecord): boolean {
  return (['emailKey', 'name', 'country', 'language'] as const).every(
    (field) => known[field] === person[field],
  );
}
