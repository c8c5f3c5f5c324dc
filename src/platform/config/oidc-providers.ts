/** An OpenID provider that people may sign in with. */
export interface OidcProvider {
  /** Stands in addresses: lowercase letters, digits and hyphens. */
  name: string;
  /** What the sign-in page shows. */
  title: string;
  /** The provider's issuer identifier; its description is found below it. */
  issuer: string;
  clientId: string;
  clientSecret: string;
}

const FORM =
  '{"google":{"title":"Google","issuer":"https://accounts.google.com","clientId":"…","clientSecret":"…"}}';
const NAME = /^[a-z][a-z0-9-]{0,31}$/;
/** Routes beside `/auth/oidc/{provider}`, which a provider of that name would hide. */
const RESERVED = ['providers', 'finish'];
const FIELDS = ['title', 'issuer', 'clientId', 'clientSecret'] as const;

/**
 * Reads the value of OIDC_PROVIDERS.
 * @param production whether issuers must be reached by https
 * @returns the providers in the given order, and every fault with the place and the right form, never with a secret
 */
export function readOidcProviders(
  value: string | undefined,
  production: boolean,
): { providers: OidcProvider[]; faults: string[] } {
  if (value === undefined) return { providers: [], faults: [] };
  const entries = entriesOf(value);
  if (!entries) return { providers: [], faults: [`OIDC_PROVIDERS must be a JSON object such as ${FORM}`] };
  return {
    providers: entries.map(
      ([name, fields]) => ({ title: name, ...(fields as object), name }) as OidcProvider,
    ),
    faults: entries.flatMap(([name, fields]) => faultsOf(name, fields, production)),
  };
}

function entriesOf(json: string): [string, unknown][] | null {
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? Object.entries(value) : null;
  } catch {
    return null;
  }
}

function faultsOf(name: string, fields: unknown, production: boolean): string[] {
  const place = `OIDC_PROVIDERS.${name}`;
  if (!NAME.test(name) || RESERVED.includes(name)) {
    return [
      `${place}: a provider's name has lowercase letters, digits and hyphens, and is not ${RESERVED.join(' or ')}`,
    ];
  }
  if (!isObject(fields)) return [`${place} must be an object with the fields ${FIELDS.join(', ')}`];
  const faults = Object.keys(fields)
    .filter((field) => !(FIELDS as readonly string[]).includes(field))
    .map((field) => `${place}.${field} is not known; the fields are ${FIELDS.join(', ')}`);
  for (const field of FIELDS) {
    const text = fields[field];
    if (field === 'title' && text === undefined) continue;
    if (typeof text !== 'string' || text.trim() === '') faults.push(`${place}.${field} must be a text`);
    else if (field === 'issuer' && !isIssuer(text, production)) {
      faults.push(
        `${place}.issuer must be an https address without query, such as https://accounts.google.com`,
      );
    }
  }
  return faults;
}

/** OpenID Connect Discovery 1.0, section 3: an https URL without query and fragment; http serves development. */
function isIssuer(text: string, production: boolean): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, search, hash, username } = new URL(text);
  return (protocol === 'https:' || (protocol === 'http:' && !production)) && search + hash + username === '';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
