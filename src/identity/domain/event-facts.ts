/** What a fact of an event may be. Things are named by their ids; what is logged can never be erased. */
export interface FactKinds {
  money: { amount: string; currency: string };
  /** UUID of something in this program. */
  id: string;
  /** Names of fields, states and the like, or what an operator wrote; null when there is nothing to say. */
  text: string | null;
  /** Names of fields. */
  names: string[];
  /** What tells who a person is: kept beside the log, and erased with the person (B12). */
  personal: string | null;
  /** The payment that a refund gave back. */
  payment: {
    cashoutId: string;
    acceptedAt: Date | string;
    amount: { amount: string; currency: string };
  } | null;
}

export type FactKind = keyof FactKinds;

/** Kinds of an event's facts by their names. */
export type Facts = Readonly<Record<string, FactKind>>;

/** Facts of those kinds. */
export type DataOf<F extends Facts> = { [K in keyof F]: FactKinds[F[K]] };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const IS_KIND: Readonly<Record<FactKind, (value: unknown) => boolean>> = {
  money: (value) => isRecord(value) && isText(value['amount']) && isText(value['currency']),
  id: (value) => isText(value) && UUID.test(value),
  text: (value) => value === null || isText(value),
  names: (value) => Array.isArray(value) && value.every(isText),
  personal: (value) => value === null || isText(value),
  payment: (value) => value === null || (isRecord(value) && IS_KIND.id(value['cashoutId'])),
};

/** Whether a value is a fact of that kind. */
export function isFact(kind: FactKind, value: unknown): boolean {
  return IS_KIND[kind](value);
}

/**
 * Separates the personal facts of an event from the others.
 * @returns `personal` is null when there is nothing personal
 */
export function separateFacts(
  facts: Facts,
  data: Readonly<Record<string, unknown>>,
): { plain: Record<string, unknown>; personal: Record<string, unknown> | null } {
  const isPersonal = ([name, value]: [string, unknown]) => facts[name] === 'personal' && value !== null;
  const personal = Object.entries(data).filter(isPersonal);
  const plain = Object.entries(data).filter((fact) => !isPersonal(fact));
  return {
    plain: Object.fromEntries(plain),
    personal: personal.length > 0 ? Object.fromEntries(personal) : null,
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
