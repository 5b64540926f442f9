import { parseArgs } from "node:util";
import type { WhatIfAnswer } from "#/workflows/operations-services.ts";
import {
  factsLine,
  figureText,
  head,
  Misunderstood,
  type PictureCommand,
  shown,
  table,
} from "./picture-text.ts";

const usage = `Say what would change:
  countersign what-if accept-milestone MS-31 [--on 2026-11-24]
  countersign what-if approve-change-order CO-9
  countersign what-if remove-days INV-1042 3
  countersign what-if remove-cause INV-1042 INV-1
  countersign what-if reassign PRJ-4 --from "Ana Kovac" --to "Ben Ito"`;

/** Computes what one change would do. Nothing is changed. */
export const whatIfCommand: PictureCommand = async (args, ask) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { on: { type: "string" }, from: { type: "string" }, to: { type: "string" } },
  });
  const [change, record, amount] = positionals;
  const found = (await ask(
    "what-if",
    changeOf({ change, record, amount, ...values }),
  )) as WhatIfAnswer;
  return [
    shown(found.title, 200),
    ...head(found),
    ...table(
      ["effect", "now", "then", "change"],
      found.effects.map(({ label, before, after, change: difference }) => [
        shown(label),
        figureText(before),
        figureText(after),
        figureText(difference),
      ]),
    ),
    "",
    "Nothing was changed.",
    ...factsLine(found),
  ];
};

type Words = Readonly<
  Partial<Record<"change" | "record" | "amount" | "on" | "from" | "to", string | undefined>>
>;

function changeOf({ change, record, amount, on, from, to }: Words): object {
  if (record === undefined) throw new Misunderstood(usage);
  switch (change) {
    case "accept-milestone":
      return { change, milestone: record, on: on ?? null };
    case "approve-change-order":
      return { change, changeOrder: record };
    case "remove-days":
      return { change, invoice: record, days: Number(amount ?? "none") };
    case "remove-cause":
      return { change, invoice: record, code: amount };
    case "reassign":
      return { change, project: record, from, to };
    case undefined:
    default:
      throw new Misunderstood(usage);
  }
}
