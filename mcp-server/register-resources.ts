import { type McpServer, ResourceTemplate } from "@modelcontextprotocol/server";
import { answerRead } from "./guard-answer.ts";
import type { OperationsNeeds } from "./operations-server.ts";
import { presentProject } from "./present-portfolio.ts";
import { presentProposal } from "./present-proposal.ts";
import { visibleData } from "./wire-text.ts";

const json = "application/json";

/** The action catalogue, every proposal and every project by its id. All are also reachable by tools. */
export function registerResources(server: McpServer, needs: OperationsNeeds): void {
  const { principal, services, catalogue, log } = needs;
  const contents = (uri: URL, data: unknown) => ({
    contents: [{ uri: uri.href, mimeType: json, text: JSON.stringify(visibleData(data)) }],
  });

  server.registerResource(
    "action-catalogue",
    "countersign://catalogue",
    {
      title: "Action catalogue",
      description:
        "Everything Countersign can ever do: tier, what each argument can do, how it is undone.",
      mimeType: json,
    },
    (uri) => contents(uri, catalogue),
  );

  const proposals = new ResourceTemplate("countersign://proposals/{id}", {
    // Thousands of proposals would make the listing useless; proposal_list is the way to find one.
    list: undefined,
    complete: {
      id: (typed) =>
        answerRead("proposal ids", log, async () =>
          (await services.listProposals(principal, {}))
            .map(({ id }) => id)
            .filter((id) => id.startsWith(typed.toUpperCase()))
            .slice(0, 50),
        ),
    },
  });
  const { operations } = services;
  if (operations)
    server.registerResource(
      "project-health",
      new ResourceTemplate("countersign://projects/{id}", {
        list: undefined,
        complete: {
          id: (typed) =>
            answerRead("project ids", log, async () =>
              (await operations.portfolio(principal, { limit: 50 })).rows.items
                .map(({ project }) => project.id)
                .filter((id) => id.toLowerCase().startsWith(typed.toLowerCase())),
            ),
        },
      }),
      {
        title: "Project health",
        description: "One project with all its rules, bridges, forecasts and evidence.",
        mimeType: json,
      },
      (uri, { id }) =>
        answerRead(uri.href, log, async () =>
          contents(
            uri,
            presentProject(
              await operations.project(principal, { project: String(id), full: true }),
              true,
            ).facts,
          ),
        ),
    );
  server.registerResource(
    "proposal",
    proposals,
    { title: "Proposal", description: "One proposal with its evidence.", mimeType: json },
    (uri, { id }) =>
      answerRead(uri.href, log, async () => {
        const view = await services.getProposal(principal, String(id));
        return contents(
          uri,
          presentProposal(view, needs.proposalPage?.(view.proposal.id) ?? null).facts,
        );
      }),
  );
}
