/** Something a person may mean, with what people call it. */
export type Named<T> = {
  readonly item: T;
  /** Numbers and ids: must be said exactly, or as their digits. */
  readonly ids: readonly string[];
  /** Client, project, person. Said in part or with a typing error. */
  readonly names: readonly string[];
};

/* Words of questions and of company names that point at nobody. */
const common = new Set(
  (
    "the a an and or of for to in on at by with is are was were be why what which who when how do does did can could should would " +
    "we our us you your they it its this that these those there invoice invoices late delay delayed project projects client " +
    "please tell me about happening wrong not has have had no yes any all show list explain status reason cause held stuck " +
    "billing bill submitted submit time timesheet timesheets hours change order orders accept acceptance propose chase nudge " +
    "remind release issue others other rest group inc ltd gmbh llc plc co company corp the week weeks month last now still"
  ).split(" "),
);

const tokens = (text: string): string[] =>
  text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/['’]s\b/g, "")
    .match(/[\p{L}\p{N}]+/gu) ?? [];

/** The items a text points at best: none, one, or several that it fits equally well. */
export function matchNames<T>(text: string, entries: readonly Named<T>[]): T[] {
  const said = tokens(text);
  const joined = ` ${said.join(" ")} `;
  const scored = entries.map((entry) => ({
    item: entry.item,
    score: scoreOf(said, joined, entry),
  }));
  const best = Math.max(0, ...scored.map(({ score }) => score));
  return best === 0 ? [] : scored.filter(({ score }) => score === best).map(({ item }) => item);
}

function scoreOf<T>(said: readonly string[], joined: string, { ids, names }: Named<T>): number {
  const exact = ids.some((id) => {
    const parts = tokens(id);
    const digits = parts.filter((part) => /^\d{3,}$/.test(part));
    return (
      (parts.length > 0 && joined.includes(` ${parts.join(" ")} `)) ||
      (digits.length === 1 && said.includes(digits[0] ?? ""))
    );
  });
  if (exact) return 1_000;
  const words = [...new Set(names.flatMap(tokens))].filter((w) => w.length > 1 && !common.has(w));
  const asked = said.filter((word) => word.length > 1 && !common.has(word));
  return words.reduce((sum, word) => sum + Math.max(0, ...asked.map((a) => likeness(a, word))), 0);
}

/** 10 for the same word, less for a typing error, 0 for another word. */
function likeness(said: string, word: string): number {
  if (said === word) return 10;
  const allowed = word.length >= 8 ? 2 : word.length >= 5 ? 1 : 0;
  if (allowed === 0 || Math.abs(said.length - word.length) > allowed) return 0;
  const distance = editDistance(said, word);
  return distance <= allowed ? 8 - distance : 0;
}

/** Insertions, deletions, replacements and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      const swap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          (last[j] ?? 0) + 1,
          (row[j - 1] ?? 0) + 1,
          (last[j - 1] ?? 0) + (same ? 0 : 1),
          swap ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
