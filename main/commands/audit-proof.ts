import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { AuditEvent } from "#/domain/audit-event.ts";
import { AuditProof, proofFault, proveLine } from "#/domain/audit-proof.ts";
import { openCheckpoint } from "#/domain/checkpoint.ts";
import { CountersignError } from "#/domain/errors.ts";
import { complain, say } from "./perform.ts";
import { linesOf, readCheckpoints, readKeys } from "./witness-files.ts";

/** Proves one line out of an export, or checks such a proof. No database, settings or secrets. */
export function proofCommand(args: readonly string[]): number {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      export: { type: "string" },
      checkpoints: { type: "string" },
      key: { type: "string" },
      check: { type: "string" },
    },
  });
  const keys = values.key === undefined ? [] : readKeys(values.key);
  if (values.check !== undefined) return check(values.check, keys);
  const seq = Number(positionals[0]);
  if (values.export === undefined || !Number.isSafeInteger(seq) || seq < 1)
    return complain(
      "Say which line of which export: countersign audit proof 17 --export export.ndjson [--checkpoints FILE --key PUBLIC.pem]",
    );
  if (values.checkpoints !== undefined && values.key === undefined)
    return complain(
      "Checkpoints are only believed with the public key they are signed with: --key",
    );
  const events = readEvents(values.export);
  const tenant = events[0]?.tenant;
  const signed = (values.checkpoints === undefined ? [] : readCheckpoints(values.checkpoints))
    .flatMap((note) => {
      const { point } = openCheckpoint(note, keys);
      return point ? [{ note, point }] : [];
    })
    .filter(({ point }) => point.tenant === tenant)
    .find(({ point }) => point.size >= seq && point.size <= events.length);
  if (values.checkpoints !== undefined && !signed)
    return complain(`No checkpoint covers line ${seq} of this export.`);
  const size = signed?.point.size ?? events.length;
  if (seq > size) return complain(`There is no line ${seq}: the export has ${events.length}.`);
  const proof = proveLine(events, { seq, size, note: signed?.note ?? null });
  const fault = proofFault(proof, keys);
  if (fault !== null) return refuse(`Line ${seq} cannot be proved: ${fault}.`);
  say(JSON.stringify(proof));
  return 0;
}

function check(file: string, keys: ReturnType<typeof readKeys>): number {
  const proof = AuditProof.safeParse(parsed(file)).data;
  if (!proof) return refuse(`${file} is not a proof.`);
  if (proof.note !== null && keys.length === 0)
    return complain("The proof ends in a signed checkpoint: give the public key with --key");
  const fault = proofFault(proof, keys);
  if (fault !== null) return refuse(`NOT PROVED: ${fault}.`);
  const { event, size, root, note } = proof;
  say(`Line ${event.seq} of ${event.tenant}, ${event.at}, is one of the ${size} lines under`);
  say(`  root ${root}`);
  say(
    note === null
      ? "  Nobody signed that root here: compare it with one you trust."
      : "  and that root is in a checkpoint signed with the key given.",
  );
  say(event.body);
  return 0;
}

function refuse(message: string): number {
  process.stderr.write(`${message}\n`);
  return 1;
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}

/** Every line of an export. Throws INVALID_ARGUMENTS naming one that is none. */
export const readEvents = (file: string): AuditEvent[] =>
  [...linesOf(file)]
    .filter((line) => line !== "")
    .map((line, index) => {
      const event = AuditEvent.safeParse(attempt(line)).data;
      if (event) return event;
      throw new CountersignError("INVALID_ARGUMENTS", {
        problems: `line ${index + 1} of ${file} is not an audit line`,
      });
    });

function attempt(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
