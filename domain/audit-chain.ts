import { hash as digest } from "node:crypto";
import type { AuditEvent } from "./audit-event.ts";

/** Where a chain stops being believable, and why. */
export type ChainFault = { readonly seq: number; readonly problem: string };

export const genesisHash = (tenant: string): string => digest("sha256", `genesis:${tenant}`);

const mark = Buffer.of(0);

/** The hash a line must have, given the one before it. Bytes as stored; nothing is re-serialised. */
export const chainHash = (event: Omit<AuditEvent, "hash">): string =>
  digest(
    "sha256",
    Buffer.concat([
      mark,
      Buffer.from(event.prev, "hex"),
      Buffer.from(`${event.tenant.length}:${event.tenant}|${event.seq}|${event.at}|${event.body}`),
    ]),
  );

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
    const fault = lineFault(event, { tenant, seq: expected, previous });
    if (fault) return { seq: event.seq, problem: fault.problem };
    expected += 1;
    previous = event.hash;
  }
  const last = expected - 1;
  if (head && (head.seq !== last || (last > 0 && head.hash !== previous)))
    return { seq: last, problem: `the chain ends at ${last}, but its head says ${head.seq}` };
  if (!head && last > 0) return { seq: last, problem: "the chain has lines but no head" };
  return null;
}

/**
 * Why a line is not the one that must stand here, or null. `previous` is the hash of the line
 * before it, null before the first.
 */
export function lineFault(
  event: AuditEvent,
  expected: { readonly tenant: string; readonly seq: number; readonly previous: string | null },
): { readonly check: "sequence" | "link" | "hash"; readonly problem: string } | null {
  const { tenant, seq, previous } = expected;
  if (event.tenant !== tenant)
    return { check: "sequence", problem: `belongs to tenant ${event.tenant}` };
  if (event.seq !== seq)
    return { check: "sequence", problem: `has number ${event.seq} where ${seq} was expected` };
  if (event.prev !== (previous ?? genesisHash(tenant)))
    return { check: "link", problem: "does not follow the line before it" };
  return chainHash(event) === event.hash
    ? null
    : { check: "hash", problem: "was changed after it was written" };
}
