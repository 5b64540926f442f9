import { parseArgs } from "node:util";
import { z } from "zod";
import { type AuditVerdict, verifyAuditLines } from "#/domain/verify-audit.ts";
import { readConfig } from "../config.ts";
import { complain, perform, say } from "./perform.ts";
import { linesOf, readAnchors, readCheckpoints, readKeys } from "./witness-files.ts";

const Verified = z.array(
  z.object({
    tenant: z.string(),
    lines: z.number(),
    fault: z.object({ seq: z.number(), problem: z.string() }).nullable(),
  }),
);

/** The database's audit; or, with a file, an exported one, without database, settings or secrets. */
export function verifyCommand(args: readonly string[]): Promise<number> | number {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      checkpoints: { type: "string" },
      key: { type: "string" },
      anchors: { type: "string" },
      tenant: { type: "string" },
    },
  });
  const [file] = positionals;
  if (file === undefined)
    return Object.keys(values).length > 0
      ? complain("Name the exported audit too: countersign audit verify export.ndjson …")
      : verifyDatabase();
  if (values.checkpoints !== undefined && values.key === undefined)
    return complain(
      "Checkpoints are only believed with the public key they are signed with: --key",
    );
  const notes = values.checkpoints === undefined ? [] : readCheckpoints(values.checkpoints);
  const anchors = values.anchors === undefined ? [] : readAnchors(values.anchors);
  const verdict = verifyAuditLines(linesOf(file), {
    tenant: values.tenant ?? null,
    notes,
    keys: values.key === undefined ? [] : readKeys(values.key),
    anchors,
  });
  for (const line of verdictLines(verdict, { notes: notes.length, anchors: anchors.length }))
    say(line);
  const empty = [
    ...(values.checkpoints !== undefined && notes.length === 0 ? ["checkpoints"] : []),
    ...(values.anchors !== undefined && anchors.length === 0 ? ["anchors"] : []),
  ];
  if (empty.length > 0) say(`No ${empty.join(" and no ")} found where they were said to be.`);
  return verdict.findings.length > 0 || empty.length > 0 ? 1 : 0;
}

/** What was found, as a terminal shows it; first the line that says whether it holds. */
export function verdictLines(
  verdict: AuditVerdict,
  given: { readonly notes: number; readonly anchors: number },
): string[] {
  const { tenant, lines, findings, vouchedTo } = verdict;
  const name = tenant ?? "unnamed";
  const broken = findings.map(
    ({ check, seq, problem }) =>
      `${name}: BROKEN at line ${seq} (${check}): ${check === "signature" || check === "root" ? "" : "it "}${problem}.`,
  );
  const firstBad = Math.min(...findings.map(({ seq }) => seq));
  return [
    ...(broken.length > 0
      ? [...broken, `  First bad line: ${firstBad}. ${lines} lines read.`]
      : [`${name}: intact, ${lines} lines recomputed.`]),
    `  ${verdict.checkpoints} of ${given.notes} checkpoints and ${verdict.anchors} of ${given.anchors} anchors agree.`,
    ...verdict.reconciled.map(
      ({ at, reconciled }) =>
        `  On ${at} a person declared the lines after ${reconciled?.kept ?? 0} lost: ${JSON.stringify(reconciled?.reason ?? "")}. ${verdict.setAside} older witnesses are set aside.`,
    ),
    vouchedTo >= lines
      ? `  A witness vouches for all of them.`
      : `  Lines ${vouchedTo + 1} to ${lines} are newer than every witness: chained, but nobody outside saw them.`,
    `  root ${verdict.root}`,
  ];
}

async function verifyDatabase(): Promise<number> {
  const config = readConfig();
  const { chains, problem } = z
    .object({ chains: Verified, problem: z.string().nullable() })
    .parse(await perform(config, "audit-verify", null));
  for (const { tenant, lines, fault } of chains)
    say(
      fault
        ? `${tenant}: BROKEN at line ${fault.seq}: it ${fault.problem}. ${lines} lines read.`
        : `${tenant}: intact, ${lines} lines recomputed.`,
    );
  if (problem !== null)
    say(`NOT THE SIGNED ONE: ${problem}. Nothing runs until a person has reconciled it.`);
  return problem !== null || chains.some(({ fault }) => fault) ? 1 : 0;
}
