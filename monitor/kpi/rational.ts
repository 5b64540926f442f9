/** An exact fraction in lowest terms; `d` is positive. */
export type Rational = { readonly n: bigint; readonly d: bigint };

/** n / d. Throws RangeError when d is 0: a caller answers "no value" before it divides. */
export function rational(n: bigint | number, d: bigint | number = 1n): Rational {
  let [top, bottom] = [BigInt(n), BigInt(d)];
  if (bottom === 0n) throw new RangeError("a fraction needs a denominator other than 0");
  if (bottom < 0n) [top, bottom] = [-top, -bottom];
  const divisor = gcd(top < 0n ? -top : top, bottom);
  return { n: top / divisor, d: bottom / divisor };
}

/** `0.95`, as a number or as text, is exactly 95/100: the shortest decimal is what was meant. */
export function decimal(text: string | number): Rational {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(text));
  if (!match) throw new RangeError(`not a plain decimal: ${text}`);
  const fraction = match[3] ?? "";
  const digits = BigInt(`${match[2]}${fraction}`);
  return rational(match[1] ? -digits : digits, 10n ** BigInt(fraction.length));
}

export const plus = (a: Rational, b: Rational): Rational =>
  rational(a.n * b.d + b.n * a.d, a.d * b.d);
export const minus = (a: Rational, b: Rational): Rational =>
  rational(a.n * b.d - b.n * a.d, a.d * b.d);
export const times = (a: Rational, b: Rational): Rational => rational(a.n * b.n, a.d * b.d);
export const over = (a: Rational, b: Rational): Rational => rational(a.n * b.d, a.d * b.n);

/** Negative, zero or positive, as a is less than, equal to or greater than b. */
export function compare(a: Rational, b: Rational): number {
  const [left, right] = [a.n * b.d, b.n * a.d];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The nearest integer; halves go away from zero. */
export function rounded({ n, d }: Rational): bigint {
  const magnitude = ((n < 0n ? -n : n) * 2n + d) / (2n * d);
  return n < 0n ? -magnitude : magnitude;
}

/** For people: rounded to four decimals. Decisions compare the fraction itself. */
export function toNumber({ n, d }: Rational): number {
  if (d === 1n) return Number(n);
  const scaled = rounded({ n: n * 10_000n, d });
  const digits = String(scaled < 0n ? -scaled : scaled).padStart(5, "0");
  // Through text: dividing a large float by 10,000 would be off in the last digit.
  const value = Number(`${digits.slice(0, -4)}.${digits.slice(-4)}`);
  return scaled < 0n ? -value : value;
}

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));
