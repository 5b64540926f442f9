import { parseArgs } from "node:util";
import { z } from "zod";
import { AuditEvent, Opening } from "#/domain/audit-event.ts";
import { auditStory, linesAbout } from "#/domain/audit-story.ts";
import { Evidence } from "#/domain/evidence.ts";
import { ProposalId } from "#/domain/ids.ts";
import { readConfig } from "../config.ts";
import { readEvents } from "./audit-proof.ts";
import { complain, perform, say } from "./perform.ts";
import { linesOf } from "./witness-files.ts";

const Shown = z.object({
  events: z.array(AuditEvent),
  openings: z.array(Opening),
  evidence: z.array(Evidence),
});

/** Who saw, decided and did what about a proposal; of the database, or of exported files alone. */
export async function showCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { export: { type: "string" }, personal: { type: "string" } },
  });
  const proposal = ProposalId.safeParse(positionals[0]?.trim().toUpperCase()).data;
  if (!proposal)
    return complain("Say which proposal: countersign audit show P-7K3M2Q [--export export.ndjson]");
  const { events, ...facts } =
    values.export === undefined
      ? Shown.parse(await perform(readConfig(), "audit-show", { proposal }))
      : {
          events: linesAbout(readEvents(values.export), proposal),
          openings:
            values.personal === undefined
              ? []
              : [...linesOf(values.personal)].map((line) => Opening.parse(JSON.parse(line))),
          evidence: [],
        };
  if (events.length === 0) return complain(`No audit line is about ${proposal}.`);
  for (const line of auditStory(events, facts)) say(line);
  return 0;
}
