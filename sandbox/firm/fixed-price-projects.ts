import type { ProjectBlueprint } from "./blueprint.ts";
import type { When } from "./firm-days.ts";

/** The next billing run. */
const nextRun: When = ["anchor", 4];

/** Projects billed by milestone, with something going on. */
export const fixedPriceProjects: readonly ProjectBlueprint[] = [
  {
    id: "PRJ-105",
    client: "ACC-06",
    name: "Helios Loyalty App",
    code: "HEL-LOYAL",
    lead: "tlindqvist",
    billing: "fixed",
    reported: "G",
    team: { hvogel: 32 },
    milestones: [
      {
        id: "MS-105-1",
        name: "Pilot in ten stores",
        due: ["close", -6],
        delivered: ["close", -6],
        fee: 16400,
        note: "Store managers are happy; the head of retail has not signed.",
      },
    ],
    invoices: [
      {
        id: "SI-1046",
        reference: "HR-1046",
        state: "open_draft",
        billing: "fixed",
        lines: [{ text: "Pilot in ten stores", net: 16400, milestone: "MS-105-1" }],
        drafted: ["close", -5],
        billingRun: nextRun,
      },
    ],
  },
  {
    id: "PRJ-109",
    client: "ACC-04",
    name: "Cobalt Fraud Scoring",
    code: "COB-FRAUD",
    lead: "dreyes",
    billing: "fixed",
    reported: "G",
    team: { bokafor: 8 },
    milestones: [
      {
        id: "MS-109-1",
        name: "Scoring model handed over",
        due: ["close", -2],
        delivered: ["close", -12],
        silentDays: 10,
        fee: 19900,
      },
    ],
    invoices: [
      {
        id: "SI-1050",
        reference: "CI-1050",
        state: "open_draft",
        billing: "fixed",
        lines: [{ text: "Scoring model handed over", net: 19900, milestone: "MS-109-1" }],
        drafted: ["close", -1],
        billingRun: nextRun,
      },
    ],
  },
  {
    id: "PRJ-110",
    client: "ACC-07",
    name: "Juniper Store Audit",
    code: "JUN-AUDIT",
    lead: "dreyes",
    billing: "fixed",
    reported: "G",
    team: { hvogel: 8 },
    milestones: [
      {
        id: "MS-110-1",
        name: "Audit report",
        due: ["anchor", -1],
        delivered: ["anchor", -3],
        accepted: ["anchor", -1],
        fee: 8200,
      },
    ],
    invoices: [
      {
        id: "SI-1051",
        reference: "JF-1051",
        state: "open_draft",
        billing: "fixed",
        lines: [{ text: "Audit report", net: 8200, milestone: "MS-110-1" }],
        drafted: ["anchor", -1],
      },
    ],
  },
];
