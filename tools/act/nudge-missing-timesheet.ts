import { CountersignError } from "#/domain/errors.ts";
import { observe } from "#/domain/evidence.ts";
import { plainText } from "#/domain/plain-text.ts";
import type { TimesheetWeek } from "#/domain/record.ts";
import { type Action, defineAction, type Preview } from "./define-action.ts";
import { approvedText, matching, projectPart } from "./draft-effect.ts";
import { isPlainName } from "./plain-name.ts";
import {
  checkedTarget,
  noteArgument,
  refOf,
  type TargetArgs,
  targetArgs,
  withNote,
} from "./target-args.ts";

/** R01. An internal reminder to the person whose week is missing. */
export const nudgeMissingTimesheet: Action<TargetArgs> = defineAction({
  declaration: {
    id: "R01",
    name: "nudge-missing-timesheet",
    title: "Remind a colleague of a missing timesheet",
    group: "internalMessage",
    tier: 1,
    judgement: false,
    forCauses: ["INV-1"],
    sinks: { week: "choice", recipient: "recipient", message: "text", note: "text" },
    editable: ["note"],
    idempotency: "keyed",
    reversible: "no-effect-to-undo",
    undo: "A reminder that was sent cannot be taken back; it changes no record.",
  },
  args: targetArgs("psa", "timesheet-week"),

  async preview({ target, note }, { look, calendar }) {
    const refuse = (reason: string) =>
      new CountersignError("PRECONDITION_FAILED", { action: "The reminder", reason });
    const week = checkedTarget(await look.psa.getTimesheetWeek(target.id), target, () =>
      refuse("the PSA has no such week"),
    );
    const today = Temporal.Instant.from(week.source.retrievedAt)
      .toZonedDateTimeISO(calendar.zone)
      .toPlainDate();
    if (week.state === "submitted" || week.state === "approved")
      throw refuse("the week is already submitted");
    if (week.expectedMinutes === 0) throw refuse("nothing was expected in that week");
    if (Temporal.PlainDate.compare(today, week.dueOn) <= 0)
      throw refuse(`the week is due on ${week.dueOn} and not late yet`);
    if (week.personEmail === null) throw refuse("the PSA has no e-mail address for that person");

    const project = await look.psa.getProject(week.projectId);
    const { projectLeadEmail, projectEvidence } = projectPart(project);
    const person = plainText(week.personName, 80);
    const words = noteArgument(note);
    const message = reminder(week, project?.name ?? null);
    // It is sent with nobody looking, so a name must be no more than a name; else a person looks.
    const onlyNames = [week.personName, project?.name ?? ""].every(isPlainName);
    const record = refOf(week.source);
    return {
      target: record,
      title: `Remind ${person} to submit the week of ${week.week}`,
      arguments: [
        {
          name: "week",
          sink: "choice",
          label: "SOR",
          value: week.week,
          from: { record, field: "week" },
        },
        {
          name: "recipient",
          sink: "recipient",
          label: "SOR",
          value: week.personEmail,
          from: { record, field: "personEmail" },
        },
        {
          name: "message",
          sink: "text",
          label: onlyNames ? "DERIVED" : "TEXT",
          value: message,
          from: null,
        },
        ...words,
      ],
      effects: [
        {
          record: { system: "messenger", type: "direct-message", id: week.personEmail },
          field: "text",
          before: null,
          after: withNote(message, words),
        },
      ],
      amount: null,
      preconditions: [
        {
          record,
          revision: week.source.revision,
          asserted: [
            { field: "state", value: week.state },
            { field: "expectedMinutes", value: week.expectedMinutes },
            { field: "personEmail", value: week.personEmail },
          ],
        },
      ],
      projectId: week.projectId,
      projectLeadEmail,
      recipientInternal: true,
      evidence: [
        observe(week.source, "state", week.state),
        observe(week.source, "expectedMinutes", week.expectedMinutes),
        observe(week.source, "loggedMinutes", week.loggedMinutes),
        observe(week.source, "dueOn", week.dueOn),
        ...projectEvidence,
      ],
    };
  },

  // Keyed: nothing to search for, sending again with the key leaves one message.
  find: async () => null,
  async send(_, approved, { key, systems }) {
    await systems.messenger.sendToColleague({ key, ...messageOf(approved) });
  },
  async verify(_, approved, { key, systems }) {
    const { email, text } = messageOf(approved);
    const receipt = await systems.messenger.sendToColleague({ key, email, text });
    return matching(receipt, { email, text });
  },
});

const messageOf = (approved: Preview): { email: string; text: string } => ({
  email: approved.effects.find((effect) => effect.field === "text")?.record.id ?? "",
  text: approvedText(approved, "text"),
});

const hours = (minutes: number): string => String(Math.round(minutes / 6) / 10);

function reminder(week: TimesheetWeek, projectName: string | null): string {
  const project = projectName === null ? "your project" : `“${plainText(projectName, 80)}”`;
  const state = week.state === "rejected" ? "was sent back" : "is not submitted";
  return [
    `Hello ${plainText(week.personName, 80)}, your timesheet for ${project}, week of ${week.week}, ${state}.`,
    `Expected: ${hours(week.expectedMinutes)} h; logged: ${hours(week.loggedMinutes)} h; due ${week.dueOn}.`,
    "An invoice waits for it. Please submit it in the PSA, or tell your project lead what stands in the way.",
  ].join(" ");
}
