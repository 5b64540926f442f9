import type { KeyObject } from "node:crypto";
import type { Anchor } from "./audit-anchor.ts";
import { lineFault } from "./audit-chain.ts";
import { AuditEvent } from "./audit-event.ts";
import { createAuditTree } from "./audit-tree.ts";
import { bindingCheckpoints, type Checkpoint, openCheckpoint } from "./checkpoint.ts";

/** In this order they are made. `cut`: a witness knows of lines that are not there. */
export type AuditCheck = "sequence" | "link" | "hash" | "signature" | "root" | "anchor" | "cut";

export type AuditFinding = {
  readonly check: AuditCheck;
  /** The line it is about; for a root, the last line the checkpoint covers. */
  readonly seq: number;
  readonly problem: string;
};

/** What others kept of the audit, outside the reach of whoever owns the database. */
export type Witnesses = {
  /** null: the tenant of the first line, or the only one the checkpoints name. */
  readonly tenant: string | null;
  /** Signed notes in the order they were written. Those of other tenants are passed over. */
  readonly notes: readonly string[];
  readonly keys: readonly KeyObject[];
  readonly anchors: readonly Anchor[];
};

export type AuditVerdict = {
  readonly tenant: string | null;
  readonly lines: number;
  /** RFC 6962 root over the hashes of all lines, in hex. */
  readonly root: string;
  /** Witnesses that agreed. */
  readonly checkpoints: number;
  readonly anchors: number;
  /** Of a history that a person declared lost. */
  readonly setAside: number;
  readonly reconciled: readonly Checkpoint[];
  /** Up to this line a witness vouches; what follows is only chained. */
  readonly vouchedTo: number;
  /** The first of each check, in the order of the checks. Empty: it holds. */
  readonly findings: readonly AuditFinding[];
};

/**
 * Reads an exported audit, one JSON line an event, and holds it against its witnesses. Needs no
 * database and no secret. Pure; one pass over the lines.
 */
export function verifyAuditLines(lines: Iterable<string>, witnesses: Witnesses): AuditVerdict {
  const opened = openNotes(witnesses);
  const read = readLines(lines, witnesses, opened);
  const { tenant, count, roots, shown } = read;
  const own = opened.notes.filter(({ point }) => point.tenant === tenant);
  const { binding, setAside } = bindingCheckpoints(own.map(({ point }) => point));
  const gone = binding.filter(({ reconciled }) => reconciled !== null);
  const anchors = witnesses.anchors.filter((anchor) => !isGone(anchor, gone));
  const agreed = binding.filter(({ size, root }) => roots.get(size) === root);
  const seen = anchors.filter(({ seq, hash12 }) => shown.get(seq)?.startsWith(hash12));
  return {
    tenant,
    lines: count,
    root: read.root,
    checkpoints: agreed.length,
    anchors: seen.length,
    setAside: setAside.length + witnesses.anchors.length - anchors.length,
    reconciled: gone,
    vouchedTo: Math.max(0, ...agreed.map(({ size }) => size), ...seen.map(({ seq }) => seq)),
    findings: [
      ...read.findings,
      ...signatureFindings(witnesses, { ...opened, tenant, own: own.length }),
      ...first(binding, ({ size, root }) =>
        size <= count && roots.get(size) !== root
          ? { check: "root", seq: size, problem: rootProblem(size, agreed) }
          : null,
      ),
      ...first(anchors, ({ seq, hash12, channel }) =>
        seq <= count && !shown.get(seq)?.startsWith(hash12)
          ? {
              check: "anchor",
              seq,
              problem: `is not the line whose hash ${hash12} was shown${channel ? ` in ${channel}` : ""}`,
            }
          : null,
      ),
      ...cut(count, binding, anchors),
    ],
  };
}

type Opened = {
  readonly notes: readonly { point: Checkpoint }[];
  readonly refused: readonly { problem: string; point: Checkpoint | null }[];
};

