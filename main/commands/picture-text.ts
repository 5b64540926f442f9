import { plainText } from "#/domain/plain-text.ts";
import { staleStatements } from "#/workflows/operations/sources.ts";
import type {
  CauseLine,
  Figure,
  Paged,
  Picture,
  SourceState,
} from "#/workflows/operations-services.ts";

/* How a terminal shows the firm as a whole: plain tables, what is stale before everything else. */

/** One command: its arguments and a way to ask the product, answered with lines to print. */
export type PictureCommand = (
  args: readonly string[],
  ask: (task: string, argument: unknown) => Promise<unknown>,
) => Promise<readonly string[]>;

/** A command that was not understood; the message shows how it is said. */
export class Misunderstood extends Error {}

export const shown = (text: string | null, most = 60): string =>
  text === null ? "unknown" : plainText(text, most);

/** Columns as wide as their widest cell; the last one is not padded. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  return [line(head), widths.map((width) => "─".repeat(width)).join("  "), ...rows.map(line)];
}

const when = (instant: string): string => `${instant.slice(0, 16).replace("T", " ")} UTC`;

const staleLine = ({ system, lastRead, problem }: SourceState): string =>
  `! ${system.toUpperCase()} is not up to date (last read ${lastRead ? when(lastRead) : "never"}).${problem ? ` ${shown(problem, 200)}` : ""} What needs it is unknown.`;

/** The same about the sources, in the answer's own sentences. */
const told = (sources: readonly SourceState[]): ReadonlySet<string> =>
  new Set(staleStatements(sources).map(({ text }) => text));

/** Stale sources, then the answer in sentences. */
export const head = ({ asOf, sources, statements }: Picture): string[] => [
  ...sources.filter(({ stale }) => stale).map(staleLine),
  `As of ${when(asOf)}.`,
  "",
  ...statements.filter(({ text }) => !told(sources).has(text)).map(({ text }) => shown(text, 600)),
  ...(statements.length > 0 ? [""] : []),
];

export const figureText = ({ text, value, reason, range, coverage }: Figure): string =>
  [
    value === null ? "unknown" : shown(text),
    range ? `(80 %: ${shown(range[0])} to ${shown(range[1])})` : "",
    reason ? `(${shown(reason, 200)})` : "",
    coverage && coverage.present < coverage.required
      ? `(from ${coverage.present} of ${coverage.required} records)`
      : "",
  ]
    .filter((part) => part !== "")
    .join(" ");

export const figures = (title: string, rows: readonly Figure[]): string[] =>
  rows.length === 0
    ? []
    : [
        ...table(
          [title, "value"],
          rows.map((row) => [shown(row.label), figureText(row)]),
        ),
        "",
      ];

export const causes = (title: string, rows: readonly CauseLine[]): string[] =>
  rows.length === 0
    ? []
    : [
        ...table(
          [title, "amount", "now", "detail"],
          rows.map((row) => [
            `${row.code} ${shown(row.title)}`,
            row.days ? figureText(row.days) : "",
            row.open ? "open" : "",
            shown(row.detail, 120),
          ]),
        ),
        "",
      ];

/** How many there are, and how to see the next ones. */
export const foot = ({ items, total, next }: Paged<unknown>, command: string): string[] => [
  `${items.length} of ${total} shown.${next === null ? "" : ` More: countersign ${command} --cursor ${next}`}`,
];

/** Where the facts of an answer are to be seen. */
export const factsLine = ({ evidence }: Picture): string[] => [
  `${evidence.length} facts behind this; the console and the MCP tools show each with its source.`,
];
