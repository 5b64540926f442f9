import { addBusinessDays } from "#/domain/business-time.ts";
import { eveningOf, plusDays } from "../clocks/civil-days.ts";
import { severeTicketsPastLimit } from "../kpi/client-signals.ts";
import { unacceptedAge } from "../kpi/commercial-signals.ts";
import type { Kpi } from "../kpi/kpi.ts";
import { reworkRate } from "../kpi/process-performance.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import { fieldsOf, listed, restingOn } from "./basis.ts";
import type { ProjectWork } from "./earned-value-of.ts";

/** A ticket of the highest severity has to be solved by the evening of this business day. A judgement. */
export const severeTicketBusinessDays = 2;
/** Days looked back for tickets that came back. A judgement. */
export const reopenWindowDays = 90;

/** Contractual milestones that were delivered and not accepted. */
export function measureAcceptance(view: FirmView, { project, context }: ProjectWork): Kpi {
  const milestones = listed(view, "milestone", ["projectId", project.id]);
  return restingOn(
    unacceptedAge(
      {
        source: milestones.source,
        items: milestones.records
          .filter(({ fields }) => fields.contractual)
          .map(({ source, fields }) => ({ source, ...fields })),
      },
      context,
    ),
    [
      milestones.count,
      ...milestones.records.flatMap((each) =>
        fieldsOf(each, "contractual", "deliveredOn", "acceptedOn", "deemedAcceptedAfterDays"),
      ),
    ],
  );
}

/** Tickets of the project; those of the client that name no project count for each of its projects. */
export function measureTickets(view: FirmView, { project, context }: ProjectWork) {
  const tickets = listed(view, "ticket", ["clientId", project.fields.clientId]);
  const milestones = listed(view, "milestone", ["projectId", project.id]);
  const own = tickets.records.filter(
    ({ fields }) => fields.projectId === null || fields.projectId === project.id,
  );
  const recent = own.filter(
    ({ fields }) => fields.openedOn >= plusDays(context.today, -reopenWindowDays),
  );
  const severe = own.filter(({ fields }) => fields.severity === 1 && fields.state === "open");
  const delivered = milestones.records.filter(({ fields }) => fields.deliveredOn !== null);
  const cases = [
    ...recent.map(({ source, fields }) => ({
      source,
      exceptions: null,
      resubmissions: fields.reopens,
    })),
    ...delivered.map((each) => ({
      source: each.source,
      exceptions: null,
      resubmissions: redeliveries(view, each),
    })),
  ];
  return {
    reworkRate: restingOn(reworkRate({ source: tickets.source, items: cases }, context), [
      tickets.count,
      ...recent.flatMap((each) => fieldsOf(each, "openedOn", "reopens")),
      milestones.count,
      ...delivered.flatMap((each) => fieldsOf(each, "deliveredOn")),
    ]),
    severeTicketsPastLimit: restingOn(
      severeTicketsPastLimit(
        {
          source: tickets.source,
          items: severe.map(({ source, fields }) => ({
            source,
            dueAt: eveningOf(
              context.calendar,
              addBusinessDays(context.calendar, fields.openedOn, severeTicketBusinessDays),
            ),
          })),
        },
        context,
      ),
      [tickets.count, ...severe.flatMap((each) => fieldsOf(each, "severity", "state", "openedOn"))],
    ),
  };
}

/** How often a milestone that had been delivered was delivered again, or taken back. */
function redeliveries(view: FirmView, { id }: TwinRecord<"milestone">): number {
  let before: unknown = null;
  let again = 0;
  for (const { attributes } of view.history("milestone", id)) {
    const after = attributes["deliveredOn"];
    if (after === undefined) continue;
    if (before !== null && after !== before) again += 1;
    before = after;
  }
  return again;
}
