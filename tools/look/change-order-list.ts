import { z } from "zod";
import { formatMoney } from "#/domain/money.ts";
import { ChangeOrder } from "#/domain/record.ts";
import { defineLookTool, pageOfMany, paging, projectId } from "./define-look-tool.ts";
import { page } from "./page.ts";
import { details, fenced, quoted } from "./shown-record.ts";

export const changeOrderList = defineLookTool({
  name: "change_order_list",
  kind: "crm",
  title: "List change orders",
  description:
    "List the change orders of one project with state, amount, raised and decided dates.",
  input: z.strictObject({ projectId, ...paging }),
  output: pageOfMany("changeOrders", ChangeOrder),
  async look({ projectId: id, ...asked }, { look, principal }) {
    return page(
      {
        tool: "change_order_list",
        noun: "changeOrders",
        records: await look.crm.listChangeOrders(id),
        filter: { project: id },
        citing: {
          fields: ["number", "title", "state", "amount", "raisedOn", "decidedOn"],
          freeText: ["title"],
        },
        line: (order) =>
          `${quoted(order.number)} ${fenced(order.title)}: ${details({
            state: order.state,
            amount: order.amount === null ? null : formatMoney(order.amount),
            raised: order.raisedOn,
            decided: order.decidedOn ?? "no",
          })}`,
      },
      { principal, ...asked },
    );
  },
});
