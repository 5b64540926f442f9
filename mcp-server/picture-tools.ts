import { CountersignError } from "#/domain/errors.ts";
import type { Principal } from "#/domain/member.ts";
import type { OperationsServices, WhatIfQuery } from "#/workflows/operations-services.ts";
import type { Log } from "./caller.ts";
import { lookTool, type Tool } from "./define-tool.ts";
import * as shapes from "./picture-schemas.ts";
import * as measures from "./present-measures.ts";
import * as portfolio from "./present-portfolio.ts";
import { NoInput } from "./tool-schemas.ts";

type PictureNeeds = {
  readonly operations: OperationsServices;
  readonly principal: Principal;
  readonly log: Log;
};

/** The firm as a whole: health, KPIs, causes, processes, forecasts. All of them only look. */
export function pictureTools({ operations, principal, log }: PictureNeeds): Tool[] {
  return [
    lookTool("account_list", log, {
      title: "List accounts",
      description: "List the accounts whose renewal comes up, riskiest first, with what drives it.",
      input: shapes.AccountListInput,
      output: shapes.AccountListOutput,
      run: async (given) =>
        portfolio.presentAccounts(await operations.accounts(principal, asked(given))),
    }),
    lookTool("case_list", log, {
      title: "List open cases",
      description:
        "List what is open now: problems our detectors found, with causes, deadline, value at risk and remedies.",
      input: shapes.CaseListInput,
      output: shapes.CaseListOutput,
      run: async (given) => portfolio.presentCases(await operations.cases(principal, asked(given))),
    }),
    lookTool("delay_explain", log, {
      title: "Explain a delay",
      description:
        "Explain why an invoice, an approval, a margin or a date is as it is: causes with days and what is unexplained.",
      input: shapes.DelayInput,
      output: shapes.DelayOutput,
      run: async (given) => measures.presentWhy(await operations.why(principal, given), given.full),
    }),
    lookTool("forecast_get", log, {
      title: "Get a forecast",
      description:
        "Get what is likely next for an invoice, a project or an approval: dates and amounts with 80 % ranges.",
      input: shapes.ForecastInput,
      output: shapes.ForecastOutput,
      run: async (given) => measures.presentForecast(await operations.forecast(principal, given)),
    }),
    lookTool("kpi_get", log, {
      title: "Get a KPI",
      description:
        "Get one KPI of the firm, a client, a project or a person, now or at a past instant; with drill its parts.",
      input: shapes.KpiInput,
      output: shapes.KpiOutput,
      run: async (given) => {
        if (given.of !== undefined && given.scope === undefined)
          throw new CountersignError("INVALID_ARGUMENTS", {
            problems: "of also needs scope: client, project, person or approver",
          });
        return measures.presentKpi(await operations.kpi(principal, asked(given)));
      },
    }),
    lookTool("kpi_list", log, {
      title: "List the KPIs",
      description: "List the KPIs that can be asked for, what each means and for whom it exists.",
      input: NoInput,
      output: shapes.KpiListOutput,
      run: async () => measures.presentKpis(await operations.kpis(principal)),
    }),
    lookTool("portfolio_list", log, {
      title: "List the portfolio",
      description:
        "List all projects by what is at risk and how soon: computed and reported health, why, open cases.",
      input: shapes.PortfolioInput,
      output: shapes.PortfolioOutput,
      run: async ({ full, ...given }) =>
        portfolio.presentPortfolio(await operations.portfolio(principal, asked(given)), full),
    }),
    lookTool("process_performance_get", log, {
      title: "Get process performance",
      description:
        "Get how long each process takes, what queues now, and who or what holds it up most.",
      input: shapes.ProcessInput,
      output: shapes.ProcessOutput,
      run: async (given) =>
        measures.presentProcesses(await operations.processes(principal, asked(given))),
    }),
    lookTool("project_health_get", log, {
      title: "Get a project's health",
      description:
        "Get one project's health: rules with value and thresholds, forecast, open cases; with full all rules, margin bridge and slippage.",
      input: shapes.ProjectInput,
      output: shapes.ProjectOutput,
      run: async (given) =>
        portfolio.presentProject(await operations.project(principal, given), given.full),
    }),
    lookTool("timeline_get", log, {
      title: "Get a timeline",
      description: "Get every handoff of one case across the firm's systems, oldest first.",
      input: shapes.TimelineInput,
      output: shapes.TimelineOutput,
      run: async (given) =>
        measures.presentTimeline(await operations.timeline(principal, asked(given))),
    }),
    lookTool("what_if", log, {
      title: "What if",
      description:
        "Compute what one change would do to dates, cash, margin and utilisation. Nothing is changed.",
      input: shapes.WhatIfInput,
      output: shapes.WhatIfOutput,
      run: async (given) =>
        measures.presentWhatIf(await operations.whatIf(principal, whatIfQuery(given))),
    }),
  ];
}

type Given<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };

/** Without the keys that were not given: absent is not the same as undefined. */
const asked = <T extends object>(given: T): Given<T> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Given<T>;

const wanted = {
  "remove-cause": ["invoice", "code"],
  "remove-days": ["invoice", "days"],
  "accept-milestone": ["milestone"],
  "approve-change-order": ["changeOrder"],
  reassign: ["project", "from", "to"],
} as const;

/** The one change that is asked for. Throws INVALID_ARGUMENTS naming what it still needs. */
export function whatIfQuery(given: ReturnType<typeof shapes.WhatIfInput.parse>): WhatIfQuery {
  const { change } = given;
  const missing = wanted[change].filter((key) => given[key] === undefined);
  if (missing.length > 0)
    throw new CountersignError("INVALID_ARGUMENTS", {
      problems: `${change} also needs ${missing.join(" and ")}`,
    });
  const text = (value: string | undefined): string => value ?? "";
  switch (change) {
    case "remove-cause":
      return { change, invoice: text(given.invoice), code: text(given.code) };
    case "remove-days":
      return { change, invoice: text(given.invoice), days: given.days ?? 0 };
    case "accept-milestone":
      return { change, milestone: text(given.milestone), on: given.on ?? null };
    case "approve-change-order":
      return { change, changeOrder: text(given.changeOrder) };
    case "reassign":
    default:
      return { change, project: text(given.project), from: text(given.from), to: text(given.to) };
  }
}
