import type { RecordRef } from "#/domain/record.ts";
import type {
  AccountRow,
  Figure,
  OperationsServices,
  Paged,
  PageQuery,
  Statement,
  WhatIfQuery,
} from "#/workflows/operations-services.ts";
import {
  cause,
  fact,
  figure,
  percent,
  pictured,
  refTo,
  say,
  unknown,
  workingDays,
} from "./sample-picture.ts";

/* What the sample firm answers beside its projects. */

export const catalogue = [
  {
    kpi: "utilisation",
    title: "Utilisation",
    unit: "percent",
    scopes: ["firm", "project", "person"],
    meaning: "Billable hours of the hours people had",
  },
  {
    kpi: "days-to-invoice",
    title: "Days to invoice",
    unit: "working days",
    scopes: ["firm", "client", "project"],
    meaning: "From the end of the period or the acceptance to the issue",
  },
  {
    kpi: "dso",
    title: "Days sales outstanding",
    unit: "days",
    scopes: ["firm", "client"],
    meaning: "How long clients take to pay",
  },
  {
    kpi: "gross-margin",
    title: "Gross margin",
    unit: "percent",
    scopes: ["firm", "client", "project"],
    meaning: "Revenue less direct cost, of revenue",
  },
] as const satisfies Awaited<ReturnType<OperationsServices["kpis"]>>;

export const invoice = refTo("erp", "invoice", "INV-1042");
const milestone = refTo("psa", "milestone", "MS-3");
const client = (id: string) => refTo("crm", "client", id);

export function paged<T>(all: readonly T[], { cursor, limit }: PageQuery, usual: number): Paged<T> {
  const from = cursor === undefined ? 0 : Number(Buffer.from(cursor, "base64url").toString());
  const end = from + (limit ?? usual);
  const next = end < all.length ? Buffer.from(String(end)).toString("base64url") : null;
  return { items: all.slice(from, end), total: all.length, next };
}

const hours = [
  ["Ana Kovac", 264],
  ["Ben Ito", 240],
  ["Cora Lind", 208],
  ["Dana Fischer", 230],
  ["Emil Roth", 200],
] as const;

export function kpiValues(
  kpi: (typeof catalogue)[number]["kpi"],
  title: string,
): { value: Figure; parts: readonly Figure[] } {
  const person = (name: string) => refTo("psa", "person", name.slice(0, 3).toLowerCase());
  if (kpi === "utilisation") {
    const parts = hours.map(([name, spent]) =>
      percent([person(name).id, name], (spent / 320) * 100, [
        fact(person(name), "billableHours", spent),
      ]),
    );
    return {
      value: percent(
        [kpi, title],
        71.4,
        parts.flatMap((part) => part.evidence),
      ),
      parts,
    };
  }
  if (kpi === "dso")
    return { value: unknown([kpi, title], "days", "The ERP is stale."), parts: [] };
  const known = fact(invoice, "issuedOn", "2026-11-11");
  if (kpi === "gross-margin") return { value: percent([kpi, title], 31.5, [known]), parts: [] };
  return { value: workingDays([kpi, title], 6.5, [known]), parts: [] };
}

export function whyInvoice(clientName: string) {
  const week = refTo("psa", "timesheet-week", "TW-17");
  const order = refTo("crm", "change-order", "CO-9");
  const net = fact(invoice, "net", 4_820_000);
  const missing = [fact(week, "state", "missing"), fact(week, "dueOn", "2026-11-09")];
  const unsigned = [fact(order, "state", "client_review")];
  return pictured(
    [
      say(`Invoice INV-1042 to ${clientName} is 7.5 working days late.`, net),
      say("Timesheets missing: 4.5 working days, still open.", ...missing),
      say("Change order not signed: 2 working days.", ...unsigned),
    ],
    {
      subject: invoice,
      title: `Invoice INV-1042 to ${clientName}`,
      status: "late",
      causes: [
        cause("INV-1", "Timesheets missing", {
          detail: "Ana Kovac, week of 2026-11-02: 0 of 40 h submitted",
          days: 4.5,
          open: true,
          evidence: missing,
        }),
        cause("INV-3", "Change order not signed", {
          detail: "CO-9 was with the client",
          days: 2,
          open: false,
          evidence: unsigned,
        }),
      ],
      unexplained: workingDays(["unexplained", "Unexplained"], 1, [net]),
    },
  );
}

export function whatIf(query: WhatIfQuery) {
  const delivered = fact(milestone, "deliveredOn", "2026-11-10");
  const date = (text: string) =>
    figure("ready-date", "Ready to invoice", {
      value: text,
      unit: "date",
      text,
      evidence: [delivered],
    });
  const title = {
    "remove-cause": "Without that cause",
    "remove-days": "With fewer days",
    "accept-milestone": "With milestone UAT sign-off accepted on 2026-11-24",
    "approve-change-order": "With that change order approved",
    reassign: "With the work handed over",
  }[query.change];
  return pictured(
    [say(`${title}, the invoice is ready on 2026-11-25, 7 working days earlier.`, delivered)],
    {
      title,
      effects: [
        {
          label: "Ready to invoice",
          before: date("2026-12-04"),
          after: date("2026-11-25"),
          change: workingDays(["change", "Change"], -7, [delivered]),
        },
      ],
    },
  );
}

export function accountRows(clientName: string): readonly AccountRow[] {
  const row = (
    record: RecordRef,
    given: Omit<AccountRow, "client" | "lifecycle"> & { drivers: readonly Statement[] },
  ): AccountRow => ({ client: record, lifecycle: "in delivery", ...given });
  const renewal = fact(client("C-5"), "renewalOn", "2027-01-31");
  const tickets = fact(client("C-5"), "openTickets", 4);
  const unread = fact(client("C-1"), "renewalOn", "2027-03-05");
  return [
    row(client("C-5"), {
      name: "Draft GmbH",
      renewsOn: "2027-01-31",
      daysToRenewal: 69,
      risk: "high",
      score: 0.81,
      drivers: [
        say(
          "Draft GmbH renews on 2027-01-31 with 4 open tickets and a late project.",
          renewal,
          tickets,
        ),
      ],
    }),
    row(client("C-1"), {
      name: clientName,
      renewsOn: "2027-03-05",
      daysToRenewal: 102,
      risk: "unknown",
      score: null,
      drivers: [say(`${clientName}: risk is unknown, the ERP is stale.`, unread)],
    }),
  ];
}

export function timelineOf(page: PageQuery) {
  const entry = (at: string, what: string, record: RecordRef) => ({
    at,
    recordedAt: at,
    system: record.system,
    what,
    record,
  });
  const entries = [
    entry("2026-11-02T08:00:00.000Z", "Period ended", refTo("psa", "project", "PRJ-3")),
    entry(
      "2026-11-05T09:30:00.000Z",
      "Change order CO-9 sent",
      refTo("crm", "change-order", "CO-9"),
    ),
    entry("2026-11-10T15:00:00.000Z", "Milestone UAT sign-off delivered", milestone),
    entry("2026-11-11T07:00:00.000Z", "Draft INV-1042 created", invoice),
  ];
  const drafted = fact(invoice, "draftedOn", "2026-11-11");
  return pictured([say("The newest handoff of INV-1042 is its draft of 2026-11-11.", drafted)], {
    subject: invoice,
    title: "Invoice INV-1042",
    entries: paged(entries, page, 20),
  });
}
