import { appendAudit } from "#/db/audit.ts";
import { auditLinesAfter, auditState } from "#/db/audit-lines.ts";
import { inTenant } from "#/db/in-tenant.ts";
import type { Database } from "#/db/open-database.ts";
import { listTenants } from "#/db/tenant.ts";
import { lineFault } from "#/domain/audit-chain.ts";
import { type AuditTree, createAuditTree } from "#/domain/audit-tree.ts";
import {
  bindingCheckpoints,
  type Checkpoint,
  openCheckpoint,
  signCheckpoint,
} from "#/domain/checkpoint.ts";
import { CountersignError } from "#/domain/errors.ts";
import type { TenantId } from "#/domain/ids.ts";
import { appendNote, readNotes } from "./checkpoint-file.ts";
import { openCheckpointKey, publicKeysOf } from "./checkpoint-key.ts";
import type { Log } from "./log.ts";

export type CheckpointNeeds = {
  readonly database: Database;
  /** The data folder; checkpoints and public keys go below it. */
  readonly folder: string;
  readonly keyFile: string | undefined;
  readonly log: Pick<Log, "error" | "warn">;
  readonly now: () => Date;
};

export type Checkpoints = {
  /** Compares every chain with its checkpoints, then keeps looking. */
  readonly start: () => Promise<void>;
  /** With a last checkpoint of what is new. */
  readonly stop: () => Promise<void>;
  /** Looks now, and signs where it is due. `all`: whatever is new. */
  readonly look: (all?: boolean) => Promise<void>;
  /** Whether this tenant's audit still is what was signed; false until it was compared. */
  readonly intact: (tenant: TenantId) => Promise<boolean>;
  /** null: every audit is intact. */
  readonly problem: () => string | null;
  /** A person accepts that lines are gone. Throws AUDIT_BROKEN when what is left does not hold itself. */
  readonly reconcile: (
    tenant: TenantId,
    said: { by: string; reason: string },
  ) => Promise<Checkpoint>;
};

const dueLines = 100;
const dueMilliseconds = 5 * 60_000;
const lookEveryMilliseconds = 5_000;
const fullEveryMilliseconds = 60 * 60_000;
const page = 5_000;

/** What was read and found good of one tenant's chain. */
type Reading = {
  readonly tree: AuditTree;
  head: string | null;
  /** Lines under the newest checkpoint, and when it was signed. */
  signed: number;
  signedAt: number;
  readFullyAt: number;
};

/** Signs each tenant's audit as it grows, and notices when it is not the one that was signed. */
export function createCheckpoints(needs: CheckpointNeeds): Checkpoints {
  const readings = new Map<TenantId, Reading>();
  const problems = new Map<TenantId, string>();
  let timer: NodeJS.Timeout | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let stopped = false;
  // One at a time: two looks at one tree would read lines twice.
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = turn.then(work);
    turn = next.catch(() => undefined);
    return next;
  };

  const lookAt = async (tenant: TenantId, all: boolean): Promise<void> => {
    if (problems.has(tenant)) return;
    const problem = await compare(tenant, readings, needs);
    if (problem) {
      problems.set(tenant, problem);
      needs.log.error(
        { tenant, problem },
        "the audit is not the one that was signed; nothing runs until a person has reconciled it",
      );
      return;
    }
    const reading = readings.get(tenant);
    if (reading && isDue(reading, needs.now().getTime(), all))
      sign(tenant, reading, { needs, reconciled: null });
  };
  const look = (all = false): Promise<void> =>
    inTurn(async () => {
      for (const { id } of await listTenants(needs.database)) await lookAt(id, all);
    });
  const plan = (): void => {
    if (stopped) return;
    timer = setTimeout(() => {
      look()
        .catch((cause: unknown) =>
          needs.log.error({ err: cause }, "the audit could not be compared; trying again"),
        )
        .finally(plan);
    }, lookEveryMilliseconds);
    timer.unref();
  };
  return {
    start: async () => {
      await look();
      plan();
    },
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await look(true).catch((cause: unknown) =>
        needs.log.warn({ err: cause }, "no last checkpoint was written"),
      );
    },
    look,
    intact: async (tenant) => {
      if (problems.has(tenant)) return false;
      if (!readings.has(tenant) || (await movedBack(tenant, readings.get(tenant), needs)))
        await inTurn(() => lookAt(tenant, false));
      return readings.has(tenant) && !problems.has(tenant);
    },
    problem: () =>
      [...problems].map(([tenant, problem]) => `${tenant}: ${problem}`).join("; ") || null,
    reconcile: (tenant, said) =>
      inTurn(async () => {
        const point = await reconcile(tenant, said, needs);
        problems.delete(tenant);
        readings.delete(tenant);
        await lookAt(tenant, false);
        return point;
      }),
  };
}

const isDue = ({ tree, signed, signedAt }: Reading, now: number, all: boolean): boolean => {
  const fresh = tree.size() - signed;
  // The first is signed at once: what has no checkpoint yet could be anything.
  const soon = all || signed === 0 || now - signedAt >= dueMilliseconds;
  return fresh >= dueLines || (fresh > 0 && soon);
};

/** Whether the line that was newest is still there, unchanged. One small query. */
async function movedBack(
  tenant: TenantId,
  reading: Reading | undefined,
  { database }: CheckpointNeeds,
): Promise<boolean> {
  if (!reading) return true;
  const size = reading.tree.size();
  const { size: now, hash } = await auditState(database, tenant, size);
  return now < size || (size > 0 && hash !== reading.head);
}

/**
 * Reads what is new, or, at the start and once an hour, everything, and holds it against the
 * checkpoints. Returns what is wrong, or null.
 */
