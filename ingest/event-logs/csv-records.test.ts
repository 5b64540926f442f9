import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createCsvRecords } from "./csv-records.ts";

type Read = { records: [number, ...string[]][]; problems: [number, string][] };

function read(pieces: readonly string[]): Read {
  const found: Read = { records: [], problems: [] };
  const records = createCsvRecords({
    record: (fields, line) => void found.records.push([line, ...fields]),
    problem: (line, problem) => void found.problems.push([line, problem]),
  });
  for (const piece of pieces) records.push(piece);
  records.end();
  return found;
}

describe("CSV records", () => {
  test("quotes, doubled quotes, line breaks inside quotes, CRLF, a byte order mark, blank lines", () => {
    const text = '\uFEFFa,b\r\n"x,1","say ""hi"""\r\n\n"two\nlines",y\nlast,';
    expect(read([text])).toEqual({
      records: [
        [1, "a", "b"],
        [2, "x,1", 'say "hi"'],
        [4, "two\nlines", "y"],
        [6, "last", ""],
      ],
      problems: [],
    });
  });

  test.each([";", "\t", "|"])("the delimiter %j is told by the header", (mark) => {
    const text = `a${mark}b${mark}c,d\n1${mark}2${mark}3,4`;
    expect(read([text]).records).toEqual([
      [1, "a", "b", "c,d"],
      [2, "1", "2", "3,4"],
    ]);
  });

  test("a broken record is reported with its line, and reading goes on", () => {
    expect(read(['a,b\n"x"y,2\n3,4\n'])).toEqual({
      records: [
        [1, "a", "b"],
        [3, "3", "4"],
      ],
      problems: [[2, "text after a closing quote"]],
    });
  });

  test("a quote that is never closed costs its own line only", () => {
    expect(read(['a,b\n"x,2\n3,4\n'])).toEqual({
      records: [
        [1, "a", "b"],
        [3, "3", "4"],
      ],
      problems: [[2, "a quote is opened and never closed"]],
    });
  });

  test("a record over 1 MiB is reported, not swallowed, and the rest is read", () => {
    const rows = Array.from({ length: 20 }, (_, index) => `${index},${"z".repeat(100_000)}\n`);
    const { records, problems } = read(["a,b\n", '"lost,quote\n', ...rows, "end,1\n"]);
    expect(problems[0]?.[0]).toBe(2);
    expect(records.length).toBe(22);
    expect(records.at(-1)).toEqual([23, "end", "1"]);
  });

  test("a text cut anywhere reads the same", () => {
    const field = fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r", " ", "é", ";") });
    const rows = fc.array(fc.array(field, { minLength: 2, maxLength: 2 }), {
      minLength: 1,
      maxLength: 6,
    });
    const quote = (value: string) => `"${value.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(
        rows,
        fc.constantFrom("\n", "\r\n"),
        fc.array(fc.nat(120)),
        (values, end, cuts) => {
          const text = ["h1,h2", ...values.map((row) => row.map(quote).join(","))].join(end);
          const places = [...new Set(cuts.filter((at) => at < text.length))].sort((a, b) => a - b);
          const pieces = [0, ...places].map((at, index) => text.slice(at, places[index]));
          const whole = read([text]);
          expect(read(pieces)).toEqual(whole);
          expect(whole.problems).toEqual([]);
          expect(whole.records.slice(1).map(([, ...fields]) => fields)).toEqual(values);
        },
      ),
      { numRuns: 300 },
    );
  });
});
