import { z } from "zod";
import type { View } from "#/tools/connectors/tryton/tryton-client.ts";
import { contractOf, makeChangeOrder } from "./stage-tryton-contract.ts";
import type { Office } from "./stage-tryton-office.ts";
import { billProject, latestProject, nextCode } from "./stage-tryton-project.ts";

export type DelayedCase = {
  readonly code: string;
  readonly project: number;
  readonly milestone: number;
  readonly changeOrder: number;
  readonly invoice: number;
  readonly reference: string;
  /** Who owes which weeks (named by their Mondays), and where Tryton wants them recorded. */
  readonly missing: {
    readonly employee: number;
    readonly email: string | null;
    readonly timesheetWork: number;
    readonly weeks: readonly string[];
  };
};

const series = "CS-STORY-DELAYED";

const Part = z.object({
  id: z.int(),
  name: z.string(),
  comment: z.string().nullable(),
  status: z.object({ progress: z.number().nullable() }),
  constraint_start_date: z.iso.date().nullable(),
  timesheet_works: z.array(z.int()),
  invoice_line: z
    .object({ invoice: z.object({ id: z.int(), state: z.string() }).nullable() })
    .nullable(),
});
const partView: View<z.infer<typeof Part>> = {
  model: "project.work",
  fields: [
    "name",
    "comment",
    "status.progress",
    "constraint_start_date",
    "timesheet_works",
    "invoice_line.invoice.state",
  ],
  schema: Part,
};

const TaskTime = z.object({ id: z.int(), timesheet_works: z.array(z.int()) });
const taskTimeView: View<z.infer<typeof TaskTime>> = {
  model: "project.work",
  fields: ["timesheet_works"],
  schema: TaskTime,
};

const HourLine = z.object({
  id: z.int(),
  product: z.int(),
  unit: z.int(),
  account: z.int(),
  taxes: z.array(z.int()),
});
const hourLineView: View<z.infer<typeof HourLine>> = {
  model: "account.invoice.line",
  fields: ["product", "unit", "account", "taxes"],
  schema: HourLine,
};

const milestoneName = "Pilot cut-over";
const missingTask = "Integration build";

/** The newest case of this kind with all three causes still open; null when there is none. */
export async function findDelayed(office: Office): Promise<DelayedCase | null> {
  const found = await latestProject(office, series);
  if (found === null) return null;
  const parts = await office.read(partView, [["parent", "child_of", [found.id]]]);
  const milestone = parts.find(({ name }) => name === milestoneName);
  const task = parts.find(({ name }) => name === missingTask);
  const invoice = milestone?.invoice_line?.invoice;
  const [timesheetWork] = task?.timesheet_works ?? [];
  const first = task?.constraint_start_date;
  if (!milestone || !task || !invoice || !timesheetWork || !first) return null;
  const [changeOrder] = await office.find("sale.amendment", [
    ["sale.reference", "=", contractOf(found.code)],
    ["state", "=", "draft"],
  ]);
  const [loads, logged] = await Promise.all([
    office.find("project.allocation", [
      ["work", "=", task.id],
      ["employee", "=", office.colleague.id],
    ]),
    office.find("timesheet.line", [["work", "=", timesheetWork]]),
  ]);
  const open =
    invoice.state === "draft" &&
    milestone.status.progress !== 1 &&
    changeOrder !== undefined &&
    loads.length === 1 &&
    logged.length === 0;
  if (!open) return null;
  return {
    code: found.code,
    project: found.id,
    milestone: milestone.id,
    changeOrder,
    invoice: invoice.id,
    reference: found.code,
    missing: missingOf(office, { timesheetWork, first }),
  };
}

