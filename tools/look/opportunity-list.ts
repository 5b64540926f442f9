import { z } from "zod";
import { formatMoney } from "#/domain/money.ts";
import { Opportunity } from "#/domain/record.ts";
import { defineLookTool, pageOfMany, paging } from "./define-look-tool.ts";
import { page } from "./page.ts";
import { details, fenced, quoted } from "./shown-record.ts";

export const opportunityList = defineLookTool({
  name: "opportunity_list",
  kind: "crm",
  title: "List opportunities",
  description: "List sales opportunities of the CRM with client, stage, amount and closing date.",
  input: z.strictObject({
    stage: Opportunity.shape.stage.optional().describe("Only opportunities in this stage"),
    ...paging,
  }),
  output: pageOfMany("opportunities", Opportunity),
  async look({ stage, ...asked }, { look, principal }) {
    const all = await look.crm.listOpportunities();
    return page(
      {
        tool: "opportunity_list",
        noun: "opportunities",
        records: all.filter((opportunity) => !stage || opportunity.stage === stage),
        filter: { stage: stage ?? null },
        citing: {
          fields: ["name", "clientName", "stage", "amount", "closeOn"],
          freeText: ["name"],
        },
        line: (opportunity) =>
          `${fenced(opportunity.name)} for ${quoted(opportunity.clientName)}: ${details({
            stage: opportunity.stage,
            amount: opportunity.amount === null ? null : formatMoney(opportunity.amount),
            closes: opportunity.closeOn,
          })}`,
      },
      { principal, ...asked },
    );
  },
});
