import { randomUUID } from "node:crypto";
import { verifyAudit } from "#/db/audit.ts";
import { ProposalId } from "#/domain/ids.ts";
import type { Proposal } from "#/domain/proposal.ts";
import type { Running } from "#/main/run-everything.ts";
import { currentCode, sandboxSecret } from "#/main/second-factor.ts";
import { pause } from "./seeded.ts";

/** What the firm's people do through the product, and what can be asked about it. */
export type Order =
  | { do: "propose"; action: string; invoice: string; seconds?: number }
  | { do: "vote"; proposal: string }
  | { do: "settle"; proposal: string; seconds: number }
  | { do: "audit" }
  | { do: "stop" };

export type Settled = { state: string; reason: string | null; attempts: number };

export const ended: readonly string[] = [
  "done",
  "failed",
  "unknown",
  "superseded",
  "withdrawn",
  "expired",
  "rejected",
];

/** Carries orders out on a running product, by the same services that Slack and the terminal use. */
export const performer =
  (running: Running) =>
  async (order: Order): Promise<unknown> => {
    if (order.do === "propose") return propose(running, order);
    if (order.do === "vote") return vote(running, ProposalId.parse(order.proposal));
    if (order.do === "settle")
      return settle(running, ProposalId.parse(order.proposal), order.seconds);
    if (order.do === "audit") return audit(running);
    await running.stop();
    return "stopped";
  };

/** Raises the candidate of that kind for the invoice. The requester is no approver of it. */
export async function propose(
  { product }: Running,
  { action, invoice, seconds = 3600 }: { action: string; invoice: string; seconds?: number },
): Promise<{ id: string; target: string }> {
  const members = await product.store.members(product.config.TENANT);
  const requester = members.find(({ active, roles }) => active && roles.includes("Consultant"));
  if (!requester) throw new Error("the directory has no consultant");
  const who = product.services.principalOf(requester);
  const candidate = (await product.services.candidates(who, invoice)).find(
    (each) => each.action === action,
  );
  if (!candidate) throw new Error(`${action} is no candidate for ${invoice} now`);
  const { system, type, id } = candidate.target;
  const made = await product.proposeFor(
    who,
    {
      action,
      target: `${system}:${type}:${id}`,
      invoice,
      why: "Nothing else holds it back.",
      evidence: [],
      idempotencyKey: randomUUID(),
      producedBy: { mind: "a person", promptHash: null },
      thread: null,
    },
    seconds,
  );
  return { id: made.id, target: id };
}

/** Everybody who may approve does so, until it is decided. Nothing happens when it was before. */
export async function vote(running: Running, id: ProposalId): Promise<string[]> {
  const { product } = running;
  const { TENANT } = product.config;
  const { proposal, mayApprove } = await product.services.getProposal(
    await running.localPrincipal(),
    id,
  );
  if (proposal.state !== "waiting") return [proposal.state];
  const members = await product.store.members(TENANT);
  // Large money asks for a one-time code, and a code works once: only where it is needed.
  const large = (proposal.payload.amount?.minor ?? 0) > 2_500_000;
  const said: string[] = [];
  for (const { person } of mayApprove) {
    const email = members.find((member) => member.id === person)?.email ?? "";
    const outcome = await product.services.vote(TENANT, {
      proposal: id,
      version: proposal.version,
      nonce: proposal.nonce,
      shownHash: proposal.payloadHash,
      person,
      verdict: "approve",
      reason: null,
      channel: "terminal",
      secondFactor: large ? currentCode(sandboxSecret(email), Date.now()) : null,
    });
    said.push(
      outcome.result === "refused"
        ? `refused: ${outcome.reasons.map((each) => each.id).join(" ")}`
        : outcome.result,
    );
    if (outcome.result === "decided" || outcome.result === "closed") break;
  }
  return said;
}

/** Waits for the end of the run, without touching it. */
export async function settle(
  { product }: Running,
  id: ProposalId,
  seconds: number,
): Promise<Settled> {
  const until = Date.now() + seconds * 1000;
  for (;;) {
    const fact = await product.store.proposal(product.config.TENANT, id, null);
    if (!fact) throw new Error(`${id} is gone`);
    const { state, stateReason } = fact.proposal;
    // Waiting stays waiting: the vote did not get through before the kill, and its person knows.
    if (ended.includes(state) || state === "waiting" || Date.now() > until)
      return { state, reason: stateReason, attempts: await attemptsOf(product, fact.proposal) };
    await pause(50);
  }
}

/** How often the write was begun, by our own account. */
async function attemptsOf(
  { database }: Running["product"],
  { id, version }: Proposal,
): Promise<number> {
  const found = await database.pool.query<{ attempts: number }>(
    "select coalesce(sum(attempts), 0)::int as attempts from effect where proposal_id = $1 and version = $2",
    [id, version],
  );
  return found.rows[0]?.attempts ?? 0;
}

/** null when every hash of the chain holds. */
export async function audit({ product }: Running): Promise<{ lines: number; fault: unknown }> {
  const [verified] = await verifyAudit(product.database, product.config.TENANT);
  if (!verified || verified.lines === 0) throw new Error("there is no audit chain");
  return { lines: verified.lines, fault: verified.fault };
}
