import { z } from "zod";

/** Integer minor units and an ISO 4217 currency. Never a float. */
export const Money = z.object({
  minor: z.int(),
  currency: z.string().regex(/^[A-Z]{3}$/, "an ISO 4217 code such as EUR"),
});
export type Money = z.infer<typeof Money>;

const digitsOf = (currency: string): number =>
  new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions()
    .maximumFractionDigits ?? 2;

/** `{minor: 4820000, currency: "EUR"}` → `EUR 48,200.00`. */
export function formatMoney({ minor, currency }: Money): string {
  const digits = digitsOf(currency);
  const sign = minor < 0 ? "-" : "";
  const text = String(Math.abs(minor)).padStart(digits + 1, "0");
  const whole = text.slice(0, text.length - digits).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${currency} ${sign}${whole}${digits ? `.${text.slice(-digits)}` : ""}`;
}

/** `4820000 EUR` → `"48200.00"`, the decimal text other systems read. */
export function decimalText({ minor, currency }: Money): string {
  const digits = digitsOf(currency);
  const text = String(Math.abs(minor)).padStart(digits + 1, "0");
  const whole = text.slice(0, text.length - digits);
  return `${minor < 0 ? "-" : ""}${whole}${digits ? `.${text.slice(-digits)}` : ""}`;
}

/**
 * `"48200.00"` → 4820000 minor units, exactly.
 * Throws RangeError for text that is no decimal, has more digits than the currency, or is unsafe.
 */
export function moneyFromDecimal(text: string, currency: string): Money {
  const digits = digitsOf(currency);
  const match = /^(-?)(\d+)(?:\.(\d*))?$/.exec(text);
  if (!match) throw new RangeError(`not a decimal amount: ${text}`);
  const fraction = (match[3] ?? "").replace(/0+$/, "");
  if (fraction.length > digits) throw new RangeError(`${text} has parts smaller than a minor unit`);
  const minor = Number(`${match[2]}${fraction.padEnd(digits, "0")}`);
  if (!Number.isSafeInteger(minor)) throw new RangeError(`${text} is out of range`);
  return { minor: match[1] && minor !== 0 ? -minor : minor, currency };
}
