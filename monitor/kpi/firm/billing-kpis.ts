import { fieldsOf, money, priced } from "../../portfolio/basis.ts";
import { blockersBasis, blockersOf, isIssued } from "../../portfolio/billing-blockers.ts";
import { contextOf, projectContext } from "../../portfolio/firm-context.ts";
import { acceptedOn, readyValues } from "../../portfolio/measure-billing.ts";
import { projectWork } from "../../portfolio/measure-project.ts";
import type { FirmView, TwinRecord } from "../../twin/firm-view.ts";
import { daysToInvoice, type InvoiceClock } from "../days-to-invoice.ts";
import { type BillableValue, billingReadiness } from "../invoice-quality.ts";
import type { Kpi } from "../kpi.ts";
import { type EarnedItem, type Leakage, leakage, leakageCauses } from "../leakage.ts";
import { type Realisation, realisation, type SettledTime } from "../realisation.ts";
import { type FirmKpi, firmKpi, type Part, type Question, type ScopeKind } from "./firm-kpi.ts";
import { placed, projectsIn, recordsIn } from "./selection.ts";

const scopes: readonly ScopeKind[] = ["firm", "client", "project"];
type Invoice = TwinRecord<"invoice">;
type Line = TwinRecord<"invoice-line">;

const titleOf = ({ fields, id }: Invoice): string => fields.number ?? fields.reference ?? id;

/** The invoice clock: a period's end, or the day the billed milestone was accepted. */
function clocksIn({ view, scope, period }: Question): Part<InvoiceClock>[] {
  const context = contextOf(view);
  const invoices = recordsIn(view, "invoice", scope).flatMap((invoice): Part<InvoiceClock>[] => {
    const { periodEnd, issuedOn, projectId } = invoice.fields;
    const milestone = view
      .by("invoice-line", "invoiceId", invoice.id)
      .flatMap(({ fields }) =>
        fields.milestoneId === null ? [] : (view.get("milestone", fields.milestoneId) ?? []),
      )[0];
    const startsOn = periodEnd ?? (milestone ? acceptedOn(milestone, context) : null);
    // Neither a period nor a milestone: there is no clock to read.
    if (
      startsOn === null ||
      (issuedOn !== null && (issuedOn < period.from || issuedOn > period.to))
    )
      return [];
    return [
      placed(
        view,
        { record: invoice, projectId, title: titleOf(invoice) },
        {
          fact: {
            source: invoice.source,
            basis: periodEnd === null ? "acceptance" : "period-close",
            startsOn,
            issuedOn,
          },
          basis: [
            ...fieldsOf(invoice, "periodEnd", "issuedOn"),
            ...(periodEnd === null && milestone
              ? fieldsOf(milestone, "acceptedOn", "deliveredOn", "deemedAcceptedAfterDays")
              : []),
          ],
        },
      ),
    ];
  });
  const billed = new Set(
    recordsIn(view, "invoice", scope).flatMap(({ id }) =>
      view.by("invoice-line", "invoiceId", id).flatMap(({ fields }) => fields.milestoneId ?? []),
    ),
  );
  // Accepted, and not even drafted: it waits like the rest.
  const undrafted = recordsIn(view, "milestone", scope).flatMap(
    (milestone): Part<InvoiceClock>[] => {
      const startsOn = acceptedOn(milestone, context);
      if (startsOn === null || billed.has(milestone.id)) return [];
      return [
        placed(
          view,
          {
            record: milestone,
            projectId: milestone.fields.projectId,
            title: milestone.fields.name,
          },
          {
            fact: { source: milestone.source, basis: "acceptance", startsOn, issuedOn: null },
            basis: fieldsOf(
              milestone,
              "acceptedOn",
              "deliveredOn",
              "deemedAcceptedAfterDays",
              "amountCents",
            ),
          },
        ),
      ];
    },
  );
  return [...invoices, ...undrafted];
}

const invoiceDays = (
  kpi: string,
  title: string,
  read: (days: ReturnType<typeof daysToInvoice>) => Kpi,
): FirmKpi =>
  firmKpi<InvoiceClock>({
    kpi,
    title,
    unit: kpi === "days-to-invoice-civil" ? "days" : "business days",
    meaning:
      "From period close, or from acceptance, to the issued invoice; what is not issued counts with its age so far.",
    sourceNote: "Seven civil days is a second-hand target.",
    scopes,
    days: 90,
    additive: false,
    systems: ["erp", "psa"],
    parts: clocksIn,
    formula: (facts, context) => read(daysToInvoice(facts, context)),
  });

