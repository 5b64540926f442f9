import type { ProjectBlueprint } from "./blueprint.ts";

/** Projects that simply go on: their invoices left the day after the period closed. */
export const quietProjects: readonly ProjectBlueprint[] = [
  quiet({
    id: "PRJ-201",
    client: "ACC-01",
    name: "Northwind Service Desk",
    lead: "dreyes",
    team: { bokafor: 8 },
  }),
  quiet({
    id: "PRJ-202",
    client: "ACC-02",
    name: "Aurora Field Mobility",
    lead: "tlindqvist",
    team: { cmartin: 8, edemir: 8 },
  }),
  quiet({
    id: "PRJ-203",
    client: "ACC-03",
    name: "Baltic Customs Gateway",
    lead: "tlindqvist",
    team: { dalvarez: 8 },
  }),
  quiet({
    id: "PRJ-204",
    client: "ACC-05",
    name: "Fjord Mobile Bank",
    lead: "dreyes",
    team: { hvogel: 8, jweber: 8 },
  }),
  quiet({
    id: "PRJ-205",
    client: "ACC-06",
    name: "Helios Warehouse Robots",
    lead: "tlindqvist",
    team: { ipetrov: 8 },
  }),
  quiet({
    id: "PRJ-206",
    client: "ACC-08",
    name: "Lumen Exam Portal",
    lead: "dreyes",
    team: { akovac: 8 },
  }),
  {
    ...quiet({
      id: "PRJ-207",
      client: "ACC-02",
      name: "Aurora Support Retainer",
      lead: "tlindqvist",
      team: { edemir: 4 },
    }),
    billing: "retainer",
  },
  {
    id: "PRJ-208",
    client: "ACC-06",
    name: "Helios Price Engine",
    code: "HEL-PRICE",
    lead: "tlindqvist",
    billing: "fixed",
    phase: "done",
    reported: "G",
    deal: "DEAL-05",
    team: {},
    milestones: [
      {
        id: "MS-208-1",
        name: "Price engine in production",
        due: ["previous-close", 4],
        delivered: ["previous-close", 1],
        accepted: ["previous-close", 4],
        fee: 27300,
      },
    ],
    invoices: [
      {
        id: "SI-0960",
        reference: "HR-0960",
        state: "settled",
        billing: "fixed",
        lines: [{ text: "Price engine in production", net: 27300, milestone: "MS-208-1" }],
        drafted: ["previous-close", 4],
        posted: ["previous-close", 4],
      },
      {
        id: "SI-0961",
        reference: "HR-0961",
        state: "cancelled",
        billing: "fixed",
        lines: [{ text: "Price engine, entered twice by mistake", net: 27300 }],
        drafted: ["previous-close", 4],
      },
    ],
  },
  {
    id: "PRJ-209",
    client: "ACC-05",
    name: "Fjord Pension Study",
    code: "FJO-PENSION",
    lead: "dreyes",
    billing: "fixed",
    phase: "paused",
    reported: "R",
    note: "The sponsor left; the new one wants to see the scope again.",
    team: {},
    milestones: [
      {
        id: "MS-209-1",
        name: "Kick-off workshop",
        due: ["previous-close", -8],
        delivered: ["previous-close", -9],
        accepted: ["previous-close", -8],
        fee: 5000,
      },
    ],
    invoices: [
      {
        id: "SI-0962",
        reference: "FS-0962",
        state: "credited",
        billing: "fixed",
        lines: [
          { text: "Kick-off, credited when the study paused", net: 5000, milestone: "MS-209-1" },
        ],
        drafted: ["previous-close", -8],
        posted: ["previous-close", -8],
      },
    ],
  },
  {
    id: "PRJ-210",
    client: "ACC-03",
    name: "Baltic Harbour Twin",
    code: "BAL-TWIN",
    lead: "tlindqvist",
    billing: "fixed",
    phase: "pipeline",
    deal: "DEAL-03",
    team: {},
  },
];

type Quiet = Pick<ProjectBlueprint, "id" | "client" | "name" | "lead" | "team">;

function quiet({ id, client, name, lead, team }: Quiet): ProjectBlueprint {
  const digits = id.slice(-3);
  const initials = name.split(" ").map((word) => word.slice(0, 1));
  return {
    id,
    client,
    name,
    code: `${name.slice(0, 3).toUpperCase()}-${digits}`,
    lead,
    billing: "time",
    reported: "G",
    team,
    invoices: (["previous", "last"] as const).map((period, index) => ({
      id: `SI-0${index + 8}${digits.slice(1)}`,
      reference: `${initials.slice(0, 2).join("")}-0${index + 8}${digits.slice(1)}`,
      state: period === "previous" ? "settled" : "posted",
      billing: "time",
      period,
      // The amount is drawn when the firm is built.
      lines: [{ text: `Consulting, ${name}`, net: 0 }],
      drafted: [period === "last" ? "close" : "previous-close", 0],
      posted: [period === "last" ? "close" : "previous-close", 1],
    })),
  };
}
