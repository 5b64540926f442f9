import { createHash } from "node:crypto";
import type { AuditEvent } from "./audit-event.ts";

/** Where a chain stops being believable, and why. */
export type ChainFault = { readonly seq: number; readonly problem: string };

export const genesisHash = (tenant: string): string =>
  createHash("sha256").update(`genesis:${tenant}`, "utf8").digest("hex");

/** The hash a line must have, given the one before it. Bytes as stored; nothing is re-serialised. */
export const chainHash = (event: Omit<AuditEvent, "hash">): string =>
  createHash("sha256")
    .update(Buffer.from([0]))
    .update(Buffer.from(event.prev, "hex"))
    .update(`${event.tenant.length}:${event.tenant}|${event.seq}|${event.at}|${event.body}`, "utf8")
    .digest("hex");

/**
 * Reads one tenant's chain from its first line. Returns the first fault, or null.
 * `head` is what the database says is the newest line; a chain that ends elsewhere was cut.
 */
export function verifyChain(
  tenant: string,
  events: Iterable<AuditEvent>,
  head: { seq: number; hash: string } | null,
): ChainFault | null {
  let expected = 1;
  let previous = genesisHash(tenant);
  for (const event of events) {
    const fault = faultOf(event, tenant, expected, previous);
    if (fault) return { seq: event.seq, problem: fault };
    expected += 1;
    previous = event.hash;
  }
  const last = expected - 1;
  if (head && (head.seq !== last || (last > 0 && head.hash !== previous)))
    return { seq: last, problem: `the chain ends at ${last}, but its head says ${head.seq}` };
  if (!head && last > 0) return { seq: last, problem: "the chain has lines but no head" };
  return null;
}

function faultOf(event: AuditEvent, tenant: string, seq: number, previous: string): string | null {
  if (event.tenant !== tenant) return `belongs to tenant ${event.tenant}`;
  if (event.seq !== seq) return `has number ${event.seq} where ${seq} was expected`;
  if (event.prev !== previous) return "does not follow the line before it";
  return chainHash(event) === event.hash ? null : "was changed after it was written";
}
