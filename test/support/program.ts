import { body, type Person } from './journey.js';

/** A revenue share of 25 % of NGR, one tier. */
export const SHARE = {
  type: 'revshare',
  base: 'ngr',
  tierMode: 'flat',
  tiers: [{ from: '0.00', rateBps: 2500 }],
};

/** A brand with one landing and one default plan, made by the operator over HTTP. */
export interface Program {
  brandId: string;
  landingId: string;
  planId: string;
}

let programs = 0;

/** Makes a program; its brand has a name of its own. */
export async function makeProgram(operator: Person, plan: object = {}): Promise<Program> {
  programs += 1;
  const brand = await operator.post('operator/brands', { name: `Brand ${programs}`, currency: 'EUR' });
  const { id: brandId } = body<{ id: string }>(brand, 201);
  const landing = await operator.post('operator/landings', {
    brandId,
    title: 'Welcome',
    url: 'https://brand.example/welcome',
    audience: 'players',
  });
  const made = await operator.post('operator/commission-plans', {
    brandId,
    name: 'Share 25 %',
    period: 'monthly',
    timeZone: 'Europe/Berlin',
    strategies: [SHARE],
    ...plan,
  });
  return {
    brandId,
    landingId: body<{ id: string }>(landing, 201).id,
    planId: body<{ id: string }>(made, 201).id,
  };
}