/** Ready value, and drafts that wait for something. */
export function billableIn({ view, scope }: Question): Part<BillableValue>[] {
  const { today } = contextOf(view);
  const which = scope.kind === "project" ? "all" : "running";
  return projectsIn(view, scope, which).flatMap((project) => {
    const context = projectContext(view, project.fields.currency);
    const { currency } = context.reporting;
    const drafts = view.by("invoice", "projectId", project.id).filter((each) => !isIssued(each));
    const drafted = new Set(
      drafts.flatMap(({ id }) =>
        view.by("invoice-line", "invoiceId", id).flatMap(({ fields }) => fields.milestoneId ?? []),
      ),
    );
    const undrafted = readyValues(view, { project, context }).values.filter(
      ({ record }) => record.kind === "milestone" && !drafted.has(record.id),
    );
    return [
      ...drafts.map((invoice) =>
        placed(
          view,
          { record: invoice, projectId: project.id, title: titleOf(invoice) },
          {
            fact: {
              source: invoice.source,
              value: money(invoice.fields.netCents, currency),
              on: invoice.fields.draftedOn,
              blockers: blockersOf(view, invoice, today).length,
            },
            basis: blockersBasis(view, invoice),
          },
        ),
      ),
      ...undrafted.map(({ record, amount, readyOn }) => {
        const milestone = record as TwinRecord<"milestone">;
        return placed(
          view,
          { record: milestone, projectId: project.id, title: milestone.fields.name },
          {
            fact: { source: milestone.source, value: amount, on: readyOn, blockers: 0 },
            basis: fieldsOf(
              milestone,
              "amountCents",
              "acceptedOn",
              "deliveredOn",
              "deemedAcceptedAfterDays",
            ),
          },
        );
      }),
    ];
  });
}

type TimeLine = { readonly invoice: Invoice; readonly line: Line; readonly currency: string };

/** Lines of hours on invoices issued inside the period. */
function timeLines({ view, scope, period }: Question): TimeLine[] {
  return recordsIn(view, "invoice", scope).flatMap((invoice) => {
    const { issuedOn, projectId } = invoice.fields;
    if (issuedOn === null || issuedOn < period.from || issuedOn > period.to) return [];
    const currency = view.get("project", projectId)?.fields.currency ?? view.currency;
    return view
      .by("invoice-line", "invoiceId", invoice.id)
      .filter(({ fields }) => fields.minutes !== null && fields.hourlyRateCents !== null)
      .map((line) => ({ invoice, line, currency }));
  });
}

/** The price of the contract for the grade of a line; the line's own where the contract names none. */
function contractRate(view: FirmView, { invoice, line }: TimeLine): TwinRecord<"rate-line"> | null {
  const contract = view.by("contract", "projectId", invoice.fields.projectId)[0];
  if (!contract) return null;
  return (
    view
      .by("rate-line", "contractId", contract.id)
      .filter(
        ({ fields }) =>
          fields.grade === line.fields.grade &&
          fields.validFrom <= (invoice.fields.periodEnd ?? invoice.fields.draftedOn),
      )
      .toSorted((a, b) => (a.fields.validFrom < b.fields.validFrom ? 1 : -1))[0] ?? null
  );
}

const lineBasis = (view: FirmView, each: TimeLine) => {
  const card = contractRate(view, each);
  return [
    ...fieldsOf(each.line, "minutes", "hourlyRateCents", "netCents", "writtenDownCents"),
    ...fieldsOf(each.invoice, "issuedOn", "state"),
    ...(card ? fieldsOf(card, "hourlyRateCents", "grade") : []),
  ];
};

function settledIn(question: Question): Part<SettledTime>[] {
  const { view } = question;
  return timeLines(question).map((each) => {
    const { invoice, line, currency } = each;
    const { minutes, hourlyRateCents, netCents, writtenDownCents } = line.fields;
    const rate = contractRate(view, each)?.fields.hourlyRateCents ?? hourlyRateCents;
    const cut = hourlyRateCents ? Math.round((writtenDownCents * 60) / hourlyRateCents) : 0;
    return placed(
      view,
      { record: line, projectId: invoice.fields.projectId, title: line.fields.text },
      {
        fact: {
          source: line.source,
          on: invoice.fields.issuedOn ?? invoice.fields.draftedOn,
          workedMinutes: minutes,
          billedMinutes: minutes === null ? null : minutes - cut,
          standardRate: rate === null ? null : money(rate, currency),
          billed: money(netCents, currency),
        },
        basis: lineBasis(view, each),
      },
    );
  });
}

