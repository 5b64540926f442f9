import type { ToolSession as AgentSession } from "#/agents/tool-session.ts";
import type { Principal } from "#/domain/member.ts";
import type { ProducedBy, Thread } from "#/domain/proposal.ts";
import { buildOperationsServer } from "#/mcp-server/operations-server.ts";
import { declarations } from "#/tools/act/catalogue.ts";
import type { LookSystems } from "#/tools/ports.ts";
import { buildSystemServer, type ToolFault } from "#/tools/serve/build-system-server.ts";
import { openSession } from "#/tools/serve/open-session.ts";
import type { OperationsServices } from "#/workflows/operations-services.ts";
import type { Services } from "#/workflows/services.ts";
import type { Log } from "./log.ts";

export type SessionNeeds = {
  readonly services: Services;
  /** The firm as a whole; without it the agents answer about invoices only. */
  readonly operations?: OperationsServices | null;
  readonly look: LookSystems;
  readonly log: Log;
  readonly proposalPage: (id: string) => string;
};

const operationsTools = [
  "account_list",
  "case_list",
  "delay_explain",
  "forecast_get",
  "kpi_get",
  "kpi_list",
  "portfolio_list",
  "process_performance_get",
  "project_health_get",
  "timeline_get",
  "what_if",
  "late_invoice_list",
  "invoice_delay_explain",
  "remediation_candidate_list",
  "proposal_list",
  "proposal_get",
  "remediation_propose",
];

/**
 * An agent's whole reach: the operations server that AI clients use, and the firm's systems to look
 * at, in memory, bound to one principal. It is closed when the work is done.
 */
export async function withAgentSession<T>(
  who: { principal: Principal; thread: Thread | null },
  needs: SessionNeeds,
  work: (session: AgentSession) => Promise<T>,
): Promise<T> {
  const { principal, thread } = who;
  const fault = ({ tool, reference, error }: ToolFault): void =>
    needs.log.warn({ err: error, tool, reference }, "a tool failed");
  const wording: { by: ProducedBy } = { by: { mind: "rules-1", promptHash: null } };
  const operations = buildOperationsServer({
    principal,
    services: { ...needs.services, operations: needs.operations ?? null },
    get producedBy() {
      return wording.by;
    },
    thread,
    catalogue: declarations,
    proposalPage: needs.proposalPage,
    log: needs.log,
  });
  const systems = (["psa", "crm", "erp"] as const).map((kind) =>
    buildSystemServer(kind, { look: needs.look, principal, log: fault }),
  );
  // The PSA's own project list is the fuller one.
  const session = await openSession(
    [{ server: operations, only: operationsTools }, ...systems],
    fault,
  );
  try {
    return await work({
      listTools: () => session.listTools(),
      callTool: (name, args, { signal, producedBy }) => {
        if (producedBy) wording.by = producedBy;
        return session.callTool(name, args, { signal });
      },
    });
  } finally {
    await session.close();
  }
}
