import { parseArgs } from "node:util";
import type { Portfolio } from "#/workflows/operations-services.ts";
import {
  factsLine,
  figureText,
  foot,
  head,
  type PictureCommand,
  shown,
  table,
} from "./picture-text.ts";

/** `countersign portfolio [--rag red] [--cursor …]` */
export const portfolioCommand: PictureCommand = async (args, ask) => {
  const { values } = parseArgs({
    args: [...args],
    options: { rag: { type: "string" }, cursor: { type: "string" } },
  });
  const found = (await ask("portfolio", { limit: 25, ...values })) as Portfolio;
  const { counts, rows } = found;
  return [
    ...head(found),
    `${counts.red} red, ${counts.amber} amber, ${counts.unknown} unknown, ${counts.green} green.`,
    "",
    ...table(
      ["project", "client", "health", "reported", "at risk", "deadline", "cases"],
      rows.items.map((row) => [
        shown(row.name, 40),
        shown(row.clientName, 30),
        row.rag,
        `${row.reported ?? "unknown"}${row.watermelon ? " (worse than that)" : ""}`,
        figureText(row.valueAtRisk),
        row.deadline ? `${row.deadline}${daysLeft(row.businessDaysLeft)}` : "none",
        String(row.openCases),
      ]),
    ),
    "",
    ...foot(rows, `portfolio${values.rag ? ` --rag ${values.rag}` : ""}`),
    ...factsLine(found),
  ];
};

const daysLeft = (days: number | null): string => (days === null ? "" : ` (${days} days)`);
