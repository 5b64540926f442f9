import { ActionId } from "#/domain/action.ts";
import type { InvoiceDelay } from "#/domain/assessment.ts";
import { contentHash } from "#/domain/canonical-json.ts";
import type { Decision } from "#/domain/decision.ts";
import { CountersignError } from "#/domain/errors.ts";
import type { Evidence } from "#/domain/evidence.ts";
import {
  EvidenceId,
  type ExceptionId,
  type PersonId,
  ProposalId,
  type TenantId,
} from "#/domain/ids.ts";
import type { Member, Principal } from "#/domain/member.ts";
import { plainText } from "#/domain/plain-text.ts";
import type { Payload, Requester } from "#/domain/proposal.ts";
import { formatRef, parseRef, type RecordRef, type SystemKind } from "#/domain/record.ts";
import { whoMayApprove } from "#/policies/who-may-approve.ts";
import { askedFirst } from "#/policies/who-to-ask.ts";
import type { Start } from "./durable.ts";
import { type ExplainNeeds, explainInvoice, findInvoice } from "./explain-invoice.ts";
import { isOutOfDate, readingText } from "./operations/sources.ts";
import type { SourceState } from "./operations-services.ts";
import {
  decide,
  type FirmPolicy,
  type Judged,
  needOf,
  noApprovals,
  onRecord,
  proposalFacts,
} from "./policy-facts.ts";
import type { Candidate, ProposeRequest } from "./services.ts";
import type { Store, Tenant } from "./store.ts";

export type ProposeNeeds = ExplainNeeds & {
  readonly store: Pick<
    Store,
    | "tenant"
    | "members"
    | "openExceptions"
    | "submitProposal"
    | "recordDenial"
    | "evidence"
    | "sentLast24h"
    | "delegations"
  >;
  readonly policy: (tenant: TenantId) => FirmPolicy;
  readonly start: Pick<Start, "carryOut" | "expireLater">;
  readonly candidates: (delay: InvoiceDelay) => readonly Candidate[];
  /** The exact change, read from the systems of record just now. */
  readonly preview: (request: {
    tenant: Tenant;
    action: ActionId;
    target: RecordRef;
    note: string | null;
  }) => Promise<{ payload: Payload; evidence: readonly Evidence[] }>;
  readonly secondsToLive: number;
  /** How fresh the firm's picture is; null: there is none, and everything is read on the spot. */
  readonly sources?: ((tenant: Tenant) => Promise<readonly SourceState[]>) | null;
};

/**
 * From a wish to a proposal that waits for its people, or runs at once where policy allows that.
 * Throws UNKNOWN_ACTION, SOURCE_STALE, NOT_A_CANDIDATE, UNKNOWN_EVIDENCE, PRECONDITION_FAILED, POLICY_DENIES,
 * CONFLICTING_KEY. Nothing is written to any system of record here.
 */
export async function proposeRemediation(
  who: Principal,
  request: ProposeRequest,
  needs: ProposeNeeds,
): Promise<{ id: ProposalId; version: number; created: boolean }> {
  if (!who.capabilities.has("propose"))
    throw new CountersignError("FORBIDDEN", { who: who.name, what: "propose", needed: "propose" });
  const action = ActionId.safeParse(request.action);
  if (!action.success)
    throw new CountersignError("UNKNOWN_ACTION", {
      action: request.action.slice(0, 40),
      known: ActionId.options.join(", "),
    });
  const tenant = await needs.store.tenant(who.tenant);
  await refuseStale(tenant, needs);
  const invoice = await findInvoice(needs.reads(tenant), request.invoice);
  const delay = await explainInvoice(tenant, invoice, needs);
  const candidate = pickCandidate(action.data, request.target, needs.candidates(delay));
  const { payload, evidence } = await needs.preview({
    tenant,
    action: action.data,
    target: candidate.target,
    note: null,
  });
  const cited = await citedEvidence(tenant, { request, delay, preview: evidence }, needs);
  const exception = (await needs.store.openExceptions(who.tenant)).find(
    (each) => formatRef(each.subject) === formatRef(invoice.source),
  );
  return fileProposal(
    who,
    {
      tenant,
      payload,
      exceptionId: exception?.id ?? null,
      causes: candidate.causes,
      evidence: cited,
      why: request.why,
      producedBy: request.producedBy,
      thread: request.thread,
      key: request.idempotencyKey,
      about: { invoice: formatRef(invoice.source) },
    },
    needs,
  );
}

/** What holds an invoice back lies in these. */
const neededForInvoices: readonly SystemKind[] = ["erp", "psa", "crm"];

/** What nobody has heard of for too long may hide what a proposal must not pass over. */
async function refuseStale(tenant: Tenant, { sources }: ProposeNeeds): Promise<void> {
  const stale = ((await sources?.(tenant)) ?? [])
    .filter(({ system }) => neededForInvoices.includes(system))
    .filter(isOutOfDate);
  if (stale.length > 0)
    throw new CountersignError("SOURCE_STALE", { sources: stale.map(readingText).join("; ") });
}

export type FileNeeds = Pick<ProposeNeeds, "policy" | "start" | "now" | "secondsToLive"> & {
  readonly store: Pick<
    Store,
    "members" | "submitProposal" | "recordDenial" | "sentLast24h" | "delegations"
  >;
};

