import type { Finding } from "#/domain/finding.ts";

/** Causes that lie in the approver and not in the request: they hold up everything on that desk. */
const ofTheDesk: ReadonlySet<string> = new Set(["APR-1", "APR-2", "APR-3"]);

/** The case that many findings of one cause become; null: this one stands for itself. */
export function stormKey(finding: Finding): string | null {
  const value = (field: string): string | null => {
    const found = finding.evidence.find((fact) => fact.field === field && fact.value !== null);
    return found ? String(found.value) : null;
  };
  if (
    finding.kind === "approval-ageing" &&
    finding.causes.some(({ code }) => ofTheDesk.has(code))
  ) {
    const approver = value("approverId");
    return approver === null ? null : `approver-bottleneck:${approver}`;
  }
  if (finding.kind === "integration-failure" && finding.projectId !== null)
    return `integration-failure:${value("from")}-${value("to")}`;
  return null;
}

export type Collapsed = {
  readonly findings: readonly Finding[];
  /** Key of each finding that went into a storm, and the storm's. */
  readonly within: ReadonlyMap<string, string>;
};

/** Puts `size` or more findings of one cause into one that lists them. Depends on nothing but the findings. */
export function collapseStorms(findings: readonly Finding[], size: number): Collapsed {
  const groups = Map.groupBy(findings, (finding) => stormKey(finding) ?? "");
  const within = new Map<string, string>();
  const storms = new Map<string, Finding>();
  for (const [key, members] of groups) {
    if (key === "" || members.length < size) continue;
    for (const member of members) within.set(member.key, key);
    storms.set(key, storm(key, members, findings.find((one) => one.key === key) ?? null));
  }
  const rest = findings.filter(({ key }) => !within.has(key) && !storms.has(key));
  return {
    findings: [...rest, ...storms.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    within,
  };
}

function storm(key: string, members: readonly Finding[], known: Finding | null): Finding {
  const [first] = members as readonly [Finding, ...Finding[]];
  const all = known ? [known, ...members] : members;
  const shared = first.causes.find(({ code }) => ofTheDesk.has(code)) ?? first.causes[0];
  const projects = new Set(members.flatMap(({ projectId }) => projectId ?? []));
  const evidence = new Map(all.flatMap((one) => one.evidence.map((fact) => [fact.id, fact])));
  const deadlines = all.flatMap(({ deadline }) => deadline ?? []).toSorted();
  const base = known ?? first;
  return {
    ...base,
    kind: key.startsWith("approver-bottleneck:") ? "approver-bottleneck" : first.kind,
    key,
    repeat: "each-time",
    projectId: null,
    clientId: null,
    title: `${members.length} cases on ${projects.size} project${projects.size === 1 ? "" : "s"} have one cause: ${(shared?.title ?? first.title).toLowerCase()}`,
    severity: Math.max(...all.map(({ severity }) => severity)) as Finding["severity"],
    since: all.map(({ since }) => since).toSorted()[0] ?? base.since,
    deadline: deadlines[0] ?? null,
    valueAtRisk: sumOf(members),
    causes: [
      ...(known?.causes ?? (shared ? [shared] : [])),
      ...members.map((member) => ({
        code: shared?.code ?? "",
        title: member.title,
        detail: member.causes[0]?.detail ?? "",
        days: member.causes[0]?.days ?? null,
        open: true,
        evidence: member.evidence.slice(0, 4).map(({ id }) => id),
      })),
    ],
    evidence: [...evidence.values()],
    events: [...new Set(all.flatMap(({ events }) => events))],
  };
}

/** null where there is none, or where currencies differ. */
function sumOf(members: readonly Finding[]): Finding["valueAtRisk"] {
  const amounts = members.flatMap(({ valueAtRisk }) => valueAtRisk ?? []);
  const [first] = amounts;
  if (!first || amounts.some(({ currency }) => currency !== first.currency)) return null;
  return { ...first, minor: amounts.reduce((sum, { minor }) => sum + minor, 0) };
}
