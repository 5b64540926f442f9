import type { Moment } from "./calendar.ts";
import type { Cast } from "./cast.ts";
import type { Draws } from "./draws.ts";
import type { Log } from "./events.ts";
import type { ProjectChange } from "./intervention-kinds.ts";
import type { Intervention } from "./interventions.ts";
import type { Demand } from "./invoice.ts";
import type { RecordShapes } from "./records.ts";
import type { ProjectPlan } from "./staffing-plan.ts";

/** One invoice on its way, with all that its stages need. */
export type InvoiceWay = {
  readonly cast: Cast;
  readonly log: Log;
  readonly plan: ProjectPlan;
  readonly demand: Demand;
  readonly id: string;
  readonly draws: Draws;
  readonly netCents: number;
  readonly draftedAt: Moment;
  /** When an earlier invoice got the client to send the next order. */
  readonly orderRenewedAt: Moment | null;
  readonly links: Readonly<Record<string, string>>;
  /** The change of circumstances that this draft meets. */
  readonly on: (kind: ProjectChange) => Intervention | null;
  readonly set: (what: string, moment: Moment, fields: Partial<RecordShapes["invoice"]>) => void;
};
