import { expect, it } from 'vitest';
import { Passwords } from './passwords.service.js';

it('passwords are kept as argon2id, at the cost of rule 10.1', async () => {
  const passwords = new Passwords();
  const hash = await passwords.hashNew('correct horse battery');
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await passwords.verify(hash, 'correct horse battery')).toBe(true);
  expect(await passwords.verify(hash, 'correct horse batterx')).toBe(false);
  expect(await passwords.verify(null, 'nobody has this password')).toBe(false);
});
