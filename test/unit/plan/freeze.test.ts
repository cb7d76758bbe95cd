import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Freeze } from "../../../src/model/catalog.ts";
import { activeFreeze, freezeFaults } from "../../../src/plan/freeze.ts";

const WEEKEND = { from: "fri 16:00", to: "mon 08:00" };

function freeze(changes: Partial<Freeze>): Freeze {
  return { name: "weekend", stages: ["production"], timeZone: "Europe/Berlin", weekly: null, dates: [], holidays: null, ...changes };
}
const until = (now: string, ...freezes: readonly Freeze[]): string | null => {
  const found = activeFreeze(freezes, "production", new Date(now));
  return found === null ? null : (found.until?.toISOString() ?? "no end");
};
const day = (from: string, to = from): Freeze["dates"] => [{ from, to }];

describe("a window of the week", () => {
  it.each([
    ["a minute before", "2026-10-02T13:59:00Z", null],
    ["as it begins", "2026-10-02T14:00:00Z", "2026-10-05T06:00:00.000Z"],
    ["past the week's end", "2026-10-05T05:59:59Z", "2026-10-05T06:00:00.000Z"],
    ["as it ends", "2026-10-05T06:00:00Z", null],
    ["over the clock's setting back", "2026-10-24T12:00:00Z", "2026-10-26T07:00:00.000Z"],
    ["over the clock's setting forward", "2026-03-28T12:00:00Z", "2026-03-30T06:00:00.000Z"],
    ["over a leap day", "2032-02-29T12:00:00Z", "2032-03-01T07:00:00.000Z"],
    ["over the year's end", "2027-01-01T15:30:00Z", "2027-01-04T07:00:00.000Z"],
  ])("%s", (_case, now, expected) => {
    expect(until(now, freeze({ weekly: WEEKEND }))).toBe(expected);
  });

  it.each([
    ["within one day", { from: "tue 09:00", to: "tue 17:30" }, "Europe/Berlin", "2026-06-02T08:00:00Z", "2026-06-02T15:30:00.000Z"],
    [
      "east of UTC+12, where it is monday already",
      { from: "mon 00:00", to: "mon 12:00" },
      "Pacific/Kiritimati",
      "2026-06-07T11:00:00Z",
      "2026-06-07T22:00:00.000Z",
    ],
    ["east of UTC+12 in summer", { from: "sun 22:00", to: "mon 02:00" }, "Pacific/Auckland", "2026-01-04T09:30:00Z", "2026-01-04T13:00:00.000Z"],
    [
      "that begins when the clock never shows its time",
      { from: "sun 02:30", to: "sun 05:00" },
      "Europe/Berlin",
      "2026-03-29T01:00:00Z",
      "2026-03-29T03:00:00.000Z",
    ],
    [
      "that ends when the clock never shows its time",
      { from: "sun 01:00", to: "sun 02:30" },
      "Europe/Berlin",
      "2026-03-29T01:20:00Z",
      "2026-03-29T01:30:00.000Z",
    ],
    [
      "that begins when the clock shows its time twice",
      { from: "sun 02:30", to: "sun 05:00" },
      "Europe/Berlin",
      "2026-10-25T00:30:00Z",
      "2026-10-25T04:00:00.000Z",
    ],
    [
      "that ends when the clock shows its time twice",
      { from: "sun 01:00", to: "sun 02:30" },
      "Europe/Berlin",
      "2026-10-25T01:15:00Z",
      "2026-10-25T01:30:00.000Z",
    ],
    ["that ends where it begins: always", { from: "mon 08:00", to: "mon 08:00" }, "UTC", "2026-06-02T08:00:00Z", "no end"],
  ])("%s", (_case, weekly, timeZone, now, expected) => {
    expect(until(now, freeze({ weekly, timeZone }))).toBe(expected);
  });
});

describe("dates", () => {
  it.each([
    ["a day of 23 hours", "Europe/Berlin", day("2026-03-29"), "2026-03-28T23:00:00Z", "2026-03-29T22:00:00.000Z"],
    ["a day of 25 hours", "Europe/Berlin", day("2026-10-25"), "2026-10-24T22:00:00Z", "2026-10-25T23:00:00.000Z"],
    ["a day without midnight", "Africa/Cairo", day("2026-04-24"), "2026-04-23T22:00:00Z", "2026-04-24T21:00:00.000Z"],
    ["a day with two midnights", "America/Havana", day("2026-11-01"), "2026-11-01T04:00:00Z", "2026-11-02T05:00:00.000Z"],
    ["a day east of UTC+12", "Pacific/Kiritimati", day("2026-01-01"), "2025-12-31T10:00:00Z", "2026-01-01T10:00:00.000Z"],
    ["a leap day", "UTC", day("2028-02-29"), "2028-02-29T12:00:00Z", "2028-03-01T00:00:00.000Z"],
    ["the first and the last of several", "UTC", day("2026-12-20", "2026-12-31"), "2026-12-31T23:59:59Z", "2027-01-01T00:00:00.000Z"],
    ["a day that the zone left out", "Pacific/Apia", day("2011-12-30"), "2011-12-30T12:00:00Z", null],
    ["too many to see the end of", "UTC", day("2026-01-01", "2026-12-31"), "2026-06-01T00:00:00Z", "no end"],
    ["the last day but sixty", "UTC", day("2026-01-01", "2026-12-31"), "2026-11-02T00:00:00Z", "2027-01-01T00:00:00.000Z"],
  ])("%s", (_case, timeZone, dates, now, expected) => {
    expect(until(now, freeze({ timeZone, dates }))).toBe(expected);
  });
});

