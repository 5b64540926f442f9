import { isCountersignError } from "#/domain/errors.ts";
import type { Evidence } from "#/domain/evidence.ts";
import type { Finding } from "#/domain/finding.ts";
import type { ExceptionId, ProposalId, TenantId } from "#/domain/ids.ts";
import type { Principal } from "#/domain/member.ts";
import { formatRef, type SystemKind } from "#/domain/record.ts";
import { type FileNeeds, fileProposal, type ProposeNeeds } from "../propose-remediation.ts";
import type { Candidate } from "../services.ts";
import type { Store, Tenant } from "../store.ts";
import type { CaseStore } from "./case-store.ts";

export type CaseProposalNeeds = FileNeeds & {
  readonly store: FileNeeds["store"] & Pick<Store, "tenant" | "proposals">;
  readonly cases: Pick<CaseStore, "caseById">;
  /** Best first. `beside`: a part of the same answer, filed whatever becomes of the best. */
  readonly candidatesFor: (
    finding: Finding,
  ) => readonly (Candidate & { readonly beside: boolean })[];
  readonly preview: ProposeNeeds["preview"];
  /** Systems that nobody has read for too long. */
  readonly stale: (tenant: TenantId) => Promise<readonly SystemKind[]>;
};

export type Filed = { readonly action: string; readonly id: ProposalId; readonly created: boolean };

/** A note is for reading; from here on something should be done. */
const leastSeverity: Finding["severity"] = 2;
/** So many that code has filed may wait at once: beyond, people would only click them away. */
const mostWaiting = 20;
/** Who wrote the words. */
const producedBy = { mind: "detectors", promptHash: null };

/**
 * Files what answers an open case of a detector, without anybody asking: its best candidate that its
 * source still allows, and what belongs beside it. Code chooses and code words it; policy and people decide
 * as they do for everybody. Nothing on stale facts, for a closed case or for a mere note. Done again it
 * files nothing more.
 */
export async function proposeForCase(
  tenantId: TenantId,
  id: ExceptionId,
  needs: CaseProposalNeeds,
): Promise<readonly Filed[]> {
  const found = await needs.cases.caseById(tenantId, id);
  if (found?.state !== "open" || found.finding.severity < leastSeverity) return [];
  const { finding } = found;
  const stale = new Set<string>(await needs.stale(tenantId));
  if ([finding.subject, ...finding.evidence.map(({ record }) => record)].some(isOf(stale)))
    return [];
  const waiting = await needs.store.proposals(tenantId, { state: "waiting" });
  if (waiting.filter((each) => each.producedBy.mind === producedBy.mind).length >= mostWaiting)
    return [];
  const tenant = await needs.store.tenant(tenantId);
  const filed: Filed[] = [];
  let answered = false;
  for (const candidate of needs.candidatesFor(finding)) {
    // To watch is for people to choose: filed by itself it would be noise about noise.
    if (candidate.action === "R38" || (answered && !candidate.beside)) continue;
    const made = await fileCandidate(tenant, { id, finding, candidate }, needs);
    if (!made) continue;
    filed.push(made);
    answered ||= !candidate.beside;
  }
  return filed;
}

const isOf =
  (stale: ReadonlySet<string>) =>
  ({ system }: { readonly system: string }): boolean =>
    stale.has(system);

type Wanted = {
  readonly id: ExceptionId;
  readonly finding: Finding;
  readonly candidate: Candidate;
};

/** null: the source or policy says that it makes no sense now. Everything else is thrown. */
async function fileCandidate(
  tenant: Tenant,
  { id, finding, candidate }: Wanted,
  needs: CaseProposalNeeds,
): Promise<Filed | null> {
  const { action, target, causes } = candidate;
  try {
    const { payload, evidence } = await needs.preview({ tenant, action, target, note: null });
    const made = await fileProposal(
      monitorOf(tenant.id),
      {
        tenant,
        payload,
        exceptionId: id,
        causes,
        evidence: once([...finding.evidence, ...evidence]),
        why: whyOf(finding),
        producedBy,
        thread: null,
        key: `case:${id}:${action}:${formatRef(target)}`,
        about: { case: id },
      },
      needs,
    );
    return { action, id: made.id, created: made.created };
  } catch (error) {
    if (isCountersignError(error) && makesNoSense.includes(error.code)) return null;
    throw error;
  }
}

const makesNoSense: readonly string[] = [
  "PRECONDITION_FAILED",
  "POLICY_DENIES",
  "INVALID_ARGUMENTS",
];

/** Nobody's hand: it proposes, and can never vote. */
const monitorOf = (tenant: TenantId): Principal => ({
  tenant,
  person: null,
  name: "monitor",
  kind: "agent",
  capabilities: new Set(["read", "propose"]),
});

const once = (evidence: readonly Evidence[]): Evidence[] => [
  ...new Map(evidence.map((each) => [each.id, each])).values(),
];

/** The finding's own sentences. */
const whyOf = ({ title, causes }: Finding): string =>
  [`${title}.`, ...causes.filter(({ open }) => open).map(({ detail }) => detail)].join(" ");
