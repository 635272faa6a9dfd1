const DAY = 86_400_000;

/** People hear of an approval's end when so much of its time is left, and a day before at the earliest. */
const LAST_PART = 1 / 4;

/**
 * When an approval ends (ISO 8601).
 *
 * @param startedAt ISO 8601
 * @param days how long a release waits
 */
export const expiryOf = (startedAt: string, days: number): string =>
  new Date(Date.parse(startedAt) + days * DAY).toISOString();

/** Whether an approval ends soon, and has not ended. Times are in ISO 8601. */
export function endsSoon(startedAt: string, days: number, now: string): boolean {
  const left = Date.parse(expiryOf(startedAt, days)) - Date.parse(now);
  return left > 0 && left <= Math.min(DAY, days * DAY * LAST_PART);
}
