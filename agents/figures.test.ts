import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatMoney } from "#/domain/money.ts";
import { dateFigures, figuresOf, plainNumber } from "./figures.ts";

describe("figures of a text", () => {
  test.each([
    ["three working days", ["days:3"]],
    ["a 3-day delay", ["days:3"]],
    ["3 hours", ["hours:3"]],
    ["twenty-one days", ["days:21"]],
    ["one of 40 h", ["hours:1", "hours:40"]],
    ["0 of 40 h submitted", ["hours:0", "hours:40"]],
    ["EUR 48,200.00", ["money:EUR:48200"]],
    ["€48,200", ["money:EUR:48200"]],
    ["48,200.50 USD", ["money:USD:48200.5"]],
    ["48200 EUR", ["money:EUR:48200"]],
    ["80 %", ["percent:80"]],
    ["80 percent", ["percent:80"]],
    ["on 2026-11-09", ["date:2026-11-09"]],
    ["on 9 November 2026", ["date:2026-11-09"]],
    ["on Nov 9, 2026", ["date:2026-11-09"]],
    ["on the 9th of November", ["day:11-09"]],
    ["in November 2026", ["month:2026-11"]],
    ["until 2026-11-25 10:00 UTC", ["instant:2026-11-25T10:00"]],
    ["at 2026-11-25T10:00:07.123Z", ["instant:2026-11-25T10:00"]],
    ["INV-1042 and psa:milestone:MS-31", ["id:inv-1042", "id:psa:milestone:ms-31"]],
    ["invoice 2026-0017", ["id:2026-0017"]],
    ["4 invoices", ["count:4"]],
    ["-2 days", ["days:-2"]],
    ["１２ days", ["days:12"]],
    ["no one is late", []],
    ["6.2 days. 3 more", ["days:6.2", "count:3"]],
  ])("%s", (text, figures) => {
    expect(figuresOf(text).toSorted()).toEqual([...figures].toSorted());
  });

  test.each([
    "٣ days",
    "half of it",
    "two dozen",
    "48k EUR",
    "1,23,4 days",
    "EUR 1.234.567,00",
    "a third",
  ])("what cannot be pinned down is unreadable, never left out: %s", (text) => {
    expect(figuresOf(text).some((figure) => figure.startsWith("unreadable:"))).toBe(true);
  });

  test("every digit of a text ends in some figure", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }),
        fc.nat(99_999),
        fc.string(),
        (before, n, after) => {
          expect(figuresOf(`${before} ${n} ${after}`).length).toBeGreaterThan(0);
        },
      ),
    );
  });

  test("money is read back as it is written", () => {
    fc.assert(
      fc.property(fc.nat(1_000_000_000), (minor) => {
        const [figure, ...more] = figuresOf(`over ${formatMoney({ minor, currency: "EUR" })} net`);
        expect(more).toEqual([]);
        expect(figure).toBe(`money:EUR:${plainNumber((minor / 100).toFixed(2))}`);
      }),
    );
  });

  test("a date supports the ways a person writes it", () => {
    for (const text of ["2026-11-09", "9 November 2026", "November 9", "Nov 2026"])
      expect(dateFigures("2026-11-09")).toContain(figuresOf(text)[0]);
  });
});
