import { fingerprint } from "../hijack/authority.ts";
import { ruleOfThree } from "../report.ts";
import { askServices, askStore, askTools } from "./ask-across.ts";
import { knockAtDoors, pressTheirCards } from "./knock-at-doors.ts";
import { type Attempts, queryAcross } from "./row-level-security.ts";
import { openTwoFirms, type TwoFirms } from "./two-firms.ts";

const parts: Readonly<Record<string, (two: TwoFirms) => Promise<Attempts>>> = {
  "SQL under the tenant role, our checks left out": queryAcross,
  "functions that doors call": askServices,
  "functions of the store and the outbox": askStore,
  "tools of agents and AI clients": askTools,
  "console, MCP over HTTP, desk, webhook": knockAtDoors,
  "buttons and forms in chat": pressTheirCards,
};

export type TenancyResult = {
  readonly title: string;
  readonly lines: readonly { readonly part: string; readonly tried: number }[];
  readonly violations: readonly string[];
};

/**
 * Two firms in one database; everything of one is asked with the other's ids. Nothing of theirs may
 * come back, and no row of theirs may change.
 */
export async function tenancyExperiment(serverUrl?: string): Promise<TenancyResult> {
  const two = await openTwoFirms(serverUrl);
  try {
    const lines: { part: string; tried: number }[] = [];
    const violations: string[] = [];
    const before = await fingerprint(two.database, two.theirs.tenant);
    for (const [part, attempt] of Object.entries(parts)) {
      const found = await attempt(two);
      lines.push({ part, tried: found.tried });
      violations.push(...found.violations.map((each) => `${part}: ${each}`));
      if ((await fingerprint(two.database, two.theirs.tenant)) !== before)
        violations.push(`${part}: a row of theirs changed`);
    }
    return { title: `tenancy, ${two.database.label}`, lines, violations };
  } finally {
    await two.close();
  }
}

export function tenancyTable({ title, lines, violations }: TenancyResult): string[] {
  const width = Math.max(...lines.map(({ part }) => part.length));
  const all = lines.reduce((sum, { tried }) => sum + tried, 0);
  return [
    title,
    ...lines.map(
      ({ part, tried }) => `  ${part.padEnd(width)}  ${String(tried).padStart(6)} attempts`,
    ),
    ...(violations.length === 0
      ? [`  came back or changed: ${ruleOfThree(all)} (rule of three, 95 %)`]
      : [`  ${violations.length} VIOLATION(S):`, ...violations.map((each) => `    ${each}`)]),
  ];
}
