// Dates and times of the office, written out in the language of the screen.
import type { OfficeTimeView } from '../api/station';
import { t, type TextKey } from './text.svelte';

type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;
type Month = Weekday | 8 | 9 | 10 | 11 | 12;

const DAY_MS = 86_400_000;

function longDate(day: Date): string {
  const weekday = (((day.getUTCDay() + 6) % 7) + 1) as Weekday;
  const month = (day.getUTCMonth() + 1) as Month;
  return t('window.date_long', {
    weekday: t(`window.weekday.${weekday}` satisfies TextKey),
    day: day.getUTCDate(),
    month: t(`window.month.${month}` satisfies TextKey),
    year: day.getUTCFullYear(),
  });
}

/** `yyyy-mm-dd` as "20 November 2026"; anything else as it is. */
export function plainDate(date: string): string {
  const day = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(day.getTime())) return date;
  const month = (day.getUTCMonth() + 1) as Month;
  return t('window.date', {
    day: day.getUTCDate(),
    month: t(`window.month.${month}` satisfies TextKey),
    year: day.getUTCFullYear(),
  });
}

/** What a clock on the wall of the office shows, `elapsed_ms` after the core told the time. */
export function wallClock(now: OfficeTimeView, elapsed_ms: number): { date: string; time: string; hour: number } {
  const local = new Date((now.unix_ms ?? 0) + now.offset_minutes * 60_000 + elapsed_ms);
  const two = (n: number) => String(n).padStart(2, '0');
  return {
    date: longDate(local),
    time: `${two(local.getUTCHours())}.${two(local.getUTCMinutes())}`,
    hour: Math.floor((local.getTime() % DAY_MS) / 3_600_000),
  };
}

/** `hh:mm` as Indonesian offices write it. */
export function plainTime(time: string): string {
  return time.replace(':', '.');
}
