import { z } from "zod";
import { ActionId } from "#/domain/action.ts";
import { InvoiceDelay } from "#/domain/assessment.ts";
import { Evidence } from "#/domain/evidence.ts";
import { EvidenceId, Instant, ProposalId } from "#/domain/ids.ts";
import { Money } from "#/domain/money.ts";
import { ProposalState } from "#/domain/proposal.ts";
import {
  ChangeOrder,
  Client,
  formatRef,
  Invoice,
  Milestone,
  Opportunity,
  Project,
  parseRef,
  RecordRef,
  TimesheetWeek,
} from "#/domain/record.ts";
import { pictureShapes } from "./picture-shapes.ts";

/*
 * What the tools answer, as far as we rely on it. Parsed at the door: an answer of another shape is
 * refused whole, never half used.
 */

const text = z.string();
const maybe = z.string().nullable();
const named = z.object({ evidence: z.array(Evidence).default([]) });

/** A record named as an object or as `erp:invoice:INV-7`. */
const Ref = z.union([RecordRef, z.string()]).transform((value, context): RecordRef => {
  const ref = typeof value === "string" ? parseRef(value) : value;
  if (ref) return ref;
  context.addIssue({ code: "custom", message: "not a record reference" });
  return z.NEVER;
});

export const LateInvoice = z.looseObject({
  ref: Ref,
  number: maybe,
  clientName: maybe,
  projectName: maybe,
  net: Money,
  status: z.enum(["late", "on-time", "unknown"]),
  lateByMinutes: z.int().nonnegative(),
  minutesPerDay: z.int().positive(),
  causes: z.array(z.object({ code: text, title: text, totalMinutes: z.int(), open: z.boolean() })),
});
export type LateInvoice = z.infer<typeof LateInvoice>;

export const Candidate = z.object({
  action: ActionId,
  title: text,
  target: Ref,
  causes: z.array(text),
});
export type Candidate = z.infer<typeof Candidate>;

/** How a candidate is named between us and a mind: the action and its target. */
export const candidateKey = (candidate: Pick<Candidate, "action" | "target">): string =>
  `${candidate.action} ${formatRef(candidate.target)}`;

const RefText = z.union([RecordRef, z.string().transform((value) => parseRef(value))]);
const proposalFields = {
  id: ProposalId.optional(),
  proposalId: ProposalId.optional(),
  version: z.int().positive(),
  state: ProposalState,
  stateReason: maybe.optional(),
  title: text.optional(),
  action: ActionId.optional(),
  target: RefText.optional(),
  payload: z.looseObject({ action: ActionId, target: RecordRef, title: text }).optional(),
  /** Ids, or whole facts when the row is the answer itself. */
  evidence: z.array(z.unknown()).optional(),
  expiresAt: Instant.optional(),
};

/** A whole proposal or a summary of one, in one form. */
const ProposalRow = z.looseObject(proposalFields).transform((row, context) => {
  const id = row.id ?? row.proposalId;
  if (id === undefined) {
    context.addIssue({ code: "custom", message: "no proposal id" });
    return z.NEVER;
  }
  return {
    id,
    version: row.version,
    state: row.state,
    stateReason: row.stateReason ?? null,
    title: row.payload?.title ?? row.title ?? null,
    action: row.payload?.action ?? row.action ?? null,
    target: row.payload?.target ?? row.target ?? null,
    evidence: (row.evidence ?? []).flatMap((each) => EvidenceId.safeParse(each).data ?? []),
    expiresAt: row.expiresAt ?? null,
  };
});
export type ProposalRow = z.infer<typeof ProposalRow>;

/** A list tool answers with one list beside the evidence, whatever it calls it. */
const list = <T extends z.ZodType>(item: T) =>
  named.loose().transform((answer, context): z.output<T>[] => {
    const lists = Object.entries(answer).filter(
      ([key, value]) => key !== "evidence" && Array.isArray(value),
    );
    const parsed = z.array(item).safeParse(lists.length === 1 ? lists[0]?.[1] : null);
    if (parsed.success) return parsed.data;
    context.addIssue({ code: "custom", message: "not one list of the expected records" });
    return z.NEVER;
  });

/** A get tool answers with one such object beside the evidence, or is that object itself. */
const one = <T extends z.ZodType>(item: T) =>
  named.loose().transform((answer, context): z.output<T> => {
    const inside = Object.entries(answer).flatMap(([key, value]) =>
      key !== "evidence" && isObject(value) ? [value] : [],
    );
    const fitting = [...inside, answer].flatMap((value) => {
      const parsed = item.safeParse(value);
      return parsed.success ? [parsed.data] : [];
    });
    if (fitting.length === 1) return fitting[0] as z.output<T>;
    context.addIssue({ code: "custom", message: "not one object of the expected kind" });
    return z.NEVER;
  });

/** The delay with its facts inside, whether they came inside or beside it. */
const Delay = named.loose().transform((answer, context): InvoiceDelay => {
  const parsed = InvoiceDelay.safeParse({
    evidence: answer.evidence,
    ...(isObject(answer["delay"]) ? answer["delay"] : answer),
  });
  if (parsed.success) return parsed.data;
  context.addIssue({ code: "custom", message: "not an explained delay" });
  return z.NEVER;
});

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The only tools a mind can ever be given, with what each answers. A tool that is not here is not offered. */
export const toolShapes = {
  project_list: list(Project),
  project_get: one(Project),
  milestone_list: list(Milestone),
  timesheet_week_list: list(TimesheetWeek),
  client_list: list(Client),
  opportunity_list: list(Opportunity),
  change_order_list: list(ChangeOrder),
  invoice_list: list(Invoice),
  invoice_get: one(Invoice),
  late_invoice_list: list(LateInvoice),
  invoice_delay_explain: Delay,
  remediation_candidate_list: list(Candidate),
  proposal_list: list(ProposalRow),
  proposal_get: one(ProposalRow),
  remediation_propose: one(ProposalRow),
  ...pictureShapes,
} as const satisfies Record<string, z.ZodType>;

export type ToolName = keyof typeof toolShapes;
export type ToolAnswer<N extends ToolName> = z.output<(typeof toolShapes)[N]>;

export const isToolName = (name: string): name is ToolName => Object.hasOwn(toolShapes, name);

/** The evidence beside an answer; none when it brings none; null when it is not of the known shape. */
export const evidenceOf = (structured: unknown): Evidence[] | null =>
  named.loose().safeParse(structured).data?.evidence ?? null;

/** Where a list goes on; null at its end. */
export const nextCursorOf = (structured: unknown): string | null =>
  z.looseObject({ nextCursor: z.string().nullable() }).safeParse(structured).data?.nextCursor ??
  null;
