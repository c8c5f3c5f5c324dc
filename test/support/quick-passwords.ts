import type * as Argon2 from '@node-rs/argon2';
import { vi } from 'vitest';

// Tests have thousands of people sign up and in: at the cost of real passwords that is a twentieth of the whole run.
vi.mock('@node-rs/argon2', async (importActual) => {
  const argon2 = await importActual<typeof Argon2>();
  const hash: typeof argon2.hash = (password, options) =>
    argon2.hash(password, { ...options, memoryCost: 64, timeCost: 1 });
  return { ...argon2, hash };
});
