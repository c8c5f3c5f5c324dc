/** Who a person is to an OpenID provider. Issuer and subject name the person for good; the rest may change. */
export interface ProviderPerson {
  issuer: string;
  subject: string;
  email: string | null;
  /** Whether the provider vouches that the address belongs to the person. */
  emailVerified: boolean;
  name: string | null;
}

/** OpenID Connect Core 1.0, section 2: a subject has at most 255 characters. */
const LONGEST_SUBJECT = 255;
/** As at sign-up. */
const LONGEST_EMAIL = 320;
const LONGEST_NAME = 200;

/**
 * The person that claims (of an ID token, completed by the user info) tell of; claims of a wrong form count as absent.
 * @returns null when issuer or subject cannot name anybody
 */
export function personOf(claims: Readonly<Record<string, unknown>>): ProviderPerson | null {
  const { iss, sub } = claims;
  if (!isText(iss, LONGEST_EMAIL) || !isText(sub, LONGEST_SUBJECT)) return null;
  const email = isText(claims['email'], LONGEST_EMAIL) && isAddress(claims['email']) ? claims['email'] : null;
  return {
    issuer: iss,
    subject: sub,
    email,
    // Only the boolean: `"true"`, 1 and the like vouch for nothing.
    emailVerified: email !== null && claims['email_verified'] === true,
    name: isText(claims['name'], LONGEST_NAME) ? claims['name'] : null,
  };
}

/** PostgreSQL takes neither NUL nor half surrogates. */
function isText(value: unknown, longest: number): value is string {
  return (
    typeof value === 'string' &&
    value.trim() !== '' &&
    value.length <= longest &&
    value.isWellFormed() &&
    !value.includes('\0')
  );
}

function isAddress(text: string): boolean {
  return /^[^\s@]+@[^\s@]+$/.test(text);
}
