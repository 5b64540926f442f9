import { addBusinessDays, startOfDay } from "#/domain/business-time.ts";
import type { Finding } from "#/domain/finding.ts";
import { dateIn } from "#/monitor/clocks/civil-days.ts";
import { detect } from "#/monitor/detect/detect.ts";
import { nextCases, type OpenCase } from "#/monitor/detect/lifecycle.ts";
import { calendarOf, type EvalFirm } from "./eval-firm.ts";

/** One case over its life, with the moment at which it first said each thing. */
export type Alert = {
  readonly finding: Finding;
  readonly openedAt: string;
  closedAt: string | null;
  readonly codes: Map<string, string>;
  readonly projects: Map<string, string>;
  readonly people: Map<string, string>;
  /** Ids of the records that it cited. */
  readonly records: Map<string, string>;
};

/** What one firm's detectors told, business day by business day, each looked at in the evening. */
export function replayAlerts(firm: EvalFirm): Alert[] {
  const alerts: Alert[] = [];
  const told = new Set<string>();
  let open = new Map<string, { readonly alert: Alert; readonly one: OpenCase }>();
  for (const view of firm.replay(eveningsOf(firm))) {
    const next = nextCases(
      [...open.values()].map(({ one }) => one),
      told,
      detect(view, { projectIds: "all" }),
    );
    const kept = new Map(open);
    for (const { key } of next.close) {
      const gone = kept.get(key);
      if (gone) gone.alert.closedAt = view.asOf;
      kept.delete(key);
    }
    for (const finding of [...next.open, ...next.update]) {
      const before = kept.get(finding.key)?.alert;
      const alert = before ?? {
        finding,
        openedAt: view.asOf,
        closedAt: null,
        codes: new Map(),
        projects: new Map(),
        people: new Map(),
        records: new Map(),
      };
      if (!before) alerts.push(alert);
      told.add(finding.key);
      note(alert, finding, { firm, at: view.asOf });
      kept.set(finding.key, { alert, one: { key: finding.key, finding } });
    }
    open = kept;
  }
  return alerts;
}

/** 18:00 of every business day of the history, by the firm's clock. */
export function eveningsOf({ firm }: EvalFirm): string[] {
  const calendar = calendarOf(firm);
  const last = dateIn(calendar.zone, firm.now);
  const evenings: string[] = [];
  for (let date = firm.since; date <= last; date = addBusinessDays(calendar, date, 1))
    evenings.push(Temporal.Instant.from(startOfDay(calendar, date)).add({ hours: 18 }).toString());
  return evenings;
}

function note(
  alert: Alert,
  finding: Finding,
  { firm, at }: { readonly firm: EvalFirm; readonly at: string },
): void {
  const first = (map: Map<string, string>, value: unknown): void => {
    if (typeof value === "string" && !map.has(value)) map.set(value, at);
  };
  for (const { code } of finding.causes) first(alert.codes, code);
  first(alert.projects, finding.projectId);
  if (finding.subject.type === "person") first(alert.people, finding.subject.id);
  first(alert.records, finding.subject.id);
  for (const { record, field, value } of finding.evidence) {
    first(alert.records, record.id);
    if (field === "approverId" || field === "personId") first(alert.people, value);
    if (record.type === "approval")
      first(alert.projects, firm.now.get("approval", record.id)?.fields.projectId);
    if (record.type === "timesheet-week")
      first(alert.people, firm.now.get("timesheet-week", record.id)?.fields.personId);
  }
}
