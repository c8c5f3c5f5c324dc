import { readXlsx } from 'hucre/xlsx';
import { expect } from 'vitest';
import type { TestApp } from '../../support/app.js';
import { PASSWORD, type Person, signIn } from '../../support/journey.js';
import { joinTeam } from '../identity/scene.js';

let members = 0;

/** Somebody of the brand, invited by the operator and signed in. */
export async function joinBrand(
  app: TestApp,
  operator: Person,
  brandId: string,
  role: 'owner' | 'reviewer',
): Promise<Person> {
  members += 1;
  const email = `${role}-${members}@brand.example`;
  await joinTeam(app, operator, email, role, `operator/brands/${brandId}/users`);
  return signIn(app, email);
}

/** The cells of the file's only sheet, as another program reads them, without the header. */
export async function download(app: TestApp, { email }: Person, path: string): Promise<unknown[][]> {
  const login = await fetch(`${app.url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: PASSWORD }),
  });
  const { accessToken } = (await login.json()) as { accessToken: string };
  const answer = await fetch(`${app.url}/api/v1/${path}`, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="[a-z-]+\.xlsx"$/);
  const { sheets } = await readXlsx(Buffer.from(await answer.arrayBuffer()));
  expect(sheets).toHaveLength(1);
  return sheets[0]!.rows.slice(1);
}
