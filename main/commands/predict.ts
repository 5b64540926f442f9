import { formatRef, type RecordRef } from "#/domain/record.ts";
import type { Figure, Picture, ProcessLine } from "#/workflows/operations-services.ts";
import {
  factsLine,
  figures,
  figureText,
  head,
  type PictureCommand,
  shown,
  table,
} from "./picture-text.ts";

type Processes = Picture & { readonly processes: readonly ProcessLine[] };
type Forecast = Picture & { readonly subject: RecordRef; readonly figures: readonly Figure[] };

/** `countersign predict [NAME]`: what will become of something; without a name, every process and its error. */
export const predictCommand: PictureCommand = async (args, ask) => {
  const of = args.join(" ").trim();
  if (of !== "") {
    const found = (await ask("forecast", { of })) as Forecast;
    return [
      `Forecast for ${formatRef(found.subject)}`,
      ...head(found),
      ...figures("figure", found.figures),
      ...factsLine(found),
    ];
  }
  const found = (await ask("processes", {})) as Processes;
  const labels = found.processes[0]?.figures.map(({ label }) => shown(label, 40)) ?? [];
  return [
    ...head(found),
    ...table(
      ["process", ...labels],
      found.processes.map((line) => [
        shown(line.process, 40),
        ...line.figures.map((figure) =>
          figure.value === null ? "–" : figureText({ ...figure, reason: null }),
        ),
      ]),
    ),
    "",
    ...found.processes.flatMap(({ process, figures: own }) => {
      const refused = own.find(({ name, value }) => name === "forecast-error" && value === null);
      return refused?.reason
        ? [`${shown(process, 40)}: no forecast, ${shown(refused.reason, 160)}`]
        : [];
    }),
    ...factsLine(found),
  ];
};
