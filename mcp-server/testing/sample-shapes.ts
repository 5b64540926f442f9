import type { Rag } from "#/workflows/operations-services.ts";

/*
 * Four projects: one reported green and red by our rules, one amber, one that nobody can judge because
 * the ERP is stale, one fine. More are made up in their likeness when a test wants a larger firm.
 */

export type SampleNames = { readonly client?: string; readonly project?: string };

export type Shape = {
  readonly id: string;
  readonly name: string;
  readonly client: string;
  readonly lead: string;
  readonly rag: Rag;
  readonly reported: Rag;
  readonly risk: number;
  readonly deadline: string | null;
  readonly daysLeft: number | null;
};

export function sampleShapes(names: SampleNames, count: number): readonly Shape[] {
  const four: Shape[] = [
    {
      id: "PRJ-3",
      name: names.project ?? "Aurora data platform",
      client: names.client ?? "Aurora Health",
      lead: "Lena Brandt",
      rag: "red",
      reported: "green",
      risk: 4_820_000,
      deadline: "2026-11-30",
      daysLeft: 5,
    },
    {
      id: "PRJ-5",
      name: "S/4HANA rollout",
      client: "Draft GmbH",
      lead: "Tom Okafor",
      rag: "unknown",
      reported: "green",
      risk: 3_150_000,
      deadline: "2026-12-18",
      daysLeft: 19,
    },
    {
      id: "PRJ-4",
      name: "Borealis audit",
      client: "Borealis Shipping",
      lead: "Lena Brandt",
      rag: "amber",
      reported: "amber",
      risk: 1_260_000,
      deadline: "2026-12-11",
      daysLeft: 14,
    },
    {
      id: "PRJ-6",
      name: "Cobalt portal",
      client: "Cobalt Energy",
      lead: "Tom Okafor",
      rag: "green",
      reported: "green",
      risk: 0,
      deadline: null,
      daysLeft: null,
    },
  ];
  const more = Array.from({ length: Math.max(0, count - 4) }, (_, index): Shape => {
    const like = four[index % 4] as Shape;
    const place = index + 10;
    return { ...like, id: `PRJ-${place}`, name: `Programme ${place}`, client: `Client ${place}` };
  });
  const worst: readonly Rag[] = ["red", "amber", "unknown", "green"];
  return [...four, ...more]
    .slice(0, count)
    .sort((a, b) => worst.indexOf(a.rag) - worst.indexOf(b.rag) || b.risk - a.risk);
}
