/** Documents the parameters of a saved or requested report: those of its query, as texts and lists of texts. */
export const REPORT_PARAMETERS = {
  type: 'object' as const,
  description:
    'Parameters of the performance report by their names, such as `columns`, `group_by`, `campaign_ids`, `time_zone` ' +
    'and `conversion_currency`. Without a currency, your default one of that moment is kept.',
  additionalProperties: {
    oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
  },
  example: {
    columns: ['visits_count', 'ngr'],
    group_by: ['campaign', 'day'],
    time_zone: 'Europe/Berlin',
    conversion_currency: 'EUR',
  },
};
