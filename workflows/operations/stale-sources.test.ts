import { describe, expect, test, vi } from "vitest";
import type { SystemKind } from "#/domain/record.ts";
import { type Doors, doorsOf, looker } from "#/evals/monitor/operations-of-firm.ts";
import { detect } from "#/monitor/detect/detect.ts";
import { nextCases } from "#/monitor/detect/lifecycle.ts";
import { simulateFirm } from "#/sandbox/simulator/simulate-firm.ts";
import type { Picture } from "../operations-services.ts";

// A whole firm for each system that falls silent, on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const firm = simulateFirm({ seed: "doors", size: "S", anchor: "2026-11-20" });
const weekAgo = new Date(Date.parse(firm.now) - 7 * 86_400_000).toISOString();

const silent = (system: SystemKind, since: string | null): Promise<Doors> =>
  doorsOf(firm, (each) => (each === system ? since : firm.now));

const names = { psa: "The PSA", erp: "The ERP", crm: "The CRM" } as const;
const cases = (["psa", "erp", "crm"] as const).flatMap((system) => [
  { system, since: weekAgo, words: `${names[system]} was last read at ${weekAgo.slice(0, 10)}` },
  { system, since: null, words: `${names[system]} was never read` },
]);

describe.each(cases)("P6: $words", ({ system, since, words }) => {
  test("every answer says so before anything else", async () => {
    const { services, now } = await silent(system, since);
    const { view } = await now();
    const project = view.all("project")[0]?.id ?? "";
    const invoice = view.all("invoice")[0]?.id ?? "";
    const answers: readonly Picture[] = [
      await services.portfolio(looker, {}),
      await services.project(looker, { project }),
      await services.cases(looker, {}),
      await services.kpi(looker, { kpi: "utilisation" }),
      await services.why(looker, { of: invoice }),
      await services.processes(looker, {}),
      await services.forecast(looker, { of: invoice }),
      await services.whatIf(looker, { change: "remove-days", invoice, days: 1 }),
      await services.accounts(looker, {}),
      await services.timeline(looker, { of: `erp:invoice:${invoice}` }),
    ];
    for (const { statements, sources } of answers) {
      expect(statements[0]?.text).toContain(words);
      expect(sources[0]).toMatchObject({ system, stale: true, lastRead: since });
    }
  });

  test("nothing that rests on it is green, and what is unknown is counted as that", async () => {
    const { services, now } = await silent(system, since);
    const { view } = await now();
    const { counts, rows } = await services.portfolio(looker, { limit: 100 });
    const shown = { green: 0, amber: 0, red: 0, unknown: 0 };
    for (const { rag } of rows.items) shown[rag] += 1;
    expect(counts).toEqual(shown);
    // Without a PSA or an ERP no project has a colour at all; a CRM takes only its own rules along.
    expect(counts.unknown).toBe(system === "crm" ? shown.unknown : rows.total);
    // A rule that needs it among much else goes by its coverage; one that has nothing else has no colour.
    for (const { id } of view.by("project", "status", "active")) {
      const { rules, evidence } = await services.project(looker, { project: id, full: true });
      const of = new Map(evidence.map((fact) => [fact.id, fact.record.system]));
      const alone = rules.filter(({ figure }) =>
        figure.evidence.every((fact) => of.get(fact) === system),
      );
      const bright = alone.filter(({ band, figure }) => band === "green" && figure.evidence[0]);
      expect(bright.map(({ rule }) => `${id} ${rule}`)).toEqual([]);
    }
  });

  test("no case is opened on its facts, and none that rests on them is closed", async () => {
    const { now, cases: open } = await silent(system, since);
    const { view } = await now();
    const rests = (finding: Doors["cases"][number]["finding"]): boolean =>
      finding.evidence.some(({ record }) => record.system === system);
    const known = open.map(({ finding }) => ({ key: finding.key, finding }));
    const detection = detect(view, { projectIds: "all" });
    expect(nextCases([], new Set(), detection).open.filter(rests)).toEqual([]);
    const resting = new Set(known.filter(({ finding }) => rests(finding)).map(({ key }) => key));
    expect(resting.size).toBeGreaterThan(0);
    const { close } = nextCases(known, new Set(), detection);
    expect(close.filter(({ key }) => resting.has(key))).toEqual([]);
  });
});
