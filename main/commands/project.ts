import { parseArgs } from "node:util";
import type { ProjectPicture } from "#/workflows/operations-services.ts";
import {
  causes,
  factsLine,
  figures,
  figureText,
  head,
  Misunderstood,
  type PictureCommand,
  shown,
  table,
} from "./picture-text.ts";

/** `countersign project NAME [--full]` */
export const projectCommand: PictureCommand = async (args, ask) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { full: { type: "boolean" } },
  });
  const project = positionals.join(" ");
  if (!project) throw new Misunderstood('Say which: countersign project "Grid Portal" [--full]');
  const found = (await ask("project", { project, ...values })) as ProjectPicture;
  const { name, clientName, leadName, rag, reported, watermelon, coverage } = found;
  return [
    `${shown(name)} for ${shown(clientName)}: ${rag}, reported ${reported ?? "unknown"}${watermelon ? ", so it is worse than reported" : ""}`,
    `Lead ${shown(leadName)}. ${Math.round(coverage)} % of its rules are known.`,
    ...head(found),
    ...table(
      ["rule", "band", "value", "thresholds", "trend"],
      found.rules.map((rule) => [
        `${rule.rule} ${shown(rule.title, 40)}`,
        rule.band,
        figureText(rule.figure),
        shown(rule.thresholdText, 80),
        rule.trend,
      ]),
    ),
    "",
    ...figures("figure", found.figures),
    ...figures("forecast", found.forecast),
    ...causes("margin against plan", found.margin),
    ...causes("slippage", found.slippage),
    ...found.cases.map((each) => `${each.id}  ${each.kind}  ${shown(each.title, 120)}`),
    ...factsLine(found),
  ];
};
