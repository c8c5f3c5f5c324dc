import { QueryFailedError } from 'typeorm';
import { expect, it } from 'vitest';
import { describeError } from './describe-error.js';

it('shows what failed, and neither parameters nor refused rows', () => {
  const refused = Object.assign(new Error('duplicate key value violates unique constraint "users_email"'), {
    code: '23505',
    constraint: 'users_email',
    detail: 'Key (email)=(ann@example.com) already exists.',
  });
  const described = describeError(
    new QueryFailedError('INSERT INTO users VALUES ($1, $2)', ['ann@example.com', '$argon2id$hash'], refused),
  );
  expect(described).toMatchObject({
    type: 'QueryFailedError',
    errorCode: '23505',
    constraint: 'users_email',
    query: 'INSERT INTO users VALUES ($1, $2)',
  });
  expect(JSON.stringify(described)).not.toMatch(/ann@example|argon2id/);
});

it('follows causes and names the errors within', () => {
  const refused = new AggregateError([
    new Error('connect ECONNREFUSED ::1'),
    new Error('connect ECONNREFUSED 127.0.0.1'),
  ]);
  expect(describeError(new Error('No mail', { cause: refused }))).toMatchObject({
    message: 'No mail',
    cause: { message: 'connect ECONNREFUSED ::1; connect ECONNREFUSED 127.0.0.1' },
  });
  expect(describeError('plain')).toEqual({ message: 'plain' });
});