async function compare(
  tenant: TenantId,
  readings: Map<TenantId, Reading>,
  needs: CheckpointNeeds,
): Promise<string | null> {
  const now = needs.now().getTime();
  const known = readings.get(tenant);
  if (known && now - known.readFullyAt < fullEveryMilliseconds)
    return (await movedBack(tenant, known, needs))
      ? `the newest of ${known.tree.size()} lines is gone or another one`
      : readOn(tenant, known, needs);
  const opened = openOwn(tenant, needs);
  if ("problem" in opened) return opened.problem;
  const { binding } = bindingCheckpoints(opened.points);
  const newest = binding.at(-1) ?? null;
  const reading: Reading = {
    tree: createAuditTree(),
    head: null,
    signed: newest?.size ?? 0,
    // Without a checkpoint the clock starts now.
    signedAt: newest ? Date.parse(newest.at) : now,
    readFullyAt: now,
  };
  const roots = new Map<number, string>([[0, reading.tree.root()]]);
  const sizes = new Set(binding.map(({ size }) => size));
  const fault = await readOn(tenant, reading, needs, (size, tree) => {
    if (sizes.has(size)) roots.set(size, tree.root());
  });
  if (fault) return fault;
  const wrong = binding.find(({ size, root }) => roots.get(size) !== root);
  if (wrong)
    return reading.tree.size() < wrong.size
      ? `it has ${reading.tree.size()} lines, and a checkpoint of ${wrong.at} has ${wrong.size}: it was cut or rolled back`
      : `its first ${wrong.size} lines are not those of the checkpoint of ${wrong.at}`;
  readings.set(tenant, reading);
  return null;
}

/** Follows the chain to its end. Returns the first fault, or null. */
async function readOn(
  tenant: TenantId,
  reading: Reading,
  { database }: Pick<CheckpointNeeds, "database">,
  reached: (size: number, tree: AuditTree) => void = () => undefined,
): Promise<string | null> {
  const { tree } = reading;
  for (;;) {
    const lines = await auditLinesAfter(database, tenant, { after: tree.size(), count: page });
    for (const line of lines) {
      const seq = tree.size() + 1;
      const fault = lineFault(line, { tenant, seq, previous: reading.head });
      if (fault) return `line ${seq} ${fault.problem}`;
      tree.append(line.hash);
      reading.head = line.hash;
      reached(seq, tree);
    }
    if (lines.length < page) return null;
  }
}

function openOwn(
  tenant: TenantId,
  { folder }: Pick<CheckpointNeeds, "folder">,
): { points: Checkpoint[] } | { problem: string } {
  const keys = publicKeysOf(folder);
  const points: Checkpoint[] = [];
  let notes: string[];
  try {
    notes = readNotes(folder, tenant);
  } catch (error) {
    if (error instanceof SyntaxError) return { problem: error.message };
    throw error;
  }
  for (const [index, note] of notes.entries()) {
    const opened = openCheckpoint(note, keys);
    if ("problem" in opened) return { problem: `checkpoint ${index + 1} ${opened.problem}` };
    if (opened.point.tenant !== tenant)
      return { problem: `checkpoint ${index + 1} is about another tenant` };
    points.push(opened.point);
  }
  return { points };
}

function sign(
  tenant: TenantId,
  reading: Reading,
  { needs, reconciled }: { needs: CheckpointNeeds; reconciled: Checkpoint["reconciled"] },
): Checkpoint {
  // Read each time: a key that was rotated meanwhile signs from the next checkpoint on.
  const key = openCheckpointKey(needs.folder, needs.keyFile);
  const now = needs.now();
  const point: Checkpoint = {
    tenant,
    size: reading.tree.size(),
    root: reading.tree.root(),
    head: reading.head ?? "0".repeat(64),
    at: now.toISOString(),
    reconciled,
  };
  appendNote(needs.folder, tenant, { key: key.name, note: signCheckpoint(point, key) });
  reading.signed = point.size;
  reading.signedAt = now.getTime();
  return point;
}

/** What is left is read from its first line; then a person's word goes into the audit and under the signature. */
async function reconcile(
  tenant: TenantId,
  { by, reason }: { by: string; reason: string },
  needs: CheckpointNeeds,
): Promise<Checkpoint> {
  const opened = openOwn(tenant, needs);
  if ("problem" in opened)
    throw new CountersignError("AUDIT_BROKEN", { tenant, problem: opened.problem });
  const { binding } = bindingCheckpoints(opened.points);
  const empty = (): Reading => ({
    tree: createAuditTree(),
    head: null,
    signed: 0,
    signedAt: 0,
    readFullyAt: 0,
  });
  const before = empty();
  const roots = new Map<number, string>([[0, before.tree.root()]]);
  const sizes = new Set(binding.map(({ size }) => size));
  const fault = await readOn(tenant, before, needs, (size, tree) => {
    if (sizes.has(size)) roots.set(size, tree.root());
  });
  if (fault) throw new CountersignError("AUDIT_BROKEN", { tenant, problem: fault });
  const kept = Math.max(
    0,
    ...binding.filter(({ size, root }) => roots.get(size) === root).map(({ size }) => size),
  );
  const lost = Math.max(0, ...binding.map(({ size }) => size));
  await inTenant(needs.database, tenant, (tx) =>
    appendAudit(tx, {
      kind: "audit.reconciled",
      actor: by,
      subject: `tenant:${tenant}`,
      detail: { kept, found: before.tree.size(), signed: lost },
      personal: { reason },
    }),
  );
  await readOn(tenant, before, needs);
  return sign(tenant, before, { needs, reconciled: { kept, reason } });
}
