import { parseArgs } from "node:util";
import { formatMoney } from "#/domain/money.ts";
import type { CaseLine, Paged, Picture } from "#/workflows/operations-services.ts";
import { factsLine, foot, head, type PictureCommand, shown, table } from "./picture-text.ts";

const urgency = ["", "note", "watch", "this week", "today"];

/** `countersign cases [--kind …] [--project NAME]`: what is open, found without anybody asking. */
export const casesCommand: PictureCommand = async (args, ask) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      kind: { type: "string" },
      project: { type: "string" },
      cursor: { type: "string" },
    },
  });
  const found = (await ask("cases", { limit: 25, ...values })) as Picture & {
    readonly cases: Paged<CaseLine>;
  };
  const { cases } = found;
  return [
    ...head(found),
    ...table(
      ["case", "act", "what", "at risk", "by", "causes"],
      cases.items.map((each) => [
        each.id,
        urgency[each.severity] ?? "",
        shown(each.title, 80),
        each.valueAtRisk ? formatMoney(each.valueAtRisk) : "none",
        each.deadline ?? "none",
        each.causes.map(({ code }) => code).join(", "),
      ]),
    ),
    "",
    ...foot(cases, "cases"),
    ...factsLine(found),
  ];
};
