/**
 * A number as it is meant, so that `three days`, `3 days` and `3-day` are one thing and
 * `3 hours` is another: `days:3` `hours:40` `minutes:90` `percent:80` `money:EUR:48200` `count:3`
 * `date:2026-11-09` `day:11-09` `month:2026-11` `instant:2026-11-09T10:00` `id:inv-1042`.
 * `unreadable:…` is a number we cannot pin down; nothing ever supports it.
 */
export type Figure = string;

const months =
  "january february march april may june july august september october november december".split(
    " ",
  );
const monthPattern = months.map((m) => `${m.slice(0, 3)}(?:${m.slice(3)})?`).join("|") + "|sept";
const small =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const tens = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const unitPattern =
  "(?:(?:working|business|calendar|person|full)[ -])?(days?|d|bd|hours?|hrs?|h|minutes?|mins?|weeks?|months?|years?|%|percent)";
const numberPattern = String.raw`-?\d[\d,.]*\d|-?\d`;
const currencies = new Set(Intl.supportedValuesOf("currency"));
const symbols: Readonly<Record<string, string>> = { "€": "EUR", $: "USD", "£": "GBP" };

type Rule = readonly [RegExp, (found: readonly string[]) => Figure[] | null];

/** Tried in this order; what one rule has read is not read again by the next. null: not this rule's. */
const rules: readonly Rule[] = [
  [
    /\b(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(?:Z| ?UTC\b)/g,
    ([, date, time]) => [`instant:${date}T${time}`],
  ],
  [/\b(\d{4}-\d\d-\d\d)(?![\w-])/g, ([, date]) => [`date:${date}`]],
  [
    new RegExp(
      `\\b(\\d{1,2})(?:st|nd|rd|th)?(?: of)? (${monthPattern})\\b\\.?(?:,? (\\d{4})\\b)?`,
      "gi",
    ),
    ([, day, month, year]) => [civil(day, month, year)],
  ],
  [
    new RegExp(
      `\\b(${monthPattern})\\b\\.? (\\d{1,2})(?:st|nd|rd|th)?\\b(?!\\d)(?:,? (\\d{4})\\b)?`,
      "gi",
    ),
    ([, month, day, year]) => [civil(day, month, year)],
  ],
  [
    new RegExp(`\\b(${monthPattern})\\b (\\d{4})\\b`, "gi"),
    ([, month, year]) => [`month:${year}-${monthNumber(month)}`],
  ],
  [
    new RegExp(`\\b([A-Z]{3}) ?(${numberPattern})( ?(?:k|m|bn|thousand|million|billion)\\b)?`, "g"),
    ([, code, amount, scale]) => (currencies.has(code ?? "") ? [money(code, amount, scale)] : null),
  ],
  [
    new RegExp(`([€$£]) ?(${numberPattern})( ?(?:k|m|bn|thousand|million|billion)\\b)?`, "g"),
    ([, symbol, amount, scale]) => [money(symbols[symbol ?? ""], amount, scale)],
  ],
  [
    new RegExp(
      `(?<![\\w.,])(${numberPattern})( ?(?:k|m|bn|thousand|million|billion))? ?([A-Z]{3}|[€$£])(?!\\w)`,
      "g",
    ),
    ([, amount, scale, code = ""]) => {
      const currency = symbols[code] ?? code;
      return currencies.has(currency) ? [money(currency, amount, scale)] : null;
    },
  ],
  [
    new RegExp(
      `(?<![\\w.,-])(${numberPattern}) ?(?:of|/|out of) ?(?:the )?(${numberPattern})[ -]?${unitPattern}(?![\\w])`,
      "gi",
    ),
    ([, part, whole, unit]) => [measure(part, unit), measure(whole, unit)],
  ],
  [
    new RegExp(`(?<![\\w.,-])(${numberPattern})[ -]?${unitPattern}(?![\\w])`, "gi"),
    ([, amount, unit]) => [measure(amount, unit)],
  ],
  [
    /\b[A-Za-z_]\w*(?:[-:/.#]\w+)*/g,
    ([word = ""]) => (/\d/.test(word) ? [identifier(word)] : null),
  ],
  [/\b\d\w*(?:[-:/#]\w+)+/g, ([word = ""]) => [identifier(word)]],
  [/\b(\d+)(?:st|nd|rd|th)\b/g, ([, amount]) => [measure(amount, "")]],
  [/\b\d+[A-Za-z]\w*/g, ([word = ""]) => [identifier(word)]],
  [new RegExp(numberPattern, "g"), ([amount]) => [measure(amount, "")]],
];

/** Every number, amount, date and identifier in a text, in its meant form. */
export function figuresOf(text: string): Figure[] {
  let rest = spellOut(text.normalize("NFKC").replace(/[‐‑‒–−]/g, "-"));
  const found: Figure[] = [];
  for (const [pattern, read] of rules)
    rest = rest.replace(pattern, (...parts: unknown[]) => {
      const groups = parts.filter((part) => typeof part === "string" || part === undefined);
      // The last string is the whole text that was searched.
      const figures = read(groups.slice(0, -1) as string[]);
      if (!figures) return String(parts[0]);
      found.push(...figures);
      return " ¦ ";
    });
  // A numeral of another script, or a word for a share, is a number nobody checked.
  for (const [odd] of rest.matchAll(
    /\p{N}+|\b(?:half|halves|twice|thrice|double[ds]?|tripled?|dozens?|hundreds?|thousands?|millions?|billions?|quarter of|thirds?)\b/giu,
  ))
    found.push(`unreadable:${odd.toLowerCase()}`);
  return found;
}

/** The figures that a civil date can be written as. */
export const dateFigures = (date: string): Figure[] => [
  `date:${date}`,
  `day:${date.slice(5)}`,
  `month:${date.slice(0, 7)}`,
];

/** `48200.00` and `48,200` are `48200`; null when the separators do not make sense. */
export function plainNumber(text: string): string | null {
  const match = /^(-?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?$/.exec(text);
  if (!match) return null;
  const whole = (match[2] ?? "").replaceAll(",", "").replace(/^0+(?=\d)/, "");
  const fraction = (match[3] ?? "").replace(/0+$/, "");
  const amount = fraction ? `${whole}.${fraction}` : whole;
  return amount === "0" ? "0" : `${match[1] ?? ""}${amount}`;
}

const identifier = (word: string): Figure => `id:${word.toLowerCase()}`;

const monthNumber = (name = ""): string =>
  String(months.findIndex((m) => m.startsWith(name.slice(0, 3).toLowerCase())) + 1).padStart(
    2,
    "0",
  );

const civil = (day = "", month = "", year?: string): Figure => {
  const rest = `${monthNumber(month)}-${day.padStart(2, "0")}`;
  return year ? `date:${year}-${rest}` : `day:${rest}`;
};

function measure(amount = "", unit = ""): Figure {
  const number = plainNumber(amount);
  if (number === null) return `unreadable:${amount}`;
  const letter = unit.toLowerCase();
  if (letter === "%" || letter === "percent") return `percent:${number}`;
  if (letter.startsWith("d") || letter === "bd") return `days:${number}`;
  if (letter.startsWith("h")) return `hours:${number}`;
  if (letter.startsWith("mi")) return `minutes:${number}`;
  if (letter.startsWith("w")) return `weeks:${number}`;
  if (letter.startsWith("mo")) return `months:${number}`;
  if (letter.startsWith("y")) return `years:${number}`;
  return `count:${number}`;
}

function money(currency = "", amount = "", scale = ""): Figure {
  const number = plainNumber(amount);
  if (number === null || scale.trim()) return `unreadable:${currency} ${amount}${scale}`;
  return `money:${currency}:${number}`;
}

/** Number words as digits. `one` counts only before a unit or `of`: elsewhere it is a pronoun. */
function spellOut(text: string): string {
  const units = small.slice(1, 10).join("|");
  return text
    .replace(
      new RegExp(`\\b(${tens.join("|")})[ -](${units})\\b`, "gi"),
      (_, ten: string, unit: string) => String(tenValue(ten) + small.indexOf(unit.toLowerCase())),
    )
    .replace(new RegExp(`\\b(${tens.join("|")})\\b`, "gi"), (ten) => String(tenValue(ten)))
    .replace(new RegExp(`\\b(${small.slice(2).join("|")}|zero)\\b`, "gi"), (word) =>
      String(small.indexOf(word.toLowerCase())),
    )
    .replace(new RegExp(`\\bone(?= of\\b|[ -]${unitPattern}\\b)`, "gi"), "1")
    .replace(/\ba dozen\b/gi, "12");
}

const tenValue = (ten: string): number => (tens.indexOf(ten.toLowerCase()) + 2) * 10;
