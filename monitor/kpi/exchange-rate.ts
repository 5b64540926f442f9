import { decimalText, type Money } from "#/domain/money.ts";
import type { Source } from "#/domain/record.ts";
import type { Intake } from "./intake.ts";
import { decimal, plus, type Rational, rational, rounded, times } from "./rational.ts";

/** One unit of `from` is `rate` units of `to` on that day; `rate` is decimal text such as "1.0842". */
export type ExchangeRate = {
  readonly source: Source;
  readonly from: string;
  readonly to: string;
  readonly on: string;
  readonly rate: string;
};

/** The currency of the answer and the dated rates into it. A project in one currency needs none. */
export type Reporting = { readonly currency: string; readonly rates: readonly ExchangeRate[] };

export type Sum = {
  readonly add: (source: Source, field: string, item: Item) => Rational | null;
  /** In minor units, rounded once. null: there were amounts, and not one of them is known. */
  readonly minor: () => bigint | null;
};

/** `on` chooses the rate: the newest that is not later. `share` scales the amount, 1 when left out. */
export type Item = { readonly money: Money | null; readonly on: string; readonly share?: Rational };

/**
 * Adds amounts into one currency, exactly. An amount that is missing, or has no rate, is noted as
 * missing by the intake. `add` returns the converted amount in minor units, unrounded.
 */
export function createSum(intake: Intake, { currency, rates }: Reporting): Sum {
  let total: Rational = rational(0);
  let whole = 0n;
  const seen = { known: 0, unknown: 0 };
  const usable = rates
    .filter((rate) => rate.to === currency)
    .toSorted((a, b) => (a.on < b.on ? 1 : -1));
  const converted = (source: Source, { money, on }: Item): Rational | null => {
    if (money === null || money.currency === currency) return money && rational(money.minor);
    const rate = usable.find((each) => each.from === money.currency && each.on <= on);
    intake.need(rate?.source ?? source, "rate", rate?.rate ?? null);
    return rate === undefined
      ? null
      : times(
          times(rational(money.minor), decimal(rate.rate)),
          rational(minorUnits(currency), minorUnits(money.currency)),
        );
  };
  return {
    add: (source, field, item) => {
      intake.need(source, field, item.money);
      const value = converted(source, item);
      if (value === null) {
        seen.unknown += 1;
        return null;
      }
      seen.known += 1;
      const part = item.share === undefined ? value : times(value, item.share);
      // Whole amounts stay whole numbers: adding fractions costs ten times as much.
      if (part.d === 1n) whole += part.n;
      else total = plus(total, part);
      return part;
    },
    minor: () =>
      seen.known === 0 && seen.unknown > 0 ? null : rounded(plus(rational(whole), total)),
  };
}

const units = new Map<string, bigint>();

/** Minor units in one unit: 100 for EUR, 1 for JPY, 1000 for KWD. */
export function minorUnits(currency: string): bigint {
  const known = units.get(currency);
  if (known !== undefined) return known;
  const [, fraction = ""] = decimalText({ minor: 0, currency }).split(".");
  const found = 10n ** BigInt(fraction.length);
  units.set(currency, found);
  return found;
}