const realised = (name: keyof Realisation, title: string, meaning: string): FirmKpi =>
  firmKpi<SettledTime>({
    kpi: { realisation: "realisation", writeDown: "write-down", rateDiscount: "rate-discount" }[
      name
    ],
    title,
    unit: name === "realisation" ? "percent" : "minor units",
    meaning,
    sourceNote: "Bands are a judgement, set per firm.",
    scopes,
    days: 90,
    // Each whole is rounded once, so amounts may differ from their parts by a minor unit.
    additive: false,
    systems: ["erp", "crm", "psa"],
    parts: settledIn,
    formula: (facts, context) => realisation(facts, context)[name],
  });

/** What was earned inside the period and what of it was billed. Time and materials, and milestones. */
function earnedIn(question: Question): Part<EarnedItem>[] {
  const { view, scope, period } = question;
  const context = contextOf(view);
  const billed = timeLines(question).flatMap((each): Part<EarnedItem>[] => {
    const { invoice, line, currency } = each;
    const { minutes, netCents, writtenDownCents, hourlyRateCents } = line.fields;
    const rate = contractRate(view, each)?.fields.hourlyRateCents ?? hourlyRateCents ?? 0;
    const earned = priced(minutes ?? 0, rate);
    const on = invoice.fields.issuedOn ?? invoice.fields.draftedOn;
    const item = (
      part: string,
      amounts: readonly [number, number],
      cause: EarnedItem["cause"],
    ): Part<EarnedItem> => ({
      ...placed(
        view,
        {
          record: line,
          projectId: invoice.fields.projectId,
          title: `${line.fields.text}, ${part}`,
        },
        {
          fact: {
            source: line.source,
            on,
            earned: money(amounts[0], currency),
            billed: money(amounts[1], currency),
            cause,
          },
          basis: lineBasis(view, each),
        },
      ),
      record: { system: "erp", type: "invoice-line", id: `${line.id}/${cause ?? "other"}` },
    });
    return [
      item("price", [earned - writtenDownCents, netCents], "rate-below-contract"),
      ...(writtenDownCents === 0
        ? []
        : [item("written down", [writtenDownCents, 0], "written-down")]),
    ];
  });
  const milestones = recordsIn(view, "milestone", scope).flatMap(
    (milestone): Part<EarnedItem>[] => {
      const on = acceptedOn(milestone, context);
      if (on === null || on < period.from || on > period.to) return [];
      const { projectId, amountCents, name } = milestone.fields;
      const currency = view.get("project", projectId)?.fields.currency ?? view.currency;
      const lines = view.by("invoice-line", "milestoneId", milestone.id).filter(({ fields }) => {
        const invoice = view.get("invoice", fields.invoiceId);
        return invoice !== null && isIssued(invoice);
      });
      const sum = lines.reduce((total, { fields }) => total + fields.netCents, 0);
      return [
        placed(
          view,
          { record: milestone, projectId, title: name },
          {
            fact: {
              source: milestone.source,
              on,
              earned: money(amountCents, currency),
              billed: money(sum, currency),
              cause: "milestone-not-billed",
            },
            basis: [
              ...fieldsOf(
                milestone,
                "amountCents",
                "acceptedOn",
                "deliveredOn",
                "deemedAcceptedAfterDays",
              ),
              ...lines.flatMap((line) => fieldsOf(line, "netCents", "milestoneId")),
            ],
          },
        ),
      ];
    },
  );
  return [...billed, ...milestones, ...unbilledTime(question)];
}

