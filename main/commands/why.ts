import { parseArgs } from "node:util";
import { formatRef } from "#/domain/record.ts";
import type { Why } from "#/workflows/operations-services.ts";
import {
  causes,
  factsLine,
  figureText,
  head,
  Misunderstood,
  type PictureCommand,
  shown,
} from "./picture-text.ts";

/** `countersign why NAME [--full]`: an invoice, an approval, a project, a milestone. */
export const whyCommand: PictureCommand = async (args, ask) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { full: { type: "boolean" } },
  });
  const of = positionals.join(" ");
  if (!of) throw new Misunderstood("Say of what: countersign why INV-1042 [--full]");
  const found = (await ask("why", { of, ...values })) as Why;
  return [
    `${shown(found.title, 120)} (${formatRef(found.subject)}): ${shown(found.status)}`,
    ...head(found),
    ...causes("cause", found.causes),
    ...(found.unexplained ? [`Unexplained: ${figureText(found.unexplained)}`] : []),
    ...factsLine(found),
  ];
};
