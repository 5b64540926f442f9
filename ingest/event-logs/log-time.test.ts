import { expect, test } from "vitest";
import { readLogTime } from "./log-time.ts";

test.each([
  ["2017-01-09T08:49:50Z", "2017-01-09T08:49:50.000Z"],
  ["2017-01-09T09:17:18.000+01:00", "2017-01-09T08:17:18.000Z"],
  ["2017-07-09T09:17:18.123456+02:00", "2017-07-09T07:17:18.123Z"],
  ["2017-01-09 08:49:50-0530", "2017-01-09T14:19:50.000Z"],
  ["2017-01-09 08:49:50 UTC", "2017-01-09T08:49:50.000Z"],
  ["2012/04/03 16:55:38.5Z", "2012-04-03T16:55:38.500Z"],
  ["2017-01-09T23:30+01", "2017-01-09T22:30:00.000Z"],
])("%s is %s", (text, at) => {
  expect(readLogTime(text, "Europe/Berlin")).toEqual({ at, zoned: true });
});

test.each([
  ["2026-07-01 12:00:00", "UTC", "2026-07-01T12:00:00.000Z"],
  ["2026-07-01 12:00:00", "Europe/Berlin", "2026-07-01T10:00:00.000Z"],
  ["2026-01-01", "Europe/Berlin", "2025-12-31T23:00:00.000Z"],
])("without an offset %s is a time of %s, and it says so", (text, zone, at) => {
  expect(readLogTime(text, zone)).toEqual({ at, zoned: false });
});

test.each([
  "",
  "yesterday",
  "09.01.2017 08:49",
  "01/09/2017 08:49",
  "2017-02-30T00:00:00Z",
  "2017-13-01T00:00:00Z",
  "2017-01-09T24:00:00Z",
  "2017-01-09T08:60:00Z",
  "2017-01-09T08:00:00+25:00",
  "2017-01-09T08:49:50Z and more",
])("%j is no time", (text) => {
  expect(readLogTime(text, "UTC")).toBeNull();
});
