import { formatMoney } from "#/domain/money.ts";
import { formatRef } from "#/domain/record.ts";
import type {
  AccountRow,
  CaseLine,
  OperationsServices,
  PortfolioRow,
  ProjectPicture,
} from "#/workflows/operations-services.ts";
import type { Presented } from "./present-invoice.ts";
import {
  brief,
  caseFacts,
  cause,
  citedBy,
  type Depth,
  depthOf,
  figure,
  figureText,
  pageFacts,
  pictured,
  sentence,
  statement,
} from "./present-picture.ts";
import { inline } from "./wire-text.ts";

type Answer<Name extends keyof OperationsServices> = Awaited<ReturnType<OperationsServices[Name]>>;

const nameOf = ({ name, clientName }: { name: string; clientName: string | null }): string =>
  `${inline(name)}${clientName ? ` for ${inline(clientName)}` : ""}`;

function rowFacts(row: PortfolioRow, full: boolean) {
  const depth = depthOf(full);
  const reasons = row.reasons.slice(0, full ? 3 : 1).map((each) => statement(each, depth));
  const valueAtRisk = figure(row.valueAtRisk, depth);
  return {
    ref: formatRef(row.project),
    name: row.name,
    clientName: row.clientName,
    leadName: row.leadName,
    rag: row.rag,
    reported: row.reported,
    watermelon: row.watermelon,
    coverage: row.coverage,
    valueAtRisk,
    deadline: row.deadline,
    businessDaysLeft: row.businessDaysLeft,
    reasons,
    openCases: row.openCases,
    evidence: citedBy([reasons, valueAtRisk]),
  };
}

const colour = ({ rag, reported, watermelon }: Omit<PortfolioRow, "rows">): string =>
  watermelon ? `${rag}, reported ${reported}` : rag;

const rowText = (row: PortfolioRow, full: boolean): string => {
  const left = row.businessDaysLeft === null ? "" : ` (${row.businessDaysLeft} working days left)`;
  const by = row.deadline ? `, by ${row.deadline}${left}` : "";
  const why = row.reasons.slice(0, full ? 3 : 1).map((reason) => ` ${sentence(reason)}`);
  return `- ${nameOf(row)} (${formatRef(row.project)}): ${colour(row)}; at risk ${row.valueAtRisk.text}${by}.${why.join("")}`;
};

export function presentPortfolio(found: Answer<"portfolio">, full: boolean): Presented {
  const { rows, counts } = found;
  const projects = rows.items.map((row) => rowFacts(row, full));
  const { red, amber, unknown, green } = counts;
  const head = `${red} red, ${amber} amber, ${unknown} unknown, ${green} green; showing ${projects.length} of ${rows.total}.`;
  // The rows say it already; the sentences are for whoever reads only these.
  const picture = { ...found, statements: found.statements.slice(0, full ? 12 : 5) };
  return pictured(
    picture,
    { counts, projects, ...pageFacts(rows) },
    { lines: [head, ...rows.items.map((row) => rowText(row, full))], depth: depthOf(full) },
  );
}

export function presentProject(found: ProjectPicture, full: boolean): Presented {
  const depth = depthOf(full);
  const { name, clientName, leadName, rag, computed, reported, watermelon, coverage } = found;
  const rules = found.rules.map((rule) => ({
    ...rule,
    figure: figure(rule.figure, depth),
    evidence: rule.figure.evidence.slice(0, depth.ids),
  }));
  const bridge = (title: string, lines: ProjectPicture["margin"]) =>
    lines.length === 0
      ? []
      : [
          `${title}: ${lines.map((line) => `${inline(line.title)} ${line.days?.text ?? "unknown"}`).join("; ")}.`,
        ];
  return pictured(
    found,
    {
      project: {
        ref: formatRef(found.project),
        name,
        clientName,
        leadName,
        rag,
        computed,
        reported,
        watermelon,
        coverage,
      },
      dimensions: found.dimensions,
      rules,
      figures: found.figures.map((each) => figure(each, depth)),
      margin: found.margin.map((each) => cause(each, depth)),
      slippage: found.slippage.map((each) => cause(each, depth)),
      forecast: found.forecast.map((each) => figure(each, depth)),
      cases: found.cases.map((each) => caseFacts(each, depth)),
    },
    {
      depth,
      lines: [
        `${nameOf(found)} (${formatRef(found.project)}): ${rag}, reported ${reported ?? "unknown"}${watermelon ? ", so it is worse than reported" : ""}. Lead ${inline(leadName ?? "unknown")}.`,
        `Dimensions: ${found.dimensions.map((d) => `${d.dimension} ${d.status}`).join(", ")}.`,
        ...found.rules.map(
          (rule) =>
            `- ${rule.rule} ${inline(rule.title)}: ${rule.band}, ${figureText(rule.figure)} (${inline(rule.thresholdText)}; trend ${rule.trend})`,
        ),
        ...found.figures.map((each) => `- ${figureText(each)}`),
        ...found.forecast.map((each) => `- Forecast ${figureText(each)}`),
        ...bridge("Margin against plan", found.margin),
        ...bridge("Slippage", found.slippage),
        ...found.cases.map(caseText),
      ],
    },
  );
}

const caseText = (found: CaseLine): string =>
  `- ${found.id} (${found.kind}, severity ${found.severity}): ${inline(found.title)}${found.valueAtRisk ? `, ${formatMoney(found.valueAtRisk)} at risk` : ""}${found.deadline ? `, by ${found.deadline}` : ""}. ${found.causes.map((each) => `${each.code} ${inline(each.title)}`).join(", ") || "No cause found"}.`;

export function presentCases(found: Answer<"cases">): Presented {
  const { cases } = found;
  return pictured(
    found,
    { cases: cases.items.map((each) => caseFacts(each, brief)), ...pageFacts(cases) },
    {
      depth: brief,
      lines: [
        `${cases.total} open cases, showing ${cases.items.length}.`,
        ...cases.items.map(caseText),
      ],
    },
  );
}

export function presentAccounts(found: Answer<"accounts">): Presented {
  const { accounts } = found;
  return pictured(
    found,
    { accounts: accounts.items.map((row) => accountFacts(row, brief)), ...pageFacts(accounts) },
    {
      depth: brief,
      lines: [
        `${accounts.total} accounts, showing ${accounts.items.length}.`,
        ...accounts.items.map(
          (row) =>
            `- ${inline(row.name)} (${formatRef(row.client)}): renewal ${row.renewsOn ?? "unknown"}, risk ${row.risk}.${row.drivers
              .slice(0, 2)
              .map((driver) => ` ${sentence(driver)}`)
              .join("")}`,
        ),
      ],
    },
  );
}

function accountFacts(row: AccountRow, depth: Depth) {
  const { name, renewsOn, daysToRenewal, risk, score, lifecycle } = row;
  const drivers = row.drivers.map((driver) => statement(driver, depth));
  return {
    ref: formatRef(row.client),
    name,
    renewsOn,
    daysToRenewal,
    risk,
    score,
    drivers,
    lifecycle,
    evidence: citedBy(drivers),
  };
}
