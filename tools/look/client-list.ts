import { z } from "zod";
import { Client } from "#/domain/record.ts";
import { defineLookTool, pageOfMany, paging } from "./define-look-tool.ts";
import { page } from "./page.ts";
import { details, quoted } from "./shown-record.ts";

export const clientList = defineLookTool({
  name: "client_list",
  kind: "crm",
  title: "List clients",
  description: "List the clients of the CRM with their codes, ordered by id.",
  input: z.strictObject({ ...paging }),
  output: pageOfMany("clients", Client),
  async look(asked, { look, principal }) {
    return page(
      {
        tool: "client_list",
        noun: "clients",
        records: await look.crm.listClients(),
        filter: {},
        citing: { fields: ["name", "code"] },
        line: (client) => `${quoted(client.name)} ${details({ code: client.code })}`,
      },
      { principal, ...asked },
    );
  },
});
