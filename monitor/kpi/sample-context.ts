import type { Money } from "#/domain/money.ts";
import type { Source } from "#/domain/record.ts";
import { calendar, source } from "../sample-facts.ts";
import { createContext } from "./context.ts";
import type { ExchangeRate } from "./exchange-rate.ts";
import type { Listing } from "./intake.ts";

/* For tests: Monday 23 November 2026, 11:00 in Ljubljana; eight-hour days, euros. */

export const rates: readonly ExchangeRate[] = [
  { source: source("erp", "rate", "USD-1"), from: "USD", to: "EUR", on: "2026-11-01", rate: "0.9" },
  {
    source: source("erp", "rate", "USD-2"),
    from: "USD",
    to: "EUR",
    on: "2026-11-15",
    rate: "0.92",
  },
  {
    source: source("erp", "rate", "JPY-1"),
    from: "JPY",
    to: "EUR",
    on: "2026-01-01",
    rate: "0.0061",
  },
];

export const contextAt = (asOf: string) =>
  createContext({ asOf, calendar, reporting: { currency: "EUR", rates } });

export const context = contextAt("2026-11-23T10:00:00Z");

export const eur = (units: number): Money => ({ minor: Math.round(units * 100), currency: "EUR" });

/** What one query of the PSA returned. */
export const listing = <T>(items: readonly T[]): Listing<T> => ({
  source: source("psa", "listing", "all"),
  items,
});

export const record = (id: string): Source => source("psa", "record", id);
