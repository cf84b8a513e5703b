const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

/** A time in milliseconds since 1970 as "21 Nov 2026, 14:05", on the person's clock. */
export function dateWords(time: number): string {
  return format.format(time);
}
