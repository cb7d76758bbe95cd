import Holidays from "date-holidays";
import { DateTime, IANAZone } from "luxon";
import type { Freeze } from "../model/catalog.ts";
import type { Fault } from "../model/fault.ts";
import type { ActiveFreeze } from "./gate.ts";

/**
 * Whoever needs this file imports it when there is a freeze, and not before: the calendars of all
 * countries take longer to load than the rest of the program.
 */

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** How far the end of a freeze is looked for, in milliseconds. */
const HORIZON = 60 * DAY;
const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/** A stretch of time in milliseconds since 1970: `from` belongs to it, `to` does not. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * The first freeze of a stage that is on at a moment, or null. It ends where no freeze of the stage goes
 * on: a weekend that runs into a holiday ends with the holiday.
 * A moment of the week that the clock shows twice or never, where it is changed, counts in the way that
 * makes the freeze longer.
 */
export function activeFreeze(freezes: readonly Freeze[], stage: string, now: Date): ActiveFreeze | null {
  const own = freezes.filter((freeze) => freeze.stages.includes(stage));
  const spans = own.map((freeze) => spansOf(freeze, now.getTime()));
  const first = spans.findIndex((list) => endAfter(list, now.getTime()) !== null);
  const name = own[first]?.name;
  if (name === undefined) return null;
  const all = spans.flat();
  let until = now.getTime();
  for (let end = endAfter(all, until); end !== null; end = endAfter(all, until)) {
    if (end > now.getTime() + HORIZON) return { name, until: null };
    until = end;
  }
  return { name, until: new Date(until) };
}

/** Countries and regions that no calendar is known for. Paths are those of the catalogue. */
export function freezeFaults(freezes: readonly Freeze[]): Fault[] {
  const countries = Object.keys(new Holidays().getCountries());
  return freezes.flatMap(({ holidays }, index) => {
    if (holidays === null) return [];
    const { country, region } = holidays;
    const path = `catalog.freezes[${index}].holidays`;
    if (!countries.includes(country)) return [unknown(`${path}.country`, country, countries)];
    const regions = Object.keys(statesOf(country) ?? {});
    return region === null || regions.includes(region) ? [] : [unknown(`${path}.region`, region, regions)];
  });
}

/** Undefined for a country without regions, which the types of the library do not say. */
function statesOf(country: string): Readonly<Record<string, string>> | undefined {
  return new Holidays().getStates(country);
}

function unknown(path: string, value: string, known: readonly string[]): Fault {
  return {
    path,
    found: `is ${value}, for which no calendar is known`,
    allowed: known.length === 0 ? "nothing: the country has one calendar for all its regions" : known.join(", "),
    wayOut: known.length === 0 ? "remove it" : "choose one of these, or list the days under dates instead",
  };
}

/** The latest end of the spans that hold a moment; null where none does. */
function endAfter(spans: readonly Span[], moment: number): number | null {
  const ends = spans.filter(({ from, to }) => from <= moment && moment < to).map(({ to }) => to);
  return ends.length === 0 ? null : Math.max(...ends);
}

/** The spans of a freeze that may hold any moment from now to the horizon and a little beyond. */
function spansOf(freeze: Freeze, now: number): Span[] {
  const zone = IANAZone.create(freeze.timeZone);
  const days = [...freeze.dates, ...(freeze.holidays === null ? [] : holidayDates(freeze.holidays, now))];
  return [...(freeze.weekly === null ? [] : weeklySpans(freeze.weekly, zone, now)), ...days.map((dates) => daysSpan(dates, zone))];
}

function weeklySpans({ from, to }: NonNullable<Freeze["weekly"]>, zone: IANAZone, now: number): Span[] {
  const [start, end] = [minuteOfWeek(from), minuteOfWeek(to)];
  // A window that ends where it begins is the whole week.
  const length = end > start ? end - start : end - start + 7 * 24 * 60;
  const monday = DateTime.fromMillis(now, { zone }).startOf("week");
  const thisWeek = Date.UTC(monday.year, monday.month - 1, monday.day);
  const weeks = Array.from({ length: Math.ceil(HORIZON / (7 * DAY)) + 3 }, (_, index) => thisWeek + (index - 2) * 7 * DAY);
  return weeks.map((week) => {
    const wall = week + start * MINUTE;
    return { from: Math.min(...readings(wall, zone)), to: Math.max(...readings(wall + length * MINUTE, zone)) };
  });
}

function minuteOfWeek(moment: string): number {
  const [day = "", time = ""] = moment.split(" ");
  const [hours = "", minutes = ""] = time.split(":");
  return (WEEKDAYS.indexOf(day) * 24 + Number(hours)) * 60 + Number(minutes);
}

/**
 * The moments at which a clock of the zone shows a time, given as if it were UTC. One, or two where the
 * clock is set back over it; where it is set forward over it, what the clock before and the clock after
 * would make of it.
 */
function readings(wall: number, zone: IANAZone): number[] {
  const offsets = [zone.offset(wall - DAY), zone.offset(wall + DAY)];
  const moments = offsets.map((offset) => wall - offset * MINUTE);
  const shown = moments.filter((moment) => moment + zone.offset(moment) * MINUTE === wall);
  return shown.length > 0 ? shown : moments;
}

/** Whole days, however long they are; empty for a day that the zone left out. */
function daysSpan({ from, to }: { readonly from: string; readonly to: string }, zone: IANAZone): Span {
  return { from: startOfDay(from, zone), to: startOfDay(dayAfter(to, 1), zone) };
}

function startOfDay(date: string, zone: IANAZone): number {
  return Math.min(...DateTime.fromISO(date, { zone }).startOf("day").getPossibleOffsets().map(Number));
}

/** The date this many days after another; dates as YYYY-MM-DD. */
function dayAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

/** Public holidays from a week before now, for those that last, to the horizon; one that begins at noon takes its whole day. */
function holidayDates({ country, region }: NonNullable<Freeze["holidays"]>, now: number): { readonly from: string; readonly to: string }[] {
  const options = { types: ["public" as const], timezone: "UTC" };
  const calendar = region === null ? new Holidays(country, options) : new Holidays(country, region, options);
  const years = new Set([now - 7 * DAY, now + HORIZON + DAY].map((moment) => new Date(moment).getUTCFullYear()));
  return [...years].flatMap((year) =>
    calendar.getHolidays(year).map(({ date, start, end }) => {
      const [from = "", time = ""] = date.split(" ");
      const begun = Date.parse(`1970-01-01T${time}Z`);
      const days = Math.ceil((begun + end.getTime() - start.getTime()) / DAY);
      return { from, to: dayAfter(from, days - 1) };
    }),
  );
}
