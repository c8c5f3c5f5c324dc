import { describe, expect, it } from 'vitest';
import { personOf } from './provider-person.js';

const CLAIMS = {
  iss: 'https://accounts.example.com',
  sub: '110169484474386276334',
  email: 'ann@example.com',
  email_verified: true,
  name: 'Ann',
};
const PERSON = {
  issuer: CLAIMS.iss,
  subject: CLAIMS.sub,
  email: CLAIMS.email,
  emailVerified: true,
  name: CLAIMS.name,
};

describe('T13 personOf', () => {
  it('reads the claims of a person', () => expect(personOf(CLAIMS)).toEqual(PERSON));

  it.each([false, 'true', 1, undefined, null, {}])('takes email_verified %o for not verified', (value) => {
    expect(personOf({ ...CLAIMS, email_verified: value })).toEqual({ ...PERSON, emailVerified: false });
  });

  it.each([
    undefined,
    7,
    '',
    'ann',
    'a@b c',
    `${'a'.repeat(320)}@b.example`,
    'a\0@b.example',
    '\ud800@b.example',
  ])('takes the e-mail %o for absent, and then it is not verified', (email) =>
    expect(personOf({ ...CLAIMS, email })).toEqual({ ...PERSON, email: null, emailVerified: false }),
  );

  it.each([undefined, 7, ' ', 'x'.repeat(201)])('takes the name %o for absent', (name) => {
    expect(personOf({ ...CLAIMS, name })).toEqual({ ...PERSON, name: null });
  });

  it.each([{ sub: undefined }, { sub: '' }, { sub: 12 }, { sub: 'x'.repeat(256) }, { iss: undefined }])(
    'knows nobody by %o',
    (wrong) => expect(personOf({ ...CLAIMS, ...wrong })).toBeNull(),
  );
});
