import { z } from "zod";
import { formatMoney } from "#/domain/money.ts";
import { Milestone } from "#/domain/record.ts";
import { defineLookTool, pageOfMany, paging, projectId } from "./define-look-tool.ts";
import { page } from "./page.ts";
import { details, quoted } from "./shown-record.ts";

export const milestoneList = defineLookTool({
  name: "milestone_list",
  kind: "psa",
  title: "List milestones",
  description: "List the milestones of one project with due, delivered and accepted dates.",
  input: z.strictObject({ projectId, ...paging }),
  output: pageOfMany("milestones", Milestone),
  async look({ projectId: id, ...asked }, { look, principal }) {
    return page(
      {
        tool: "milestone_list",
        noun: "milestones",
        records: await look.psa.listMilestones(id),
        filter: { project: id },
        citing: {
          fields: ["name", "due", "deliveredOn", "acceptedOn", "deemedAcceptedAfterDays", "amount"],
        },
        line: (m) =>
          `${quoted(m.name)}: ${details({
            due: m.due ?? "unknown",
            delivered: m.deliveredOn ?? "no",
            accepted: m.acceptedOn ?? "no",
            "accepted by silence after": deemed(m.deemedAcceptedAfterDays),
            amount: m.amount === null ? null : formatMoney(m.amount),
          })}`,
      },
      { principal, ...asked },
    );
  },
});

const deemed = (days: number | null) => (days === null ? null : `${days} business days`);
