import { z } from "zod";
import type { TrytonAccess, View } from "#/tools/connectors/tryton/tryton-client.ts";
import { type DelayedCase, findDelayed, makeDelayed } from "./stage-tryton-delayed.ts";
import {
  findMilestoneCase,
  type MilestoneCase,
  makeMilestoneCase,
} from "./stage-tryton-milestone.ts";
import { openOffice } from "./stage-tryton-office.ts";

export type StageOptions = TrytonAccess & {
  /** ISO weekday of the billing run the connector is configured with. Thursday unless given. */
  readonly billingWeekday?: number;
  /** The employee who leads the projects; the login's own employee unless given. */
  readonly leadEmail?: string;
  /** The employee who has not recorded time; the last one with an address unless given. */
  readonly colleagueEmail?: string;
};

/** What the story finds in Tryton, with the ids of the records behind each case. */
export type TrytonStage = {
  /** Missing time, an open change order, a milestone delivered and not accepted. */
  readonly delayed: DelayedCase;
  /** Delivered, accepted and complete, and still a draft. */
  readonly ready: MilestoneCase;
  /** Issued in time. */
  readonly healthy: MilestoneCase;
};

/**
 * Puts three invoices into a Tryton 6.0 database, through its own interface and as one of its users.
 *
 * Cases that are still as they should be are kept, so a second run changes nothing; a case that a
 * former run has used up is made anew. Nothing that was there is touched. `today` is a civil date.
 * Throws CONFIG_INVALID naming what the database or the user's rights lack.
 */
export async function stageTryton(options: StageOptions, today: string): Promise<TrytonStage> {
  const office = await openOffice(options, today);
  const billingWeekday = options.billingWeekday ?? 4;
  return {
    delayed: (await findDelayed(office)) ?? (await makeDelayed(office)),
    ready:
      (await findMilestoneCase(office, "ready")) ??
      (await makeMilestoneCase(office, "ready", billingWeekday)),
    healthy:
      (await findMilestoneCase(office, "healthy")) ??
      (await makeMilestoneCase(office, "healthy", billingWeekday)),
  };
}

/** What people outside Countersign would do in Tryton. */
export type OutsideWorld = {
  /** The colleague records the weeks that are missing. */
  logMissingTime(delayed: DelayedCase): Promise<void>;
  /** The client agrees, and the contract is amended. */
  executeChangeOrder(delayed: DelayedCase): Promise<void>;
  /** The client accepts the milestone today. */
  acceptMilestone(delayed: DelayedCase): Promise<void>;
  /** The invoice as the ERP itself has it. */
  readInvoice(id: number): Promise<RawInvoice>;
};

const RawInvoice = z.object({
  id: z.int(),
  state: z.string(),
  number: z.string().nullable(),
  move: z.int().nullable(),
});
export type RawInvoice = z.infer<typeof RawInvoice>;
const rawInvoiceView: View<RawInvoice> = {
  model: "account.invoice",
  fields: ["state", "number", "move"],
  schema: RawInvoice,
};

const Comment = z.object({ id: z.int(), comment: z.string().nullable() });
const commentView: View<z.infer<typeof Comment>> = {
  model: "project.work",
  fields: ["comment"],
  schema: Comment,
};

/** Acts on staged cases as the firm's people and its clients do. All three may be repeated. */
export async function actOutside(options: StageOptions, today: string): Promise<OutsideWorld> {
  const office = await openOffice(options, today);
  return {
    async logMissingTime({ missing }) {
      for (const week of missing.weeks) {
        const days = [0, 1, 2, 3, 4].map((day) => addDays(week, day));
        const logged = await office.find("timesheet.line", [
          ["employee", "=", missing.employee],
          ["work", "=", missing.timesheetWork],
          ["date", "in", days.map(office.date)],
        ]);
        if (logged.length === 0) await office.logDays({ ...missing, days, minutes: 8 * 60 });
      }
    },
    async executeChangeOrder({ changeOrder }) {
      await office.press("sale.amendment", "validate_amendment", changeOrder);
    },
    async acceptMilestone({ milestone }) {
      const [work] = await office.read(commentView, [["id", "=", milestone]]);
      if (/\baccepted:/.test(work?.comment ?? "")) return;
      await office.change("project.work", milestone, {
        comment: `${work?.comment ?? ""} accepted:${today}`.trim(),
        status: await office.doneStatus(),
      });
    },
    async readInvoice(id) {
      const [invoice] = await office.read(rawInvoiceView, [["id", "=", id]]);
      return RawInvoice.parse(invoice);
    },
  };
}

const addDays = (date: string, days: number): string =>
  Temporal.PlainDate.from(date).add({ days }).toString();