function openNotes({ notes, keys }: Witnesses): Opened {
  const opened: { point: Checkpoint }[] = [];
  const refused: { problem: string; point: Checkpoint | null }[] = [];
  for (const note of notes) {
    const result = openCheckpoint(note, keys);
    if ("problem" in result) refused.push(result);
    else opened.push(result);
  }
  return { notes: opened, refused };
}

function readLines(lines: Iterable<string>, witnesses: Witnesses, { notes }: Opened) {
  const wanted = new Set(notes.map(({ point }) => point.size));
  const anchored = new Set(witnesses.anchors.map(({ seq }) => seq));
  const named = new Set(notes.map(({ point }) => point.tenant));
  let tenant = witnesses.tenant ?? (named.size === 1 ? [...named][0] : undefined) ?? null;
  const tree = createAuditTree();
  const roots = new Map<number, string>([[0, tree.root()]]);
  const shown = new Map<number, string>();
  const findings: AuditFinding[] = [];
  let previous: AuditEvent | null = null;
  let count = 0;
  for (const line of lines) {
    if (line === "") continue;
    count += 1;
    const event: AuditEvent | null = parseEvent(line);
    if (!event) {
      if (findings.length === 0)
        findings.push({
          check: "sequence",
          seq: count,
          problem: "cannot be read as an audit line",
        });
      tree.append("00".repeat(32));
      continue;
    }
    tenant ??= event.tenant;
    if (findings.length === 0) {
      const fault = lineFault(event, { tenant, seq: count, previous: previous?.hash ?? null });
      if (fault) findings.push({ seq: count, ...fault });
    }
    previous = event;
    tree.append(event.hash);
    if (wanted.has(count)) roots.set(count, tree.root());
    if (anchored.has(count)) shown.set(count, event.hash);
  }
  return { tenant, count, root: tree.root(), roots, shown, findings };
}

function parseEvent(line: string): AuditEvent | null {
  try {
    return AuditEvent.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

function signatureFindings(
  { notes }: Witnesses,
  { refused, tenant, own }: Opened & { tenant: string | null; own: number },
): AuditFinding[] {
  const bad = refused.find(({ point }) => !point || tenant === null || point.tenant === tenant);
  if (bad) {
    const { point, problem } = bad;
    const named = point ? `the checkpoint of ${point.size} lines` : "a checkpoint";
    return [{ check: "signature", seq: point?.size ?? 0, problem: `${named} ${problem}` }];
  }
  if (notes.length > 0 && own === 0)
    return [{ check: "signature", seq: 0, problem: `no checkpoint is about tenant ${tenant}` }];
  return [];
}

function rootProblem(size: number, agreed: readonly Checkpoint[]): string {
  const good = Math.max(0, ...agreed.filter((each) => each.size < size).map((each) => each.size));
  return `lines ${good + 1} to ${size} are not those of the checkpoint of ${size} lines`;
}

/** Shown before a reconciliation, about a line that it gave up. Without a time nobody can say so. */
const isGone = ({ seq, ts }: Anchor, reconciliations: readonly Checkpoint[]): boolean =>
  ts !== null &&
  reconciliations.some(
    ({ at, reconciled }) =>
      reconciled !== null && seq > reconciled.kept && Number(ts) * 1000 < Date.parse(at),
  );

const first = <T>(
  items: readonly T[],
  find: (item: T) => AuditFinding | null,
): readonly AuditFinding[] =>
  items
    .map(find)
    .filter((finding) => finding !== null)
    .sort((a, b) => a.seq - b.seq)
    .slice(0, 1);

function cut(
  count: number,
  points: readonly Checkpoint[],
  anchors: readonly Anchor[],
): AuditFinding[] {
  const known = Math.max(0, ...points.map(({ size }) => size), ...anchors.map(({ seq }) => seq));
  if (known <= count) return [];
  const problem = `is missing: there were at least ${known} lines, ${count} are left`;
  return [{ check: "cut", seq: count + 1, problem }];
}
