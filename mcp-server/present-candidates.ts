import { formatRef } from "#/domain/record.ts";
import type { Candidate } from "#/workflows/services.ts";
import type { Presented } from "./present-invoice.ts";
import { inline } from "./wire-text.ts";

export function presentCandidates(found: readonly Candidate[]): Presented {
  const candidates = found.map(({ action, title, target, causes }) => ({
    action,
    title,
    causes,
    target: formatRef(target),
  }));
  const lines = candidates.map(
    (c) => `- ${c.action} on ${inline(c.target)}: ${inline(c.title)} (${c.causes.join(", ")})`,
  );
  const text = lines.length
    ? ["To propose one, call remediation_propose with its action and target.", ...lines].join("\n")
    : "No action of the catalogue fits this case now.";
  return { facts: { candidates }, text };
}
