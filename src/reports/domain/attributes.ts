import { COLUMNS } from './catalogue/columns.js';
import { type Audience, GROUPERS, PROGRAM_GROUPERS, TAG_GROUPER, TAG_PREFIX } from './catalogue/groupers.js';

export interface Attribute {
  name: string;
  title: string;
  type: string;
  description: string;
}

/** The columns and groupers a report can be asked for, as the attributes endpoint lists them (rule 11.1). */
export function reportAttributes(audience: Audience): {
  available_columns: Attribute[];
  available_groupers: Attribute[];
} {
  const program = audience === 'operator' ? PROGRAM_GROUPERS : {};
  return {
    available_columns: attributesOf(COLUMNS),
    available_groupers: attributesOf({
      ...program,
      ...GROUPERS,
      [`${TAG_PREFIX}<key>`]: { ...TAG_GROUPER, type: 'string' },
    }),
  };
}

function attributesOf(catalogue: Record<string, Omit<Attribute, 'name'>>): Attribute[] {
  return Object.entries(catalogue).map(([name, { title, type, description }]) => ({
    name,
    title,
    type,
    description,
  }));
}
