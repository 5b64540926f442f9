import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decimalText, formatMoney, Money, moneyFromDecimal } from "./money.ts";

describe("money", () => {
  test.each([
    [{ minor: 4820000, currency: "EUR" }, "EUR 48,200.00", "48200.00"],
    [{ minor: 5, currency: "USD" }, "USD 0.05", "0.05"],
    [{ minor: -5, currency: "USD" }, "USD -0.05", "-0.05"],
    [{ minor: 1500, currency: "JPY" }, "JPY 1,500", "1500"],
    [{ minor: 1234567, currency: "KWD" }, "KWD 1,234.567", "1234.567"],
    [{ minor: 0, currency: "EUR" }, "EUR 0.00", "0.00"],
    [{ minor: 100000000, currency: "EUR" }, "EUR 1,000,000.00", "1000000.00"],
  ])("%j reads %s and travels as %s", (money, shown, sent) => {
    expect(formatMoney(money)).toBe(shown);
    expect(decimalText(money)).toBe(sent);
    expect(moneyFromDecimal(sent, money.currency)).toEqual(money);
  });

  test.each(["", "1,5", "1e3", ".5", "1.005", "--1", "NaN", "99999999999999999999", " 1", "+1"])(
    "refuses %j as an amount in EUR instead of rounding it",
    (text) => {
      expect(() => moneyFromDecimal(text, "EUR")).toThrow(RangeError);
    },
  );

  test("trailing zeros carry no value", () => {
    expect(moneyFromDecimal("1.50000", "EUR")).toEqual({ minor: 150, currency: "EUR" });
    expect(moneyFromDecimal("1500.00", "JPY")).toEqual({ minor: 1500, currency: "JPY" });
    expect(Object.is(moneyFromDecimal("-0", "EUR").minor, 0)).toBe(true);
  });

  test("every amount survives the trip through decimal text", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.constantFrom("EUR", "JPY", "KWD"), (minor, currency) => {
        expect(moneyFromDecimal(decimalText({ minor, currency }), currency)).toEqual({
          minor: minor === 0 ? 0 : minor,
          currency,
        });
      }),
    );
  });

  test("is never a float", () => {
    expect(Money.safeParse({ minor: 0.5, currency: "EUR" }).success).toBe(false);
    expect(Money.safeParse({ minor: 1, currency: "eur" }).success).toBe(false);
  });
});
