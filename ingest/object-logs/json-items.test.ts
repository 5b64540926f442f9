import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createJsonItems, type JsonItem } from "./json-items.ts";

function itemsOf(text: string, cuts: readonly number[] = []): JsonItem[] {
  const found: JsonItem[] = [];
  const items = createJsonItems((item) => found.push(item));
  let from = 0;
  for (const cut of [...cuts.map((at) => at % (text.length + 1)), text.length].toSorted(
    (one, other) => one - other,
  )) {
    items.push(text.slice(from, cut));
    from = cut;
  }
  items.end();
  return found;
}

describe("the lists of a JSON document, in pieces", () => {
  test("wherever it is cut, each element comes out as JSON.parse would read it", () => {
    const lists = fc.dictionary(
      fc.string(),
      fc.oneof(fc.array(fc.jsonValue(), { maxLength: 4 }), fc.jsonValue()),
      { maxKeys: 4, noNullPrototype: true },
    );
    fc.assert(
      fc.property(lists, fc.array(fc.nat()), fc.constantFrom(0, 2), (document, cuts, indent) => {
        const text = JSON.stringify(document, null, indent);
        const whole = JSON.parse(text) as Record<string, unknown>;
        const expected = Object.entries(whole).flatMap(([list, value]) =>
          Array.isArray(value)
            ? value.map((each: unknown, index) => ({ list, value: each, number: index + 1 }))
            : [],
        );
        expect(itemsOf(text, cuts)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    "",
    "[]",
    "{",
    '{"events"',
    '{"events": [',
    '{"events": [{"id": ]}',
    '{"events": [1]} more',
    '{"events": [1] "objects": []}',
    '{"events" [1]}',
    "{events: []}",
    '{"events": ["never closed]}',
    '{"a": nothing}',
  ])("refuses %j", (text) => {
    expect(() => itemsOf(text)).toThrow(/not valid JSON/);
  });

  test("an element that never ends is refused before it fills the memory", () => {
    const items = createJsonItems(() => undefined);
    items.push('{"events": ["');
    expect(() => {
      for (let piece = 0; piece < 20; piece += 1) items.push("x".repeat(1_048_576));
    }).toThrow(/larger than 16 MiB/);
  });
});
