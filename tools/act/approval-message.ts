import { plainText } from "#/domain/plain-text.ts";
import type { Argument } from "#/domain/proposal.ts";
import type { Action, Preview, PreviewNeeds } from "./define-action.ts";
import { approvedText, matching, projectPart } from "./draft-effect.ts";
import { isPlainName } from "./plain-name.ts";
import {
  asserted,
  fromSource,
  needed,
  type Refuse,
  readOne,
  type SourceRecord,
  seen,
} from "./source-record.ts";
import { noteArgument, refOf, type TargetArgs, withNote } from "./target-args.ts";

/** A request that still waits, and the colleague on whose desk it lies. Throws the refusal. */
export async function waitingApproval(
  { target }: TargetArgs,
  { records }: PreviewNeeds,
  refuse: Refuse,
) {
  const reader = needed(records, refuse);
  const approval = await readOne(reader, "approval", { id: target.id, refuse });
  const { state, approverId } = approval.fields;
  if (state !== "pending") throw refuse(`the request is ${state}`);
  if (approverId === null) throw refuse("the request lies with a queue, not with a person");
  const approver = await readOne(reader, "person", { id: approverId, refuse });
  if (!approver.fields.active) throw refuse("the approver has left");
  return { reader, approval, approver };
}

const kinds: Readonly<Record<string, string>> = {
  timesheet: "time",
  invoice: "an invoice",
  change_order: "a change order",
  expense: "an expense",
  purchase: "a purchase",
  discount: "a discount",
};

/** An internal message to one colleague about a request that waits, in words by code. */
export async function approvalMessage(
  {
    approval,
    to,
    opening,
    note,
  }: {
    readonly approval: SourceRecord<"approval">;
    readonly to: SourceRecord<"person">;
    /** Who is spoken to and of whom, before the request is named. */
    readonly opening: string;
    readonly note: string | null;
  },
  { look }: PreviewNeeds,
): Promise<Preview> {
  const { kind, subjectId, requestedAt, projectId } = approval.fields;
  const project = projectId === null ? null : await look.psa.getProject(projectId);
  const { projectEvidence, ...part } = projectPart(project);
  const of = project === null ? "" : ` of “${plainText(project.name, 80)}”`;
  const message = `${opening}: ${kinds[kind] ?? "a request"}${of} (${plainText(subjectId, 60)}), asked for on ${requestedAt.slice(0, 10)}, waits for a decision in the PSA.`;
  const words = noteArgument(note);
  // It may be sent with nobody looking, so a name must be no more than a name; else a person looks.
  const onlyNames = [to.fields.name, project?.name ?? "", subjectId].every(isPlainName);
  const record = refOf(approval.source);
  const text: Argument = {
    name: "message",
    sink: "text",
    label: onlyNames ? "DERIVED" : "TEXT",
    value: message,
    from: null,
  };
  return {
    target: record,
    title: `Tell ${plainText(to.fields.name, 80)} that ${kinds[kind] ?? "a request"}${of} waits`,
    arguments: [
      fromSource(approval, { name: "request", sink: "choice", field: "id" }),
      fromSource(to, { name: "recipient", sink: "recipient", field: "email" }),
      text,
      ...words,
    ],
    effects: [
      {
        record: { system: "messenger", type: "direct-message", id: to.fields.email },
        field: "text",
        before: null,
        after: withNote(message, words),
      },
    ],
    amount: null,
    preconditions: [
      asserted(approval, "version", "state", "approverId"),
      asserted(to, "fields", "email", "active"),
    ],
    ...part,
    recipientInternal: true,
    evidence: [...seen(approval, "state", "requestedAt", "approverId"), ...projectEvidence],
  };
}

/** Keyed: nothing to search for, sending again with the key leaves one message. */
export const messageSteps: Pick<Action<TargetArgs>, "find" | "send" | "verify"> = {
  find: async () => null,
  async send(_, approved, { key, systems }) {
    await systems.messenger.sendToColleague({ key, ...messageOf(approved) });
  },
  async verify(_, approved, { key, systems }) {
    const message = messageOf(approved);
    return matching(await systems.messenger.sendToColleague({ key, ...message }), message);
  },
};

const messageOf = (approved: Preview): { email: string; text: string } => ({
  email: approved.effects.find(({ field }) => field === "text")?.record.id ?? "",
  text: approvedText(approved, "text"),
});
