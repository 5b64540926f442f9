import { fieldsOf, money, priced } from "../../portfolio/basis.ts";
import { isIssued } from "../../portfolio/billing-blockers.ts";
import { contextOf } from "../../portfolio/firm-context.ts";
import { acceptedOn } from "../../portfolio/measure-billing.ts";
import { projectWork } from "../../portfolio/measure-project.ts";
import type { TwinRecord } from "../../twin/firm-view.ts";

import { type EarnedItem } from "../leakage.ts";

import { type Part, type Question } from "./firm-kpi.ts";
import { placed, projectsIn, recordsIn } from "./selection.ts";
import { contractRate, lineBasis, timeLines } from "./time-lines.ts";
/** What was earned inside the period and what of it was billed. Time and materials, and milestones. */
export function earnedIn(question: Question): Part<EarnedItem>[] {
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
                  ? fieldsOf(seat, "hourlyRateCents")
                  : seat
                    ? fieldsOf(seat, "hourlyRateCents")
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