/** Makes one: a month of work, billed by Tryton itself, that nothing lets go out. */
export async function makeDelayed(office: Office): Promise<DelayedCase> {
  const code = await nextCode(office, series);
  const { only, create, company } = office;
  const { party, address } = await office.storyClient();
  const hour = await office.product("hour");
  const piece = await office.product("piece");
  const days = daysOf(office.today);

  const project = await only(
    create("project.work", [
      {
        name: `Northwind patient portal ${code.slice(series.length + 1)}`,
        type: "project",
        company,
        party,
        party_address: address,
        comment: `code:${code}${office.lead.party.email ? ` lead:${office.lead.party.email}` : ""}`,
        project_invoice_method: "timesheet",
        product: hour.id,
        list_price: office.money("150.00"),
      },
    ]),
  );
  const phase = await only(
    create("project.work", [{ name: "Delivery", type: "task", company, parent: project }]),
  );
  // Its own billing method makes Tryton bill the milestone on the same invoice as the hours.
  const milestone = await only(
    create("project.work", [
      {
        name: milestoneName,
        type: "project",
        company,
        party,
        party_address: address,
        parent: project,
        progress: 1,
        comment: `delivered:${days.delivered}`,
        constraint_finish_date: office.date(days.delivered),
        project_invoice_method: "effort",
        product: piece.id,
        list_price: office.money("18000.00"),
      },
    ]),
  );
  const task = (name: string, start: string) => ({
    name,
    type: "task",
    company,
    parent: phase,
    progress: 0.5,
    effort_duration: office.minutes(160 * 60),
    timesheet_available: true,
    product: hour.id,
    list_price: office.money("150.00"),
    constraint_start_date: office.date(start),
  });
  const [done, open] = await create("project.work", [
    task("Configuration", days.periodStart),
    task(missingTask, days.missingFrom),
  ]);
  if (done === undefined || open === undefined) throw new TypeError("two tasks were asked for");
  await create("project.allocation", [
    { employee: office.colleague.id, work: open, percentage: 100 },
  ]);
  const works = await office.read(taskTimeView, [["id", "in", [done, open]]]);
  const timesheetOf = (id: number): number =>
    z.int().parse(works.find((found) => found.id === id)?.timesheet_works[0]);
  await office.logDays({
    employee: office.contributor.id,
    timesheetWork: timesheetOf(done),
    days: [0, 1, 2, 3, 4, 7, 8, 9, 10, 11].map((day) => add(days.periodStart, day)),
    minutes: 6 * 60,
  });
  const changeOrder = await makeChangeOrder(office, {
    code,
    party,
    address,
    hour,
    on: days.raised,
  });
  const invoice = await bill(office, { code, project, milestone, changeOrder, days });
  return {
    code,
    project,
    milestone,
    changeOrder,
    invoice,
    reference: code,
    missing: missingOf(office, { timesheetWork: timesheetOf(open), first: days.missingFrom }),
  };
}

/** Lets Tryton bill hours and milestone, then adds the line that the open change order pays for. */
async function bill(
  office: Office,
  on: {
    code: string;
    project: number;
    milestone: number;
    changeOrder: number;
    days: ReturnType<typeof daysOf>;
  },
): Promise<number> {
  const invoice = await billProject(office, on.project, on.milestone);
  const [hours] = await office.read(hourLineView, [
    ["invoice", "=", invoice],
    ["unit.symbol", "=", "h"],
  ]);
  if (hours === undefined) throw new TypeError("Tryton billed no hours");
  const { product, unit, account, taxes } = hours;
  await office.change("account.invoice", invoice, {
    reference: on.code,
    comment: `period:${on.days.periodStart}..${on.days.periodEnd} drafted:${on.days.drafted}`,
    lines: [
      [
        "create",
        [
          {
            type: "line",
            description: "Second interface",
            product,
            unit,
            account,
            quantity: 20,
            unit_price: office.money("150.00"),
            taxes: [["add", taxes]],
            // Not by origin: validating the amendment deletes draft lines that come from the sale.
            note: `change-order:${on.changeOrder}`,
          },
        ],
      ],
    ],
  });
  return invoice;
}

const missingOf = (
  { colleague }: Office,
  at: { timesheetWork: number; first: string },
): DelayedCase["missing"] => ({
  employee: colleague.id,
  email: colleague.party.email,
  timesheetWork: at.timesheetWork,
  weeks: [at.first],
});

/**
 * Four whole weeks that ended three weeks ago; the colleague joined for the last one. Each cause
 * starts later than the one downstream of it, so that each has days of its own: first the missing
 * acceptance, then the missing time, then the change order.
 */
function daysOf(today: string) {
  const day = Temporal.PlainDate.from(today);
  const periodStart = day.subtract({ days: day.dayOfWeek - 1 + 49 }).toString();
  return {
    periodStart,
    missingFrom: add(periodStart, 21),
    delivered: add(periodStart, 24),
    periodEnd: add(periodStart, 27),
    raised: add(periodStart, 35),
    drafted: add(periodStart, 36),
  };
}

const add = (date: string, days: number): string =>
  Temporal.PlainDate.from(date).add({ days }).toString();
