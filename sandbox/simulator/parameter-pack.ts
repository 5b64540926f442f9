import type { Holidays } from "./calendar.ts";

export type PackName = "atlas" | "harbour" | "maple";

/** Where the firm stands and how it does business. Evals score on a pack that nobody tuned on. */
export type ParameterPack = Holidays & {
  readonly name: PackName;
  readonly currency: "EUR" | "GBP" | "CAD";
  /** Cost of an hour by grade, in cents. */
  readonly hourlyCostCents: Readonly<
    Record<"analyst" | "consultant" | "senior" | "principal" | "lead", number>
  >;
  readonly taxPercent: number;
  readonly paymentTermDays: readonly [number, number, number];
  /** Approvals move on by themselves after seven calendar days. */
  readonly autoEscalates: boolean;
  readonly deliverables: readonly [string, ...string[]];
  readonly workstreams: readonly [string, ...string[]];
};

export const packs: Readonly<Record<PackName, ParameterPack>> = {
  atlas: {
    name: "atlas",
    country: "DE",
    zone: "Europe/Berlin",
    currency: "EUR",
    hourlyCostCents: { analyst: 3650, consultant: 4800, senior: 6100, principal: 8100, lead: 6600 },
    taxPercent: 19,
    paymentTermDays: [30, 30, 45],
    autoEscalates: false,
    deliverables: ["Blueprint", "Pilot", "Rollout", "Integration", "Migration", "Handover"],
    workstreams: [
      "ERP renewal",
      "Data platform",
      "Service desk",
      "Payroll",
      "Warehouse",
      "Planning tool",
    ],
  },
  harbour: {
    name: "harbour",
    country: "GB",
    zone: "Europe/London",
    currency: "GBP",
    hourlyCostCents: { analyst: 4300, consultant: 5600, senior: 7200, principal: 9400, lead: 7700 },
    taxPercent: 20,
    paymentTermDays: [30, 45, 60],
    autoEscalates: true,
    deliverables: [
      "Survey",
      "Concept design",
      "Detailed design",
      "Tender pack",
      "Site support",
      "As-built set",
    ],
    workstreams: [
      "Quay extension",
      "Footbridge",
      "Pumping station",
      "Retrofit",
      "Flood model",
      "Depot",
    ],
  },
  maple: {
    name: "maple",
    country: "CA",
    zone: "America/Toronto",
    currency: "CAD",
    hourlyCostCents: {
      analyst: 5600,
      consultant: 7300,
      senior: 9200,
      principal: 11800,
      lead: 9800,
    },
    taxPercent: 13,
    paymentTermDays: [30, 30, 60],
    autoEscalates: false,
    deliverables: ["Discovery", "Prototype", "Release 1", "Release 2", "Training", "Transition"],
    workstreams: [
      "Member portal",
      "Claims intake",
      "Loyalty",
      "Field app",
      "Pricing",
      "Reporting hub",
    ],
  },
};