/** Time and materials that never reached an invoice: not handed in, not approved, or never ordered. */
function unbilledTime({ view, scope, period }: Question): Part<EarnedItem>[] {
  const { today } = contextOf(view);
  return projectsIn(view, scope, "all").flatMap((project) => {
    if (project.fields.billing !== "time_and_materials") return [];
    const work = projectWork(view, project.id);
    if (!work) return [];
    const { currency } = project.fields;
    const seats = view.by("assignment", "projectId", project.id);
    const rateOf = (personId: string) =>
      seats.find(({ fields }) => fields.personId === personId) ?? view.get("person", personId);
    const item = (
      week: TwinRecord<"timesheet-week">,
      [minutes, cause]: readonly [number, EarnedItem["cause"]],
    ): Part<EarnedItem>[] => {
      const seat = rateOf(week.fields.personId);
      if (minutes <= 0) return [];
      return [
        {
          ...placed(
            view,
            { record: week, projectId: project.id, title: `Week of ${week.fields.week}` },
            {
              fact: {
                source: week.source,
                on: week.fields.week,
                earned: seat ? money(priced(minutes, seat.fields.hourlyRateCents), currency) : null,
                billed: money(0, currency),
                cause,
              },
              basis: [
                ...fieldsOf(
                  week,
                  "state",
                  "expectedMinutes",
                  "billableMinutes",
                  "offPlanMinutes",
                  "dueOn",
                ),
                ...(seat?.kind === "assignment"
                  ? fieldsOf(seat as TwinRecord<"assignment">, "hourlyRateCents")
                  : seat
                    ? fieldsOf(seat as TwinRecord<"person">, "hourlyRateCents")
                    : []),
              ],
            },
          ),
          record: {
            system: "psa" as const,
            type: "timesheet-week",
            id: `${week.id}/${cause ?? "other"}`,
          },
          personId: week.fields.personId,
        },
      ];
    };
    const within = (week: TwinRecord<"timesheet-week">): boolean =>
      week.fields.dueOn >= period.from &&
      week.fields.dueOn <= period.to &&
      week.fields.dueOn < today;
    return [
      ...work.work.overdue
        .filter(within)
        .flatMap((week) => item(week, [week.fields.expectedMinutes, "time-not-submitted"])),
      ...work.work.costed.flatMap(({ week, minutes }) =>
        within(week)
          ? [
              ...(week.fields.state === "submitted"
                ? item(week, [week.fields.billableMinutes, "time-not-approved"])
                : []),
              ...item(week, [minutes.unsigned, "change-order-not-signed"]),
            ]
          : [],
      ),
    ];
  });
}

const leaking = (kpi: string, title: string, read: (found: Leakage) => Kpi | null): FirmKpi =>
  firmKpi<EarnedItem>({
    kpi,
    title,
    unit: kpi === "leakage-share" ? "percent" : "minor units",
    meaning:
      "Earned at contract prices and not billed: time, prices, write-downs, milestones, unsigned changes.",
    sourceNote: "About 5 % between sold and earned is a second-hand figure.",
    scopes,
    days: 90,
    additive: true,
    systems: ["psa", "erp", "crm", "hris"],
    parts: earnedIn,
    formula: (facts, context) => {
      const found = leakage(facts, context);
      return read(found) ?? { ...found.amount, kpi, value: 0, numerator: 0 };
    },
  });

export const billingKpis: readonly FirmKpi[] = [
  invoiceDays("days-to-invoice", "Days to invoice, median", ({ p50 }) => p50),
  invoiceDays("days-to-invoice-p90", "Days to invoice, 90th percentile", ({ p90 }) => p90),
  invoiceDays(
    "days-to-invoice-civil",
    "Civil days to invoice, median",
    ({ civilDays }) => civilDays,
  ),
  firmKpi<BillableValue>({
    kpi: "billing-readiness",
    title: "Billing readiness",
    unit: "percent",
    meaning: "Value to be billed that nothing blocks, of all value to be billed.",
    sourceNote: "A judgement, not a standard.",
    scopes,
    days: null,
    additive: true,
    systems: ["erp", "psa", "crm"],
    parts: billableIn,
    formula: billingReadiness,
  }),
  realised("realisation", "Realisation", "Billed fees of billable hours at contract prices."),
  realised("writeDown", "Written down", "Value of the hours that were not billed."),
  realised(
    "rateDiscount",
    "Below the contract's price",
    "Value lost on the price of the hours that were billed.",
  ),
  leaking("leakage", "Leakage", ({ amount }) => amount),
  leaking("leakage-share", "Leakage, share of what was earned", ({ share }) => share),
  ...leakageCauses
    .filter((cause) => cause !== "other" && cause !== "expense-not-rebilled")
    .map((cause) =>
      leaking(`leakage-${cause}`, `Leakage: ${cause.replaceAll("-", " ")}`, (found) =>
        found.amount.value === null ? found.amount : (found.byCause.get(cause) ?? null),
      ),
    ),
];

/** The clock of every invoice in a scope, for numbers that build on it. */
export { clocksIn };
