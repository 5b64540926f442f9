import { parseAnchor } from "#/domain/audit-anchor.ts";
import { type ExceptionId, PersonId, type ProposalId, TenantId } from "#/domain/ids.ts";
import type { Thread } from "#/domain/proposal.ts";
import { appendAudit } from "./audit.ts";
import { saveAnchor } from "./audit-lines.ts";
import { inTenant } from "./in-tenant.ts";
import * as members from "./member.ts";
import type { Database, Tx } from "./open-database.ts";
import * as outbox from "./outbox.ts";
import { subjectOf } from "./proposal-read.ts";
import { listTenants } from "./tenant.ts";

/** The sending end of the outbox, over every tenant or one, each in a transaction of its own. */
export function createOutboxDoor(database: Database) {
  const within = <T>(tenant: string, work: Parameters<typeof inTenant<T>>[2]): Promise<T> =>
    inTenant(database, TenantId.parse(tenant), work);
  return {
    claim: async (limit: number, only?: TenantId): Promise<outbox.Claimed[]> => {
      const claimed: outbox.Claimed[] = [];
      for (const { id } of await listTenants(database))
        if (claimed.length < limit && (only === undefined || id === only))
          claimed.push(
            ...(await within(id, (tx) => outbox.claimOutbox(tx, limit - claimed.length))),
          );
      return claimed;
    },
    sent: (
      { tenant, id, item }: outbox.Claimed,
      at: Thread | null,
      anchor: string | null,
    ): Promise<void> =>
      within(tenant, async (tx) => {
        await outbox.outboxSent(tx, id, at);
        if (at && anchor) await noteAnchor(tx, tenant, { at, anchor });
        if ((item.kind === "exception-notice" || item.kind === "case-notice") && at)
          await tx.query(
            "update exception_case set thread_channel = $2, thread_ts = $3 where id = $1",
            [item["exception"], at.channel, at.ts],
          );
        if (item.kind === "proposal-card" && at)
          await appendAudit(tx, {
            kind: "card.shown",
            actor: "system:chat",
            subject: subjectOf(String(item["proposal"]), Number(item["version"])),
            detail: { person: item["person"], channel: at.channel, ts: at.ts, anchor },
          });
      }),
    /** A message that was already sent now shows another line of the audit. */
    shown: (tenant: TenantId, at: Thread, anchor: string): Promise<void> =>
      within(tenant, (tx) => noteAnchor(tx, tenant, { at, anchor })),
    retryLater: ({ tenant, id }: outbox.Claimed, why: string, afterSeconds: number) =>
      within(tenant, (tx) => outbox.outboxRetry(tx, id, { why, seconds: afterSeconds })),
    unknown: ({ tenant, id }: outbox.Claimed, why: string) =>
      within(tenant, (tx) => outbox.outboxUnknown(tx, id, why)),
    cards: (tenant: TenantId, proposal: ProposalId, version: number) =>
      within(tenant, async (tx) =>
        (await outbox.cardsOf(tx, proposal, version)).map(({ person, at }) => ({
          person: PersonId.parse(person),
          at,
        })),
      ),
    exceptionThread: (tenant: TenantId, exception: ExceptionId): Promise<Thread | null> =>
      within(tenant, async (tx) => {
        const found = await tx.query<{ channel: string | null; ts: string | null }>(
          "select thread_channel as channel, thread_ts as ts from exception_case where id = $1",
          [exception],
        );
        const row = found.rows[0];
        return row?.channel && row.ts ? { channel: row.channel, ts: row.ts } : null;
      }),
    colleague: (tenant: TenantId, who: { person: string } | { email: string }) =>
      within(tenant, async (tx) => {
        const member =
          "person" in who
            ? await members.voterById(tx, who.person)
            : await members.memberByEmail(tx, who.email);
        if (!member?.active) return null;
        const { id, name, email, roles, active } = member;
        return {
          member: { tenant, id, name, email, roles, active },
          account: await members.slackAccountOf(tx, id),
        };
      }),
    /** Queues a message to a colleague; once per key. Answers with its place in the outbox. */
    directMessage: (
      tenant: TenantId,
      message: { key: string; email: string; text: string },
    ): Promise<number> =>
      within(tenant, async (tx) => {
        await outbox.enqueueOutbox(tx, tenant, {
          key: `direct-message:${message.key}`,
          item: { kind: "direct-message", email: message.email, text: message.text },
        });
        return outbox.outboxIdOf(tx, `direct-message:${message.key}`);
      }),
  };
}

async function noteAnchor(
  tx: Tx,
  tenant: TenantId,
  { at, anchor }: { at: Thread; anchor: string },
): Promise<void> {
  const parsed = parseAnchor(anchor);
  if (parsed) await saveAnchor(tx, tenant, { ...parsed, ...at });
}
