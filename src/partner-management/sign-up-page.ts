import { isISO31661Alpha2 } from 'class-validator';
import { htmlPage } from '../identity/index.js';
import { xmlText } from '../platform/index.js';
import { SOCIAL_PLATFORMS } from './domain/social-account.js';
import { PARTNER_KINDS } from './registration.dto.js';

/** What a form is filled in with, by the names of its fields; it may be of anybody's making. */
export type FilledIn = Readonly<Record<string, unknown>>;

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const NAMES = new Intl.DisplayNames('en', { type: 'region' });
/** Code and English name of every country, by the name. */
const COUNTRIES = LETTERS.flatMap((first) => LETTERS.map((second) => first + second))
  .filter((code) => isISO31661Alpha2(code))
  .map((code) => ({ value: code, name: NAMES.of(code)! }))
  .sort((one, other) => one.name.localeCompare(other.name, 'en'));

/** What a link puts into the address, and the form hands on. */
const HANDED_ON = ['ref', 'inviterCode'] as const;

/**
 * The page on which a partner signs up; its form works without scripts and posts to the page's own address.
 * @param faults what was wrong with what was filled in, in words
 */
export function signUpPage(filledIn: FilledIn, faults: readonly string[] = []): string {
  const handedOn = HANDED_ON.filter((name) => textOf(filledIn, name) !== '').map(
    (name) => `<input type="hidden" name="${name}" value="${xmlText(textOf(filledIn, name))}">`,
  );
  const kinds = PARTNER_KINDS.map((kind) => ({ value: kind, name: kind }));
  const platforms = SOCIAL_PLATFORMS.map((platform) => ({ value: platform, name: platform }));
  return htmlPage(
    'Sign up as a partner',
    `${faults.map((fault) => `<p role="alert"><strong>${xmlText(fault)}</strong></p>`).join('\n')}
<form method="post" action="sign-up">
  ${handedOn.join('\n  ')}
  ${input('E-mail', 'type="email" name="email" maxlength="320" autocomplete="email" required', textOf(filledIn, 'email'))}
  ${input('Password, at least 8 characters', 'type="password" name="password" minlength="8" maxlength="128" autocomplete="new-password" required')}
  ${input('Name of the person or company', 'name="name" maxlength="200" autocomplete="name" required', textOf(filledIn, 'name'))}
  ${choice('You are', 'name="kind" required', kinds, textOf(filledIn, 'kind'))}
  ${choice('Country', 'name="country" required', COUNTRIES, textOf(filledIn, 'country'))}
  <p>For creators: the social account that you publish by. Offers are for creators whose account is verified. You can
    name it later as well; it cannot be changed then.</p>
  ${choice('Social network', 'name="socialPlatform"', platforms, textOf(filledIn, 'socialPlatform'))}
  ${input('Your name there, such as ann.reviews', 'name="socialHandle" maxlength="100"', textOf(filledIn, 'socialHandle'))}
  <button>Sign up</button>
</form>`,
  );
}

function textOf(filledIn: FilledIn, name: string): string {
  const value = filledIn[name];
  return typeof value === 'string' ? value : '';
}

function input(label: string, attributes: string, value = ''): string {
  return `<p><label>${label}<br><input ${attributes} value="${xmlText(value)}"></label>`;
}

function choice(
  label: string,
  attributes: string,
  options: readonly { value: string; name: string }[],
  chosen: string,
): string {
  const shown = [{ value: '', name: '' }, ...options].map(
    (option) =>
      `<option value="${option.value}"${option.value === chosen ? ' selected' : ''}>${xmlText(option.name)}</option>`,
  );
  return `<p><label>${label}<br><select ${attributes}>${shown.join('')}</select></label>`;
}
