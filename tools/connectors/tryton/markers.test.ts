import { assert, integer, property, string, stringMatching } from "fast-check";
import { expect, test } from "vitest";
import { productOf } from "./change-orders.ts";
import {
  bodyOfKey,
  dateMarker,
  daysMarker,
  idMarker,
  marker,
  periodMarker,
  withKey,
  withoutMarker,
} from "./markers.ts";

test("a marker is a whole word, the first of its name counts, and its absence is null", () => {
  expect(marker("code:P1 lead:maya@firm.example", "lead")).toBe("maya@firm.example");
  expect(marker("barcode:P1", "code")).toBeNull();
  expect(marker("code: P1", "code")).toBeNull();
  expect(marker(null, "code")).toBeNull();
  expect(marker("code:P1 code:P2", "code")).toBe("P1");
  expect(withoutMarker("CO-1 interface sent:2026-10-20", "sent")).toBe("CO-1 interface");
});

test.each(["2026-13-01", "2026-02-30", "tomorrow", "2026-1-1", ""])(
  "P6: delivered:%s is no date, so the day counts as not said",
  (text) => {
    expect(dateMarker(`delivered:${text}`, "delivered")).toBeNull();
  },
);

test("a period needs two days in order", () => {
  expect(periodMarker("x period:2026-10-01..2026-10-31 y")).toEqual({
    start: "2026-10-01",
    end: "2026-10-31",
  });
  expect(periodMarker("period:2026-10-31..2026-10-01")).toBeNull();
  expect(periodMarker("period:2026-10-01")).toBeNull();
  expect(periodMarker("period:2026-10-01..2026-10-31..2026-11-30")).toBeNull();
});

test("numbers in markers are digits only", () => {
  expect(daysMarker("deemed:10", "deemed")).toBe(10);
  expect(daysMarker("deemed:ten", "deemed")).toBeNull();
  expect(idMarker("change-order:12", "change-order")).toBe("12");
  expect(idMarker("change-order:1e3", "change-order")).toBeNull();
});

test("P4: a draft is found by its own key only, whatever its words say", () => {
  const key = stringMatching(/^[0-9a-f]{8,64}$/);
  assert(
    property(string(), key, key, (body, own, other) => {
      const text = withKey(body, own);
      expect(bodyOfKey(text, own)).toBe(body);
      expect(bodyOfKey(text, other)).toBe(own === other ? body : null);
    }),
  );
  const forged = withKey("As said\n\ncountersign-key:aaaaaaaa", "bbbbbbbb");
  expect(bodyOfKey(forged, "aaaaaaaa")).toBeNull();
});

test("amounts of amended lines are exact", () => {
  expect(productOf(140, "185.0000")).toBe("25900.00");
  expect(productOf(0.1, "0.30")).toBe("0.03");
  expect(productOf(-2, "12.345")).toBe("-24.69");
  expect(productOf(1, "0.005")).toBe("0.00");
  expect(productOf(1, "0.015")).toBe("0.02");
  assert(
    property(
      integer({ min: 0, max: 10_000 }),
      integer({ min: 0, max: 9_999_999 }),
      (quantity, cents) => {
        const price = `${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;
        const exact = BigInt(quantity) * BigInt(cents);
        expect(BigInt(productOf(quantity, price).replace(".", ""))).toBe(exact);
      },
    ),
  );
  expect(() => productOf(1e21, "1")).toThrow(/shape we do not know/);
});
