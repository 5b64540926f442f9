import type { ActionId } from "#/domain/action.ts";
import type { PolicyReason } from "#/domain/decision.ts";
import type { PersonId, ProposalId, TenantId } from "#/domain/ids.ts";
import { BreakGlass } from "#/domain/stuck-run.ts";
import { appendAudit } from "./audit.ts";
import { useSecondFactorStep, type VoterRow, voterById } from "./member.ts";
import type { Tx } from "./open-database.ts";
import { randomId } from "./random-id.ts";

export type GlassRequestRow = {
  readonly action: ActionId;
  readonly incident: string;
  readonly reason: string;
  readonly person: PersonId;
  readonly obligations: readonly string[];
  readonly minutes: number;
};

export type GrantRow = {
  readonly id: string;
  readonly incident: string;
  readonly by: PersonId;
  readonly obligations: readonly string[];
};

type Judge = (
  voter: VoterRow | null,
) =>
  | { readonly kind: "refused"; readonly reasons: readonly PolicyReason[] }
  | { readonly kind: "granted"; readonly usedStep: number };

/** The grant, its obligations in the audit, and the code used up: together, before anything can run by it. */
export async function grantBreakGlass(
  tx: Tx,
  tenant: TenantId,
  { asked, judge }: { asked: GlassRequestRow; judge: Judge },
): Promise<
  { result: "granted"; grant: BreakGlass } | { result: "refused"; reasons: PolicyReason[] }
> {
  const { action, incident, reason, person, obligations, minutes } = asked;
  const actor = `person:${person}`;
  // One code, one grant: two requests with the same code take turns here.
  await tx.query("select pg_advisory_xact_lock(hashtextextended($1, 7302))", [
    `${tenant}:${person}`,
  ]);
  const judged = judge(await voterById(tx, person));
  if (judged.kind === "refused") {
    await appendAudit(tx, {
      kind: "break-glass.refused",
      actor,
      subject: `tenant:${tenant}`,
      detail: { action, incident, reasons: judged.reasons },
      personal: { reason },
    });
    return { result: "refused", reasons: [...judged.reasons] };
  }
  await useSecondFactorStep(tx, person, judged.usedStep);
  const id = randomId("B");
  const made = await tx.query<{ expires: Date }>(
    `insert into break_glass (tenant, id, action, incident, by, obligations, expires_at)
     values ($1, $2, $3, $4, $5, $6, clock_timestamp() + make_interval(mins => $7))
     returning expires_at as expires`,
    [tenant, id, action, incident, person, obligations, minutes],
  );
  const expiresAt = (made.rows[0]?.expires ?? new Date(0)).toISOString();
  await appendAudit(tx, {
    kind: "break-glass.granted",
    actor,
    subject: `tenant:${tenant}`,
    detail: { id, action, incident, obligations, expiresAt },
    personal: { reason },
  });
  return {
    result: "granted",
    grant: BreakGlass.parse({ id, action, incident, expiresAt, obligations }),
  };
}

/** An unused grant for the action, by the database clock; locked, so that one run uses it. */
export async function grantInForce(tx: Tx, action: string): Promise<GrantRow | null> {
  const found = await tx.query<GrantRow>(
    `select g.id, g.incident, g.by, g.obligations from break_glass g
      join member m on m.tenant = g.tenant and m.id = g.by
      where g.action = $1 and g.used_at is null and g.expires_at > clock_timestamp()
        and m.active and 'Administrator' = any(m.roles)
      order by g.made_at limit 1 for update of g`,
    [action],
  );
  return found.rows[0] ?? null;
}

export const useGrant = (
  tx: Tx,
  id: string,
  by: { id: ProposalId; version: number },
): Promise<unknown> =>
  tx.query(
    `update break_glass set used_at = clock_timestamp(), proposal_id = $2, version = $3
      where id = $1 and used_at is null`,
    [id, by.id, by.version],
  );
