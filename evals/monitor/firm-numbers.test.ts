import { describe, expect, test } from "vitest";
import { systemOfKind } from "#/domain/operating-model.ts";
import type { SystemKind } from "#/domain/record.ts";
import type { Scope } from "#/monitor/kpi/firm/firm-kpi.ts";
import { drill, kpiCatalogue, measureKpi } from "#/monitor/kpi/firm-kpis.ts";
import type { Observed } from "#/monitor/kpi/intake.ts";
import { assessAccount } from "#/monitor/portfolio/account.ts";
import { assessHealth, noMemory } from "#/monitor/portfolio/assess-project.ts";
import { measureProject } from "#/monitor/portfolio/measure-project.ts";
import { portfolioOf } from "#/monitor/portfolio/rank.ts";
import type { FirmView } from "#/monitor/twin/firm-view.ts";
import { createTwin } from "#/monitor/twin/twin.ts";
import { calendarOf, evalFirm } from "./eval-firm.ts";

/* Over a whole simulated firm: what is cited is what the records say, and silence never looks better. */

const firm = evalFirm({ seed: "numbers", size: "S", anchor: "2026-11-20" });
const view = firm.now;
const systems = [...new Set(Object.values(systemOfKind))].toSorted();

const isRight = (shown: FirmView, { source, field, value }: Observed): boolean => {
  const kind = source.type as Parameters<FirmView["get"]>[0];
  const [by, of] = source.id.split("=");
  if (field === "count" && by !== undefined && of !== undefined)
    return shown.by(kind, by as never, of).length === value;
  const record = shown.get(kind, source.id);
  return record !== null && record.fields[field as never] === value;
};

const wrong = (shown: FirmView, inputs: readonly Observed[]): string[] =>
  inputs
    .filter((input) => !isRight(shown, input))
    .map(
      ({ source, field, value }) => `${source.type} ${source.id} ${field} ${JSON.stringify(value)}`,
    );

const scopesOf = (kinds: readonly Scope["kind"][]): Scope[] =>
  kinds.flatMap((kind): Scope[] => {
    if (kind === "firm") return [{ kind, id: null }];
    const records = view.all(kind === "approver" ? "person" : kind);
    return records.map(({ id }) => ({ kind, id }));
  });

describe("P5: every number cites fields that say what the records say", () => {
  test("measures, rules, ranks and renewal risks of a whole firm", () => {
    const healths = new Map(
      view.all("project").map(({ id }) => [id, assessHealth(view, id, noMemory)]),
    );
    for (const { id } of view.all("project")) {
      for (const [name, kpi] of Object.entries(measureProject(view, id)))
        expect([id, name, wrong(view, kpi?.inputs ?? [])]).toEqual([id, name, []]);
      for (const rule of healths.get(id)?.rules ?? []) {
        expect([id, rule.rule, wrong(view, rule.evidence)]).toEqual([id, rule.rule, []]);
        expect([rule.band === "unknown", rule.evidence.length > 0]).toContain(true);
      }
    }
    for (const { valueAtRisk } of portfolioOf(view, new Map()).ranked)
      expect(wrong(view, valueAtRisk.inputs)).toEqual([]);
    for (const { id } of view.all("client"))
      for (const { evidence } of assessAccount(view, id, healths).drivers)
        expect(wrong(view, evidence)).toEqual([]);
  });

  test.each(kpiCatalogue.map(({ kpi, scopes }) => [kpi, scopes] as const))("%s", (kpi, scopes) => {
    for (const scope of scopesOf(scopes)) {
      const found = measureKpi(view, { kpi, scope });
      expect([scope, wrong(view, found.inputs)]).toEqual([scope, []]);
      expect(found.value === null || found.inputs.length > 0).toBe(true);
    }
  });
});

