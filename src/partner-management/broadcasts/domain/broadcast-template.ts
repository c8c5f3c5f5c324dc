/** What stands in a broadcast’s templates for something that differs. */
export const TEMPLATE_VARIABLES = {
  name: 'How the recipient is called, or “there” where that is not known',
  channel: 'The channel’s name',
} as const;

export type TemplateValues = Readonly<Record<keyof typeof TEMPLATE_VARIABLES, string>>;

const NAMES = Object.keys(TEMPLATE_VARIABLES);
const VARIABLE = /\$\{([^{}]*)(\}?)/g;
/** What elsewhere would be a variable. */
const LOOKALIKE = /\{\{|\$\[|<%/;

/** What is wrong with a template, with the right form; null for nothing. */
export function templateFault(template: string): string | null {
  for (const [, name = '', end] of template.matchAll(VARIABLE)) {
    if (end === '' || !NAMES.includes(name)) {
      return `must have no variables but ${NAMES.map((known) => `\${${known}}`).join(' and ')}`;
    }
  }
  const lookalike = LOOKALIKE.exec(template)?.[0];
  return lookalike === undefined ? null : `must not have ${lookalike}; variables are written \${name}`;
}

/** The template with its variables filled, in one pass: what a value holds is text, whatever it looks like. */
export function fillTemplate(template: string, values: TemplateValues): string {
  return template.replaceAll(VARIABLE, (whole, name: string) =>
    Object.hasOwn(values, name) ? values[name as keyof TemplateValues] : whole,
  );
}
