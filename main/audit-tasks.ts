import { z } from "zod";
import { verifyAudit } from "#/db/audit.ts";
import { auditLinesAbout, erasePersonal, listAnchors, openingsOf } from "#/db/audit-lines.ts";
import { evidenceByIds } from "#/db/evidence.ts";
import { inTenant } from "#/db/in-tenant.ts";
import type { Tx } from "#/db/open-database.ts";
import { CivilDate, ProposalId } from "#/domain/ids.ts";
import type { Principal } from "#/domain/member.ts";
import type { Product } from "./compose.ts";
import type { DeskTasks } from "./local-desk.ts";
import { argumentsOf } from "./task-arguments.ts";

const Erase = z.union([
  z.object({ containing: z.string().min(3, "give at least three characters").max(400) }),
  z.object({ before: CivilDate }),
]);

/** What the audit commands of a terminal ask for. */
export function auditTasks(product: Product, principal: () => Promise<Principal>): DeskTasks {
  const tenant = product.config.TENANT;
  const within = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
    inTenant(product.database, tenant, work);
  const actor = async (): Promise<string> => `person:${(await principal()).person ?? "unknown"}`;
  return {
    "audit-verify": async () => {
      await product.checkpoints.intact(tenant);
      return {
        chains: await verifyAudit(product.database, tenant),
        problem: product.checkpoints.problem(),
      };
    },
    "audit-export": async () => product.store.auditTail(tenant, 1_000_000),
    "audit-openings": () => within((tx) => openingsOf(tx, null)),
    "audit-anchors": () => within(listAnchors),
    "audit-show": (argument) => {
      const { proposal } = argumentsOf(z.object({ proposal: ProposalId }), argument);
      return within(async (tx) => {
        const events = await auditLinesAbout(tx, `proposal:${proposal}`);
        const cited = events.flatMap(({ body }) => Cited.catch([]).parse(JSON.parse(body)));
        return {
          events,
          openings: await openingsOf(
            tx,
            events.map(({ seq }) => seq),
          ),
          evidence: await evidenceByIds(tx, cited),
        };
      });
    },
    "audit-erase": async (argument) => {
      const what = argumentsOf(Erase, argument);
      const by = await actor();
      const why = "before" in what ? "retention" : "request";
      return within((tx) => erasePersonal(tx, { by, why, what }));
    },
    "audit-reconcile": async (argument) => {
      const { reason } = argumentsOf(
        z.object({ reason: z.string().min(1).max(500, "say it in at most 500 characters") }),
        argument,
      );
      return product.checkpoints.reconcile(tenant, { by: await actor(), reason });
    },
  };
}

const Cited = z
  .object({ detail: z.object({ evidence: z.array(z.string()) }) })
  .transform(({ detail }) => detail.evidence);
