import type { EntityManager } from 'typeorm';
import { BillExplanation } from './bill-explanation.entity.js';
import { BillLine } from './bill-line.entity.js';
import { wholeExplanation } from './domain/shared-explanations.js';

/** A bill's lines in their order, or one of them, with their explanations whole. */
export async function findLines(
  db: EntityManager,
  which: { readonly billId: string; readonly id?: string },
): Promise<BillLine[]> {
  const lines = await db.getRepository(BillLine).find({ where: which, order: { position: 'ASC' } });
  const { billId } = which;
  const explanation = await db.getRepository(BillExplanation).findOneBy({ billId });
  return lines.map((line) => ({ ...line, explanation: wholeExplanation(line, explanation?.shared ?? {}) }));
}
