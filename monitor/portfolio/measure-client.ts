import { dateIn, eveningOf, plusDays } from "../clocks/civil-days.ts";
import { clientEngagement } from "../kpi/client-engagement.ts";
import { lowSatisfactionSigns, unmitigatedSponsorChanges } from "../kpi/client-signals.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import { fieldsOf, listed, restingOn } from "./basis.ts";
import type { ProjectWork } from "./earned-value-of.ts";

/** How the client behaves: silence of the sponsor, bad answers, a sponsor who changed. */
export function measureClient(view: FirmView, { project, context }: ProjectWork) {
  const { clientId, plannedStartOn, kickoffOn } = project.fields;
  const concerns = <K extends "contact" | "survey">(record: TwinRecord<K>): boolean => {
    const named = record.fields.projectId;
    return named === null || named === project.id;
  };
  const contacts = listed(view, "contact", ["clientId", clientId]);
  const own = contacts.records.filter((each) => concerns(each) && each.fields.on <= context.today);
  const sponsor = own.filter(({ fields }) => fields.role === "sponsor");
  // Only the newest of each side decides; the rest would only be read.
  const newest = [
    latestOf(sponsor),
    latestOf(own.filter((each) => !sponsor.includes(each))),
  ].filter((each) => each !== null);
  const engagement = clientEngagement(
    {
      source: contacts.source,
      items: newest.map(({ source, fields }) => ({
        source,
        at: eveningOf(context.calendar, plusDays(fields.on, -1)),
        by: fields.role === "sponsor" ? "sponsor" : "client-team",
        automatic: false,
      })),
    },
    { source: project.source, field: "kickoffOn", on: kickoffOn ?? plannedStartOn },
    context,
  );
  const engagementBasis = [
    contacts.count,
    ...newest.flatMap((each) => fieldsOf(each, "on", "role")),
    ...fieldsOf(project, "kickoffOn", "plannedStartOn"),
  ];
  const surveys = listed(view, "survey", ["clientId", clientId]);
  const answers = surveys.records.filter((each) => concerns(each) && each.fields.kind === "csat");
  const changes = sponsorChanges(view, project);
  const client = view.get("client", clientId);
  return {
    sponsorSilence: restingOn(engagement.sponsorSilence, engagementBasis),
    lowSatisfactionSigns: restingOn(
      lowSatisfactionSigns(
        {
          source: surveys.source,
          items: answers.map(({ source, fields }) => ({
            source,
            on: fields.answeredOn,
            kind: "csat",
            score: fields.score,
          })),
        },
        context,
      ),
      [surveys.count, ...answers.flatMap((each) => fieldsOf(each, "kind", "score", "answeredOn"))],
    ),
    unmitigatedSponsorChanges: restingOn(
      unmitigatedSponsorChanges(
        client && {
          source: client.source,
          items: changes.map((changedOn) => ({
            source: client.source,
            mitigated: sponsor.some(({ fields }) => fields.on > changedOn),
          })),
        },
        context,
      ),
      [
        ...(client ? fieldsOf(client, "sponsorName") : []),
        ...newest.filter((each) => sponsor.includes(each)).flatMap((each) => fieldsOf(each, "on")),
        contacts.count,
      ],
    ),
  };
}

/** Days on which the client's sponsor became somebody else, since the project began. */
function sponsorChanges(view: FirmView, { fields }: TwinRecord<"project">): string[] {
  let before: unknown;
  return view.history("client", fields.clientId).flatMap(({ attributes, occurredAt }) => {
    const after = attributes["sponsorName"];
    if (after === undefined) return [];
    const changed = before !== undefined && after !== before;
    before = after;
    const on = changed ? dateIn(view.calendar.zone, occurredAt) : "";
    return changed && on >= fields.plannedStartOn ? [on] : [];
  });
}

const latestOf = (contacts: readonly TwinRecord<"contact">[]): TwinRecord<"contact"> | null =>
  contacts.reduce<TwinRecord<"contact"> | null>(
    (best, each) => (best === null || each.fields.on > best.fields.on ? each : best),
    null,
  );
