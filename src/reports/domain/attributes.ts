import { type Column, COLUMNS, type Grouper, GROUPERS } from './catalogue.js';

export interface Attribute {
  name: string;
  title: string;
  type: string;
  description: string;
}

/** The columns and groupers a report can be asked for, as the attributes endpoint lists them (rule 11.1). */
export function reportAttributes(): { available_columns: Attribute[]; available_groupers: Attribute[] } {
  return { available_columns: attributesOf(COLUMNS), available_groupers: attributesOf(GROUPERS) };
}

function attributesOf(catalogue: Record<string, Column | Grouper>): Attribute[] {
  return Object.entries(catalogue).map(([name, { title, type, description }]) => ({
    name,
    title,
    type,
    description,
  }));
}
