import { parseArgs } from "node:util";
import type { KpiAnswer, OperationsServices } from "#/workflows/operations-services.ts";
import {
  factsLine,
  figures,
  figureText,
  foot,
  head,
  type PictureCommand,
  shown,
  table,
} from "./picture-text.ts";

/** `countersign kpi [NAME [--scope person --of WHO] [--drill] [--at INSTANT]]`; without a name, all there are. */
export const kpiCommand: PictureCommand = async (args, ask) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      of: { type: "string" },
      scope: { type: "string" },
      drill: { type: "boolean" },
      at: { type: "string" },
      cursor: { type: "string" },
    },
  });
  const [kpi] = positionals;
  if (kpi === undefined) return catalogue((await ask("kpis", {})) as Catalogue);
  const found = (await ask("kpi", { kpi, limit: 25, ...values })) as KpiAnswer;
  const { figure, parts } = found;
  return [
    `${shown(figure.label)}: ${figureText(figure)}`,
    ...head(found),
    ...(parts ? [...figures("part", parts.items), ...foot(parts, `kpi ${kpi} --drill`)] : []),
    ...factsLine(found),
  ];
};

type Catalogue = Awaited<ReturnType<OperationsServices["kpis"]>>;

const catalogue = (kpis: Catalogue): string[] =>
  table(
    ["kpi", "unit", "exists for", "meaning"],
    kpis.map(({ kpi, unit, scopes, meaning }) => [
      kpi,
      unit,
      scopes.join(", "),
      shown(meaning, 120),
    ]),
  );
