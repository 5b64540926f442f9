import { requireScopes } from "@modelcontextprotocol/server";
import { CountersignError } from "#/domain/errors.ts";
import { formatRef } from "#/domain/record.ts";
import { scopeOf } from "./caller.ts";
import { lookTool, READ, type Tool } from "./define-tool.ts";
import { answerTool } from "./guard-answer.ts";
import type { OperationsNeeds } from "./operations-server.ts";
import { presentCandidates } from "./present-candidates.ts";
import { presentIdentity } from "./present-identity.ts";
import { presentDelay, presentLateInvoices } from "./present-invoice.ts";
import { presentProjects } from "./present-project.ts";
import { presentProposal, presentProposals } from "./present-proposal.ts";
import * as shapes from "./tool-schemas.ts";

const PROPOSE = { ...READ, readOnlyHint: false } as const;

/** One late invoice and what may be done about it; and the one tool that files a proposal. */
export function caseTools(needs: OperationsNeeds): Tool[] {
  const { principal, services, log } = needs;
  const page = (id: string) => needs.proposalPage?.(id) ?? null;
  const looking = [
    lookTool("identity_get", log, {
      title: "Who am I here",
      description:
        "Tell which firm and person this connection acts for, its rights, and what each missing right would add.",
      input: shapes.NoInput,
      output: shapes.IdentityOutput,
      run: async () => presentIdentity(needs),
    }),
    lookTool("invoice_delay_explain", log, {
      title: "Explain a late invoice",
      description:
        "Explain why one invoice is late: working minutes per cause that add up to the whole delay, what blocks it, and evidence for each.",
      input: shapes.InvoiceInput,
      output: shapes.InvoiceDelayOutput,
      run: async ({ invoice }) => presentDelay(await services.explainInvoice(principal, invoice)),
    }),
    lookTool("late_invoice_list", log, {
      title: "List late invoices",
      description:
        "List the open customer invoices that are late or whose status is unknown because a source was missing: latest first, with causes.",
      input: shapes.LateInvoiceListInput,
      output: shapes.LateInvoiceListOutput,
      run: async ({ status, limit }) => {
        const all = await services.listLateInvoices(principal);
        const rows = all.filter((row) => !status || row.status === status).slice(0, limit);
        const delays = await Promise.all(
          rows.map(async ({ ref }) => {
            const name = formatRef(ref);
            return [name, await services.explainInvoice(principal, name)] as const;
          }),
        );
        return presentLateInvoices(all, rows, new Map(delays));
      },
    }),
    lookTool("project_list", log, {
      title: "List projects",
      description: "List the firm's projects with status, lead, reported health and hours.",
      input: shapes.ProjectListInput,
      output: shapes.ProjectListOutput,
      run: async ({ query, limit }) => {
        const wanted = query?.trim().toLowerCase() ?? "";
        const projects = await services.listProjects(principal);
        const found = projects.filter(({ name, code, clientName }) =>
          [name, code, clientName].some((text) => text?.toLowerCase().includes(wanted)),
        );
        return presentProjects(found, limit);
      },
    }),
    lookTool("proposal_get", log, {
      title: "Get a proposal",
      description:
        "Get one proposal: exact before and after, approvals needed and given, policy reasons, outcome, evidence. Poll it after proposing.",
      input: shapes.ProposalInput,
      output: shapes.ProposalOutput,
      run: async ({ proposalId }) =>
        presentProposal(await services.getProposal(principal, proposalId), page(proposalId)),
    }),
    lookTool("proposal_list", log, {
      title: "List proposals",
      description:
        "List proposals, optionally of one state. Their evidence comes with proposal_get.",
      input: shapes.ProposalListInput,
      output: shapes.ProposalListOutput,
      run: async ({ state, limit }) => {
        const found = await services.listProposals(principal, state ? { state } : {});
        return presentProposals(found, limit);
      },
    }),
    lookTool("remediation_candidate_list", log, {
      title: "List possible remedies",
      description:
        "List the actions that make sense for one late invoice, computed by code. Only these can be proposed.",
      input: shapes.InvoiceInput,
      output: shapes.CandidateListOutput,
      run: async ({ invoice }) => presentCandidates(await services.candidates(principal, invoice)),
    }),
  ];
  const mayPropose = principal.capabilities.has("propose") || needs.obtainable?.has("propose");
  return mayPropose ? [...looking, proposeTool(needs)] : looking;
}

function proposeTool(needs: OperationsNeeds): Tool {
  const { principal, services, log } = needs;
  return {
    name: "remediation_propose",
    register: (server) =>
      void server.registerTool(
        "remediation_propose",
        {
          title: "Propose a remedy",
          description:
            "File one candidate as a proposal. Nothing runs until the people named in the answer have approved exactly this change in Slack. Needs the right to propose.",
          inputSchema: shapes.ProposeInput,
          outputSchema: shapes.ProposeOutput,
          annotations: PROPOSE,
          scopeChallenge: requireScopes(scopeOf.read, scopeOf.propose),
        },
        answerTool(
          "remediation_propose",
          log,
          async (request: ReturnType<typeof shapes.ProposeInput.parse>) => {
            // The scope challenge acts only on authenticated HTTP; in memory and on stdio this does.
            if (!principal.capabilities.has("propose"))
              throw new CountersignError("FORBIDDEN", {
                who: principal.name,
                what: "propose",
                needed: scopeOf.propose,
              });
            const { producedBy, thread } = needs;
            const view = await services.propose(principal, { ...request, producedBy, thread });
            return presentProposal(view, needs.proposalPage?.(view.proposal.id) ?? null);
          },
        ),
      ),
  };
}
