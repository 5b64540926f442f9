import type { RiskWords } from "./lexicon.ts";
import { anyPhrase, matches } from "./phrases.ts";
import type { Horizon, Polarity, RiskLabel, RiskOwner } from "./risk-label.ts";

const third = anyPhrase([
  "(vendor|supplier|carrier|third party|third-party|subcontractor|partner|provider)('s)?",
]);
const us = anyPhrase([
  "(our|my) (own )?(mistake|error|fault|side|draft|data)",
  "(wrong|missing) (cost centre|rate|address|date|attachment)",
  "(cost centre|rate|address) was wrong",
]);
const theirs = anyPhrase([
  "(the |their )?(client|customer)('s)? (own )?(board|legal|management|side)",
]);

export const ownerOf = (clause: string, { code, owner }: RiskWords): RiskOwner => {
  if (matches(third, clause) && (code === "CLIENT_DEP" || code === "BUDGET" || code === "TECH"))
    return "third";
  if (matches(theirs, clause)) return "client";
  return matches(us, clause) ? "us" : owner;
};

const grave = anyPhrase([
  "(serious|severe|critical|showstopper|unlimited|all of|everything stopped|will not renew|lost)",
]);
const slight = anyPhrase(["(small|slight|slightly|minor|a bit|a little|a few|tiny|one day|a day)"]);

/** By what is at stake and how near it is: a loud word alone changes nothing. */
export function severityOf(
  clause: string,
  { severity }: RiskWords,
  polarity: Polarity,
): RiskLabel["severity"] {
  if (polarity === "negated" || polarity === "resolved") return 1;
  const steps = severity + (matches(grave, clause) ? 1 : 0) - (matches(slight, clause) ? 1 : 0);
  const most = polarity === "hypothetical" ? 2 : 4;
  return Math.max(1, Math.min(most, steps)) as RiskLabel["severity"];
}

const horizons: readonly (readonly [Horizon, RegExp])[] = [
  [
    "later",
    anyPhrase(["(next year|phase (2|two)|next phase|follow-on|one day|some time|long run)"]),
  ],
  ["quarter", anyPhrase(["(next|this|end of the) quarter", "in (spring|summer|autumn|winter)"])],
  [
    "month",
    anyPhrase([
      "(this|next) (week|month)",
      "(by|on|after|before|until) the [0-9]+(st|nd|rd|th)",
      "(tomorrow|soon|in (two|three|four|[0-9]+) weeks)",
    ]),
  ],
  ["now", anyPhrase(["(already|now|today|yesterday|this morning|again|still|since|last night)"])],
];

export const horizonOf = (clause: string): Horizon | null =>
  horizons.find(([, words]) => matches(words, clause))?.[0] ?? null;