/** What was previewed and is worth asking for. */
export type Filing = {
  readonly tenant: Tenant;
  readonly payload: Payload;
  readonly exceptionId: ExceptionId | null;
  readonly causes: readonly string[];
  readonly evidence: readonly Evidence[];
  readonly why: string;
  readonly producedBy: ProposeRequest["producedBy"];
  readonly thread: ProposeRequest["thread"];
  /** Same key, same proposal; same key with another request is an error. */
  readonly key: string;
  /** What the request is about beside action and target: a part of what the key stands for. */
  readonly about: Readonly<Record<string, string>>;
};

/** Asks policy and writes the proposal, or records the denial. Throws POLICY_DENIES, CONFLICTING_KEY. */
export async function fileProposal(
  who: Principal,
  { tenant, payload, key, about, why, ...filing }: Filing,
  needs: FileNeeds,
): Promise<{ id: ProposalId; version: number; created: boolean }> {
  const requestedBy: Requester = {
    kind: who.kind,
    person: who.person,
    name: who.name,
  };
  const judged: Judged = {
    // Not yet a row; policy only needs an id of the right shape.
    id: ProposalId.parse("P-000000"),
    version: 1,
    payload,
    requestedBy,
    expiresAt: new Date(Date.parse(needs.now()) + needs.secondsToLive * 1000).toISOString(),
  };
  const { policy, decided } = onRecord(needs.policy(tenant.id));
  const decision = decide(policy, judged, {
    tenant,
    approvals: noApprovals,
    now: needs.now(),
    // As it is now, so that a rule about the rate asks for its vote before, not after.
    sentLast24h: await needs.store.sentLast24h(tenant.id, payload),
  });
  if (decision.effect === "deny") {
    await needs.store.recordDenial(payload, requestedBy, decision, decided());
    throw new CountersignError("POLICY_DENIES", {
      reasons: decision.policies.map((each) => `${each.reason} (${each.id})`).join("; "),
    });
  }
  return needs.store.submitProposal(
    {
      ...filing,
      payload,
      why: plainText(why, 2000),
      requestedBy,
      decision,
      decided: decided(),
      secondsToLive: needs.secondsToLive,
      approvers: await approversOf(judged, { decision, policy, now: needs.now() }, needs),
      key: {
        requester: who.person ? `person:${who.person}` : `agent:${who.name}`,
        key,
        requestHash: contentHash({
          action: payload.action,
          target: formatRef(payload.target),
          ...about,
        }),
      },
    },
    (id, version) => async (transaction) => {
      await needs.start.expireLater(
        { tenant: who.tenant, id, version },
        needs.secondsToLive,
      )(transaction);
      if (decision.effect === "allow")
        await needs.start.carryOut(who.tenant, id, version)(transaction);
    },
  );
}

function pickCandidate(
  action: ActionId,
  target: string,
  candidates: readonly Candidate[],
): Candidate {
  const wanted = parseRef(target);
  const found = wanted
    ? candidates.find(
        (each) => each.action === action && formatRef(each.target) === formatRef(wanted),
      )
    : undefined;
  if (!found)
    throw new CountersignError("NOT_A_CANDIDATE", {
      action,
      target: target.slice(0, 120),
      candidates:
        candidates.map((each) => `${each.action} on ${formatRef(each.target)}`).join(", ") ||
        "none",
    });
  return found;
}

/** Everything named must exist, and the case's own facts always come along (corroboration). */
async function citedEvidence(
  tenant: Tenant,
  {
    request,
    delay,
    preview,
  }: { request: ProposeRequest; delay: InvoiceDelay; preview: readonly Evidence[] },
  needs: ProposeNeeds,
): Promise<Evidence[]> {
  const known = new Map([...delay.evidence, ...preview].map((each) => [each.id, each]));
  const missing = request.evidence.filter((id) => !known.has(id as EvidenceId));
  const ids = missing.flatMap((id) => EvidenceId.safeParse(id).data ?? []);
  for (const each of await needs.store.evidence(tenant.id, ids)) known.set(each.id, each);
  const unknown = request.evidence.filter((id) => !known.has(id as EvidenceId));
  if (unknown.length > 0)
    throw new CountersignError("UNKNOWN_EVIDENCE", { evidence: unknown.join(", ").slice(0, 200) });
  const cited = request.evidence.flatMap((id) => known.get(id as EvidenceId) ?? []);
  return [...new Map([...cited, ...preview].map((each) => [each.id, each])).values()];
}

/** Who gets a card. */
export async function approversOf(
  judged: Judged,
  { decision, policy, now }: { decision: Decision; policy: FirmPolicy; now: string },
  needs: { readonly store: Pick<Store, "members" | "delegations"> },
): Promise<PersonId[]> {
  if (decision.effect !== "require") return [];
  const members: Member[] = await needs.store.members(judged.payload.tenant);
  const able = whoMayApprove(policy, {
    proposal: proposalFacts(policy, judged),
    need: needOf(decision),
    members,
    delegations: await needs.store.delegations(judged.payload.tenant),
    now,
    expiresAt: judged.expiresAt,
  });
  return askedFirst({
    matrix: policy.authority,
    able,
    need: needOf(decision),
    group: judged.payload.group,
    members,
  });
}