describe("public holidays", () => {
  const holidays = { country: "DE", region: null };
  it.each([
    ["a holiday of the country", holidays, "2026-10-03T12:00:00Z", "2026-10-03T22:00:00.000Z"],
    ["no holiday of one region", holidays, "2026-01-06T12:00:00Z", null],
    ["a holiday of the region", { country: "DE", region: "BY" }, "2026-01-06T12:00:00Z", "2026-01-06T23:00:00.000Z"],
    ["a day that is kept, but not public", holidays, "2026-12-24T12:00:00Z", null],
    ["two in a row", holidays, "2026-12-25T12:00:00Z", "2026-12-26T23:00:00.000Z"],
    ["the next year's, before it begins elsewhere", holidays, "2026-12-31T23:30:00Z", "2027-01-01T23:00:00.000Z"],
    ["several days under one name", { country: "SA", region: null }, "2026-03-21T12:00:00Z", "2026-03-22T23:00:00.000Z"],
    ["the whole day of one that begins at noon", { country: "GT", region: null }, "2026-12-24T01:00:00Z", "2026-12-25T23:00:00.000Z"],
  ])("%s", (_case, of, now, expected) => {
    expect(until(now, freeze({ holidays: of }))).toBe(expected);
  });
});

describe("several freezes", () => {
  const weekend = freeze({ weekly: WEEKEND });
  it("end together where one runs into the other, under the name of the first that is on", () => {
    const found = activeFreeze(
      [weekend, freeze({ name: "easter", holidays: { country: "DE", region: null } })],
      "production",
      new Date("2026-04-05T12:00:00Z"),
    );
    // Easter Monday is the 6th; the weekend would end at 08:00.
    expect(found).toEqual({ name: "weekend", until: new Date("2026-04-06T22:00:00.000Z") });
  });
  it("run on where a holiday runs into a weekend", () => {
    // Good Friday, then the weekend from 16:00, then Easter Monday.
    expect(until("2026-04-03T06:00:00Z", freeze({ weekly: WEEKEND, holidays: { country: "DE", region: null } }))).toBe("2026-04-06T22:00:00.000Z");
  });
  it("hold for their stages only", () => {
    expect(activeFreeze([weekend], "dev", new Date("2026-10-03T12:00:00Z"))).toBeNull();
  });
  it("are none without any", () => {
    expect(activeFreeze([], "production", new Date("2026-10-03T12:00:00Z"))).toBeNull();
  });
});

describe("the end of a freeze", () => {
  const zones = ["UTC", "Europe/Berlin", "America/Havana", "Africa/Cairo", "Pacific/Kiritimati", "Pacific/Auckland", "Australia/Lord_Howe", "Asia/Kathmandu"];
  const moment = fc.tuple(fc.constantFrom("mon", "tue", "wed", "thu", "fri", "sat", "sun"), fc.nat(23), fc.nat(59)).map(([name, hours, minutes]) => {
    const two = (value: number): string => String(value).padStart(2, "0");
    return `${name} ${two(hours)}:${two(minutes)}`;
  });
  const date = fc.date({ min: new Date("2026-01-01"), max: new Date("2027-12-31"), noInvalidDate: true }).map((value) => value.toISOString().slice(0, 10));
  const arbitraryFreeze = fc
    .record({
      timeZone: fc.constantFrom(...zones),
      weekly: fc.option(fc.record({ from: moment, to: moment }), { nil: null }),
      dates: fc.array(
        date.map((from) => ({ from, to: from })),
        { maxLength: 5 },
      ),
      holidays: fc.option(fc.constantFrom({ country: "DE", region: "BY" }, { country: "SA", region: null }, { country: "NZ", region: null }), { nil: null }),
    })
    .map(freeze);

  it("is frozen no more, and a minute before it still is", () => {
    fc.assert(
      fc.property(
        fc.array(arbitraryFreeze, { minLength: 1, maxLength: 3 }),
        fc.date({ min: new Date("2026-01-01"), max: new Date("2027-12-31"), noInvalidDate: true }),
        (freezes, now) => {
          const found = activeFreeze(freezes, "production", now);
          if (found?.until == null) return;
          expect(found.until.getTime()).toBeGreaterThan(now.getTime());
          expect(activeFreeze(freezes, "production", found.until)).toBeNull();
          expect(activeFreeze(freezes, "production", new Date(found.until.getTime() - 60_000))).not.toBeNull();
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe("a calendar that is not known", () => {
  it.each([
    [
      { country: "XX", region: null },
      {
        path: "catalog.freezes[0].holidays.country",
        found: "is XX, for which no calendar is known",
        wayOut: "choose one of these, or list the days under dates instead",
      },
    ],
    [
      { country: "DE", region: "BX" },
      {
        path: "catalog.freezes[0].holidays.region",
        found: "is BX, for which no calendar is known",
        allowed: "BB, BE, BW, BY, HB, HE, HH, MV, NI, NW, RP, SH, SL, SN, ST, TH",
        wayOut: "choose one of these, or list the days under dates instead",
      },
    ],
    [
      { country: "MC", region: "A" },
      { path: "catalog.freezes[0].holidays.region", allowed: "nothing: the country has one calendar for all its regions", wayOut: "remove it" },
    ],
  ])("%o", (holidays, fault) => {
    expect(freezeFaults([freeze({ holidays })])).toEqual([expect.objectContaining(fault)]);
  });

  it("is none where it is known, or no holidays are asked for", () => {
    expect(freezeFaults([freeze({}), freeze({ holidays: { country: "DE", region: "BY" } }), freeze({ holidays: { country: "MC", region: null } })])).toEqual(
      [],
    );
  });
});
