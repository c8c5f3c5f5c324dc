/** A statement for which the guards of the logs and of what stands beside them, which only grow, step aside. */
export function aside(statement: string): string {
  const guards = [
    ['event_log', 'event_log_append_only'],
    ['audit_log', 'audit_log_append_only'],
    ['log_personal_data', 'log_personal_data_goes_by_erasure'],
  ];
  const all = (what: string) =>
    guards.map(([table, guard]) => `ALTER TABLE ${table} ${what} TRIGGER ${guard};`).join('\n');
  return `${all('DISABLE')}\n${statement}\n${all('ENABLE')}`;
}
