import type { KnownBlock } from "@slack/types";
import type { Portfolio, PortfolioRow } from "#/workflows/operations-services.ts";
import { limits } from "./limits.ts";
import { label, marked, quote } from "./words.ts";

const mostRows = 5;

/** The portfolio in the Home tab: how many of each colour, and where to step in first. */
export function portfolioSection({ counts, rows, sources }: Portfolio): KnownBlock[] {
  const silent = sources.filter(({ stale }) => stale).map(({ system }) => system.toUpperCase());
  const off = rows.items.filter(({ rag }) => rag !== "green").slice(0, mostRows);
  return [
    { type: "header", text: label("The portfolio", limits.header) },
    {
      type: "section",
      text: marked(
        [
          ...(silent.length > 0
            ? [`*Not up to date: ${silent.join(", ")}.* Whatever rests on that is unknown.`]
            : []),
          `${counts.red} red, ${counts.amber} amber, ${counts.unknown} unknown, ${counts.green} green.`,
        ].join("\n"),
      ),
    },
    ...(off.length === 0
      ? []
      : [{ type: "section" as const, text: marked(off.map(rowText).join("\n")) }]),
    {
      type: "context",
      elements: [marked("Ask me “what needs attention?”, or how any project is doing.")],
    },
    { type: "divider" },
  ];
}

function rowText({ name, rag, reported, watermelon, valueAtRisk, reasons }: PortfolioRow): string {
  const said = watermelon && reported ? `, reported ${reported}` : "";
  const why = reasons[0] ? ` ${quote(reasons[0].text, 160)}` : "";
  return `• *${quote(name, 80)}* is ${rag}${said}: ${quote(valueAtRisk.text, 40)} at risk.${why}`;
}
