import { plainText } from "#/domain/plain-text.ts";
import { type Action, defineAction } from "./define-action.ts";
import { projectPart } from "./draft-effect.ts";
import {
  findPlanned,
  makePlanned,
  plannedEffects,
  plannedIn,
  receiptOf,
  verifyPlanned,
} from "./planned-records.ts";
import {
  asserted,
  byCode,
  fromSource,
  needed,
  readOne,
  readWhere,
  refusing,
  seen,
} from "./source-record.ts";
import { noteArgument, refOf, type TargetArgs, targetArgs } from "./target-args.ts";

const refuse = refusing("The new forecast");
const hours = (minutes: number): string => `${Math.round(minutes / 6) / 10} h`;

/**
 * R19. A new progress report with the effort that is left when the rest costs what the work so far did:
 * logged × (100 − done) / done. The report before it stays as it is: that is the prior value.
 */
export const updateForecast: Action<TargetArgs> = defineAction({
  declaration: {
    id: "R19",
    name: "update-forecast",
    title: "Update the forecast of effort",
    group: "internalRecord",
    tier: 2,
    judgement: false,
    forCauses: ["MAR-1", "BUD"],
    sinks: { project: "destination", remaining: "choice", note: "text" },
    editable: ["note"],
    idempotency: "read-back",
    reversible: "yes",
    undo: "Report the prior forecast again: it is kept in the report before this one.",
  },
  args: targetArgs("psa", "project"),

  async preview({ target, note }, { records, look }) {
    const reader = needed(records, refuse);
    const project = await readOne(reader, "project", { id: target.id, refuse });
    const { percentComplete: done, status, reportedHealth, forecastEndOn, leadId } = project.fields;
    if (status !== "active" && status !== "on_hold") throw refuse(`the project is ${status}`);
    if (done <= 0 || done >= 100)
      throw refuse(`at ${done} % complete nothing can be concluded from the work so far`);
    const listed = await look.psa.getProject(target.id);
    const logged = listed?.actualMinutes ?? null;
    if (logged === null || logged === 0) throw refuse("the PSA says of no time on the project");
    const [last] = (await readWhere(reader, "progress-report", ["projectId", target.id])).toSorted(
      (a, b) => order(b.fields.reportedOn, a.fields.reportedOn) || order(b.source.id, a.source.id),
    );
    const prior = last?.fields.remainingMinutes ?? null;
    const remaining = Math.round((logged * (100 - done)) / done);
    if (prior === remaining) throw refuse("the forecast says so already");
    const { projectEvidence, ...part } = projectPart(listed);
    const record = refOf(project.source);
    const plan = {
      part: "progress-report",
      fields: {
        projectId: target.id,
        percentComplete: done,
        remainingMinutes: remaining,
        reportedHealth: reportedHealth ?? last?.fields.reportedHealth ?? "amber",
        forecastEndOn,
        authorId: leadId,
      },
    };
    return {
      target: record,
      title: `Forecast ${hours(remaining)} more for “${plainText(project.fields.name, 80)}”${prior === null ? "" : ` instead of ${hours(prior)}`}`,
      arguments: [
        fromSource(project, { name: "project", sink: "destination", field: "id" }),
        byCode("remaining", "choice", remaining),
        ...noteArgument(note),
      ],
      effects: plannedEffects(record, [plan]).map((effect) =>
        effect.field === "progress-report.remainingMinutes" ? { ...effect, before: prior } : effect,
      ),
      amount: null,
      preconditions: [
        asserted(project, "version", "percentComplete", "forecastEndOn", "status"),
        {
          record,
          revision: null,
          asserted: [{ field: "actualMinutes", value: logged }],
        },
        ...(last ? [asserted(last, "fields", "remainingMinutes", "reportedOn")] : []),
      ],
      ...part,
      recipientInternal: true,
      evidence: [
        ...seen(project, "percentComplete", "budgetMinutes"),
        ...(last ? seen(last, "remainingMinutes", "reportedOn") : []),
        ...projectEvidence,
      ],
    };
  },

  async find(_, key, { records }) {
    const { writer } = needed(records, refuse);
    const found = await findPlanned(["progress-report"], { key, writer });
    return found && receiptOf(found);
  },
  async send(_, approved, { key, systems }) {
    const { writer } = needed(systems.records, refuse);
    await makePlanned(plannedIn(approved), { key, writer, link: null });
  },
  async verify(_, approved, { key, systems }) {
    const { writer } = needed(systems.records, refuse);
    return verifyPlanned(plannedIn(approved), { key, writer });
  },
});

const order = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