describe("a number and its parts", () => {
  test.each(
    kpiCatalogue.filter(({ additive }) => additive).map((each) => [each.kpi, each] as const),
  )("%s: numerators and denominators of the parts add up", (kpi, { scopes, unit }) => {
    for (const scope of scopesOf(scopes.filter((kind) => kind === "firm" || kind === "client"))) {
      const whole = measureKpi(view, { kpi, scope });
      const parts = drill(view, { kpi, scope }).filter((part) => part.kpi.value !== null);
      if (whole.value === null) continue;
      const sum = (of: "numerator" | "denominator") =>
        parts.reduce((total, part) => total + (part.kpi[of] ?? 0), 0);
      expect([scope, sum("numerator")]).toEqual([scope, whole.numerator]);
      // Sums of money and counts have the denominator 1, whole and parts alike.
      const isSum = unit === "minor units" || unit === "count";
      expect([scope, isSum ? 1 : sum("denominator")]).toEqual([scope, whole.denominator]);
    }
  });

  test("parts are clients, people or approvers of the firm, then projects, then records", () => {
    const firmWide = { kind: "firm", id: null } as const;
    const clients = drill(view, { kpi: "ac", scope: firmWide });
    const [first] = clients;
    expect(first?.scope?.kind).toBe("client");
    const projects = drill(view, { kpi: "ac", scope: first?.scope ?? firmWide });
    expect(projects.every(({ scope }) => scope?.kind === "project")).toBe(true);
    const people = drill(view, { kpi: "utilisation", scope: firmWide });
    const weeks = drill(view, { kpi: "utilisation", scope: people[0]?.scope ?? firmWide });
    expect(weeks.every(({ scope }) => scope === null)).toBe(true);
    expect(weeks.length).toBeGreaterThan(1);
  });
});

describe("P6: a system that falls silent makes nothing look better", () => {
  const severity = { "not-applicable": 0, green: 0, amber: 1, red: 2, unknown: 3 };
  const active = view.by("project", "status", "active").map(({ id }) => id);
  const read = (asOf: (system: SystemKind) => string | null): FirmView => ({
    ...view,
    lastRead: Object.fromEntries(systems.map((system) => [system, asOf(system)])),
  });
  const weekAgo = new Date(Date.parse(view.asOf) - 7 * 86_400_000).toISOString();

  test.each(
    systems.flatMap(
      (system) =>
        [
          [system, "never read", null],
          [system, "a week old", weekAgo],
        ] as const,
    ),
  )("%s %s", (silent, _, at) => {
    const without = read((system) => (system === silent ? at : view.asOf));
    for (const id of active) {
      const [before, after] = [
        assessHealth(view, id, noMemory),
        assessHealth(without, id, noMemory),
      ];
      for (const [index, { rule, band }] of before.rules.entries())
        expect([id, rule, severity[after.rules[index]?.band ?? "green"] >= severity[band]]).toEqual(
          [id, rule, true],
        );
      for (const [index, { dimension, status }] of before.dimensions.entries())
        expect([
          id,
          dimension,
          severity[after.dimensions[index]?.status ?? "green"] >= severity[status],
        ]).toEqual([id, dimension, true]);
      expect([id, severity[after.computed] >= severity[before.computed]]).toEqual([id, true]);
    }
  });

  test("with nothing read at all, nothing has a colour and no number has a value", () => {
    const blind = read(() => null);
    for (const id of active) expect(assessHealth(blind, id, noMemory).computed).toBe("unknown");
    for (const { kpi } of kpiCatalogue)
      expect([kpi, measureKpi(blind, { kpi, scope: { kind: "firm", id: null } }).value]).toEqual([
        kpi,
        null,
      ]);
  });
});

describe("the same records, the same answer", () => {
  const settings = { calendar: calendarOf(firm.firm), currency: firm.firm.currency };
  const answers = (shown: FirmView): string =>
    JSON.stringify([
      portfolioOf(shown, new Map()),
      kpiCatalogue.map(({ kpi }) => measureKpi(shown, { kpi, scope: { kind: "firm", id: null } })),
    ]);

  test("byte for byte, in whatever order the events arrived", () => {
    const turned = createTwin(settings);
    for (const event of firm.events.toReversed()) turned.apply(event);
    expect(answers(turned.view(view.asOf))).toBe(answers(view));
  });

  test("after one more event as after reading everything anew", () => {
    const running = createTwin(settings);
    const last = firm.events.slice(-25);
    for (const event of firm.events.slice(0, -25)) running.apply(event);
    for (const event of last) {
      running.apply(event);
      // Asked in between, so that whatever is remembered could go stale.
      measureProject(running.view(view.asOf), firm.now.all("project")[0]?.id ?? "");
    }
    expect(answers(running.view(view.asOf))).toBe(answers(view));
  });
});
