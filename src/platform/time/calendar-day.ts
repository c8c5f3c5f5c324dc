/**
 * Whether the text is a day of the calendar as YYYY-MM-DD, which PostgreSQL can hold as well: there is no year 0000.
 */
export function isCalendarDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text.startsWith('0000')) return false;
  const time = new Date(`${text}T00:00:00Z`);
  // A day that its month does not have is read as one of the next month.
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text);
}
