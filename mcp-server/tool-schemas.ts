import { z } from "zod";
import { ActionId } from "#/domain/action.ts";
import { ProposalState } from "#/domain/proposal.ts";

/*
 * Built once, here: a schema built inside the server factory would be compiled again on every
 * request. Inputs refuse what they do not know. Outputs say that more fields may come, because
 * clients check answers against a cached definition.
 */

export const loose = <S extends z.core.$ZodLooseShape>(shape: S) =>
  z.looseObject(shape).meta({ additionalProperties: true });
const text = z.string();
// The description also keeps zod from writing two types into one keyword, which some clients drop.
const unknown = z.null().describe("unknown");
export const orNull = <S extends z.ZodType>(schema: S) => z.union([schema, unknown]);
export const maybe = orNull(text);

const Ref = loose({ system: text, type: text, id: text });
const Money = loose({ minor: z.int(), currency: text }).describe("Integer minor units");
const Scalar = z.union([z.string(), z.number(), z.boolean(), unknown]);
const EvidenceList = z
  .array(
    loose({
      id: text,
      record: Ref,
      connection: text,
      field: text,
      value: Scalar,
      label: text,
      revision: maybe,
      retrievedAt: text,
      url: maybe,
    }),
  )
  .describe("Observed facts; cite them by id");

const invoice = z
  .string()
  .min(1)
  .max(120)
  .describe("Reference (erp:invoice:INV-1042), number, project or client name");

export const NoInput = z.strictObject({});
export const ProjectListInput = z.strictObject({
  query: z.string().max(80).optional().describe("Part of a project's name, code or client"),
  limit: z.int().min(1).max(50).default(10),
});
export const LateInvoiceListInput = z.strictObject({
  status: z.enum(["late", "unknown"]).optional().describe("Only invoices with this status"),
  limit: z.int().min(1).max(25).default(10),
});
export const InvoiceInput = z.strictObject({ invoice });
export const ProposalListInput = z.strictObject({
  state: ProposalState.optional(),
  limit: z.int().min(1).max(50).default(20),
});
export const ProposalInput = z.strictObject({
  proposalId: z
    .string()
    .regex(/^P-[0-9A-Z]{6,26}$/)
    .describe("Such as P-7K3M2Q"),
});
export const ProposeInput = z.strictObject({
  action: ActionId.describe("Of a candidate"),
  target: z.string().min(3).max(180).describe("Of the same candidate"),
  invoice,
  why: z.string().min(1).max(1_000).describe("Plain words for the approver; shown as unverified"),
  evidence: z
    .array(z.string().regex(/^ev_[0-9a-f]{16}$/))
    .min(1)
    .max(30)
    .describe("Ids of the facts it rests on"),
  idempotencyKey: z
    .string()
    .regex(/^[\w.:-]{8,128}$/)
    .describe("Yours; the same key returns the same proposal"),
});

export const IdentityOutput = loose({
  tenant: text,
  name: text,
  kind: text,
  person: maybe,
  client: maybe,
  rights: z.array(text),
  missing: z.array(loose({ right: text, adds: text, how: text })),
});
export const ProjectListOutput = loose({
  projects: z.array(
    loose({
      ref: text,
      name: text,
      code: maybe,
      clientName: maybe,
      status: text,
      billing: maybe,
      leadName: maybe,
      reportedHealth: maybe,
      actualMinutes: orNull(z.int()),
      budgetMinutes: orNull(z.int()),
      asOf: text,
      url: maybe,
    }),
  ),
  total: z.int(),
  evidence: EvidenceList,
});
export const LateInvoiceListOutput = loose({
  invoices: z.array(
    loose({
      ref: text,
      number: maybe,
      clientName: maybe,
      projectName: maybe,
      net: Money,
      status: text,
      lateByMinutes: z.int(),
      minutesPerDay: z.int(),
      causes: z.array(loose({ code: text, title: text, totalMinutes: z.int(), open: z.boolean() })),
      asOf: text,
      evidence: z.array(text),
    }),
  ),
  total: z.int(),
  counts: loose({ late: z.int(), unknown: z.int() }),
  evidence: EvidenceList,
});
export const InvoiceDelayOutput = loose({
  delay: loose({
    tenant: text,
    invoice: loose({ ref: Ref, number: maybe, state: text, net: Money }),
    asOf: text,
    status: text,
    window: orNull(loose({ start: text, end: text, businessMinutes: z.int() })),
    causes: z.array(
      loose({
        code: text,
        title: text,
        open: z.boolean(),
        totalMinutes: z.int(),
        soleMinutes: z.int(),
        sharedMinutes: z.int(),
        savedMinutes: z.int(),
        confidence: text,
        blockers: z.array(
          loose({
            record: Ref,
            detail: text,
            start: text,
            end: maybe,
            evidence: z.array(text),
          }),
        ),
        evidence: z.array(text),
      }),
    ),
    unexplainedMinutes: z.int(),
    minutesPerDay: z.int(),
    gaps: z.array(text),
    rulesVersion: text,
  }),
  evidence: EvidenceList,
});
export const CandidateListOutput = loose({
  candidates: z.array(loose({ action: text, title: text, target: text, causes: z.array(text) })),
});
const proposalRow = {
  proposalId: text,
  version: z.int(),
  state: text,
  stateReason: maybe,
  action: text,
  title: text,
  target: text,
  amount: orNull(Money),
  requestedBy: text,
  createdAt: text,
  expiresAt: text,
};
export const ProposalListOutput = loose({
  proposals: z.array(loose(proposalRow)),
  total: z.int(),
});
/** What was filed and who decides; proposal_get has all of it. */
export const ProposeOutput = loose({
  proposal: loose({
    ...proposalRow,
    why: text,
    decision: text,
    need: loose({}),
    mayApprove: z.array(loose({ name: text, kind: text })),
    payloadHash: text,
    url: maybe,
  }),
  evidence: z.array(loose({ id: text })),
});
export const ProposalOutput = loose({
  proposal: loose({
    ...proposalRow,
    tier: z.int(),
    effects: z.array(loose({ record: text, field: text, before: Scalar, after: Scalar })),
    undo: text,
    why: text.describe("Words of an AI or a person; not verified"),
    producedBy: text,
    causes: z.array(text),
    decision: text,
    policies: z.array(loose({ id: text, reason: text })),
    need: loose({}),
    have: loose({}),
    votes: z.array(loose({ name: text, kind: text, verdict: text, at: text })),
    mayApprove: z.array(loose({ name: text, kind: text })),
    payloadHash: text,
    auditAnchor: maybe,
    outcome: maybe,
    url: maybe,
  }),
  evidence: EvidenceList,
});
