import { compare, decimal, type Rational } from "./rational.ts";

/** A limit as data: a firm changes the numbers, not the code. `any` and `all` may nest. */
export type Limit<Measure extends string> =
  | { readonly measure: Measure; readonly is: Comparison; readonly limit: number }
  | { readonly any: readonly Limit<Measure>[] }
  | { readonly all: readonly Limit<Measure>[] };

export type Comparison = "<" | "<=" | ">" | ">=";

/**
 * What a limit compares with. `undefined-here`: the measure makes no sense yet; `none`: there is
 * nothing to measure. Neither can cross a limit, and only `unknown` means that we do not know.
 */
export type Measurable =
  | { readonly state: "known"; readonly value: Rational }
  | { readonly state: "unknown" | "undefined-here" | "none" };

export type Truth = "yes" | "no" | "unknown";

/** Whether the limit is crossed. Three-valued: an unknown part decides only what nothing else does. */
export function isCrossed<Measure extends string>(
  limit: Limit<Measure>,
  read: (measure: Measure) => Measurable,
): Truth {
  if ("any" in limit)
    return fold(
      limit.any.map((part) => isCrossed(part, read)),
      "yes",
      "no",
    );
  if ("all" in limit)
    return fold(
      limit.all.map((part) => isCrossed(part, read)),
      "no",
      "yes",
    );
  const found = read(limit.measure);
  if (found.state === "unknown") return "unknown";
  return found.state === "known" && crosses[limit.is](compare(found.value, decimal(limit.limit)))
    ? "yes"
    : "no";
}

/** The measures a limit looks at, each once, in order. */
export function measuresOf<Measure extends string>(limit: Limit<Measure> | null): Measure[] {
  if (limit === null) return [];
  const parts = "any" in limit ? limit.any : "all" in limit ? limit.all : null;
  if (parts === null) return "measure" in limit ? [limit.measure] : [];
  return [...new Set(parts.flatMap((part) => measuresOf(part)))];
}

function fold(parts: readonly Truth[], decisive: Truth, otherwise: Truth): Truth {
  if (parts.includes(decisive)) return decisive;
  return parts.includes("unknown") ? "unknown" : otherwise;
}

const crosses: Readonly<Record<Comparison, (order: number) => boolean>> = {
  "<": (order) => order < 0,
  "<=": (order) => order <= 0,
  ">": (order) => order > 0,
  ">=": (order) => order >= 0,
};
