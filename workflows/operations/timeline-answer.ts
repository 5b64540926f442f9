import { CountersignError } from "#/domain/errors.ts";
import { observe } from "#/domain/evidence.ts";
import { isRecordKind } from "#/domain/operating-model.ts";
import type { OperationsEvent } from "#/domain/operations-event.ts";
import { plainText } from "#/domain/plain-text.ts";
import type { TwinRecord } from "#/monitor/twin/firm-view.ts";
import type { PageQuery, Timeline } from "../operations-services.ts";
import { createCitations } from "./figures.ts";
import { matching, nameOf, wordOf } from "./find-record.ts";
import type { FirmNow } from "./firm-picture.ts";
import { mapPage, pageOf } from "./paging.ts";
import { pictureOf } from "./sources.ts";

/** Kinds that a case can be about, in the order in which a name is looked for. */
const kinds = ["invoice", "project", "milestone", "change-order", "opportunity"] as const;

/** Every handoff of one case across the systems, oldest first. */
export async function timelineAnswer(
  firm: FirmNow,
  query: PageQuery & { readonly of: string },
  eventsAbout: (object: { type: string; id: string }) => Promise<OperationsEvent[]>,
): Promise<Timeline> {
  const subject = subjectOf(firm, query.of);
  const events = await eventsAbout({ type: subject.kind, id: subject.id });
  const inOrder = events.toSorted(
    (one, other) =>
      one.occurredAt.localeCompare(other.occurredAt) ||
      one.recordedAt.localeCompare(other.recordedAt) ||
      one.sequence - other.sequence,
  );
  const citations = createCitations();
  const shown = mapPage(pageOf(inOrder, { limit: 50, ...query }), (event) => ({
    at: event.occurredAt,
    recordedAt: event.recordedAt,
    system: event.system,
    what: `${wordOf(event.subject.kind)} ${plainText(event.subject.id, 60)} ${verbOf(event)}`,
    record: { system: event.system, type: event.subject.kind, id: event.subject.id },
  }));
  const { source } = subject;
  const evidence = citations.add([observe(source, "version", subject.version, "DERIVED")]);
  const systems = new Set(events.map(({ system }) => system));
  const name = nameOf(subject);
  return {
    ...pictureOf(firm, {
      statements: [
        {
          text: `${name}: ${events.length} events in ${systems.size} systems, from ${inOrder[0]?.occurredAt.slice(0, 10) ?? "nowhere"} to ${inOrder.at(-1)?.occurredAt.slice(0, 10) ?? "now"}.`,
          evidence,
        },
      ],
      evidence: citations.all(),
    }),
    subject: { system: source.system, type: subject.kind, id: subject.id },
    title: name,
    entries: shown,
  };
}

/** `timesheet-week.submitted` → `submitted`. */
const verbOf = ({ type }: OperationsEvent): string =>
  (type.split(".")[1] ?? type).replaceAll("-", " ");

function subjectOf({ view }: FirmNow, query: string): TwinRecord {
  const [system, type = ""] = query.split(":");
  if (system && isRecordKind(type)) {
    const [record] = matching(view, type, query);
    if (record) return record;
  }
  for (const kind of kinds) {
    const [record] = matching(view, kind, query);
    if (record) return record;
  }
  throw new CountersignError("UNKNOWN_RECORD", {
    kind: "invoice, project, milestone, change order or opportunity",
    name: plainText(query, 80),
  });
}
