import type { KeyObject } from "node:crypto";
import { z } from "zod";
import { chainHash } from "./audit-chain.ts";
import { AuditEvent } from "./audit-event.ts";
import { inclusionPath, rootByInclusion, rootOf } from "./audit-tree.ts";
import { openCheckpoint } from "./checkpoint.ts";
import { Sha256 } from "./ids.ts";

/** One line of an audit, and the hashes that show it belongs to a root. Nothing else is revealed. */
export const AuditProof = z.object({
  event: AuditEvent,
  /** How many lines the tree has. */
  size: z.int().positive(),
  root: Sha256,
  path: z.array(Sha256).max(64),
  /** The signed checkpoint of that size, or null: then the root must be known from elsewhere. */
  note: z.string().nullable(),
});
export type AuditProof = z.infer<typeof AuditProof>;

/** Among the first `size` lines. Throws RangeError when the line is not one of them. */
export function proveLine(
  events: readonly AuditEvent[],
  { seq, size, note }: { seq: number; size: number; note: string | null },
): AuditProof {
  const hashes = events.slice(0, size).map(({ hash }) => hash);
  const event = events[seq - 1];
  if (!event || seq > hashes.length)
    throw new RangeError(`there is no line ${seq} among ${hashes.length}`);
  return {
    event,
    size: hashes.length,
    root: rootOf(hashes),
    path: inclusionPath(hashes, seq - 1),
    note,
  };
}

/** Why a proof does not hold, or null. Without a note it proves membership in `root`, whoever vouches for that. */
export function proofFault(proof: AuditProof, keys: readonly KeyObject[]): string | null {
  const { event, size, root, path, note } = proof;
  if (chainHash(event) !== event.hash) return "the line was changed after it was written";
  const reached = rootByInclusion({ eventHash: event.hash, index: event.seq - 1, size, path });
  if (reached !== root) return "the hashes do not lead from the line to the root";
  if (note === null) return null;
  const opened = openCheckpoint(note, keys);
  if ("problem" in opened) return `the checkpoint ${opened.problem}`;
  const { point } = opened;
  return point.tenant === event.tenant && point.size === size && point.root === root
    ? null
    : "the checkpoint is about another root";
}
