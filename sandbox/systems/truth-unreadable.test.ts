import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectedCauses } from "../firm/truth.ts";
import { systemOf } from "../simulator/record-systems.ts";
import { firmTruth } from "../simulator/truth.ts";
import { changeRoutes } from "./change-routes.ts";
import { createControl } from "./control.ts";
import { controlRoutes } from "./control-routes.ts";
import { createFaults, faceNames } from "./faults.ts";
import { recordPages } from "./record-pages.ts";
import { routesOf, type Systems, startSystems } from "./start-systems.ts";
import { createWebhookSender } from "./webhooks.ts";
import { openWorld } from "./world.ts";

const token = "sandbox-token";
const seed = "meridian";
const anchor = "2026-11-23";
const clock = () => new Date("2026-11-23T10:00:00.000Z");
const headers = { authorization: `Bearer ${token}` };

const truth = firmTruth({ seed, size: "S", anchor: "2026-11-22" });
/** Words that only the truth has. A scenario of one word may be a word of anybody's. */
const secrets = [
  ...truth.scenarios.flatMap(({ id, scenario }) => [id, scenario]),
  ...truth.scenarios.flatMap((row) => row.codes),
  ...expectedCauses(anchor).flatMap(({ causes }) => causes.map(({ code }) => code)),
].filter((word) => word.includes("-"));
const shapes =
  /"(?:causes?|cause_codes|scenario|interventionId|intervention|counterfactual|expected_actions|riskCodes|codes|forbidden_actions|topCause|visibleFrom|valueAtRiskCents|savedDays|soleDays|effortRatio|latent|clockStart|ruledOut)"|\b(?:INV|APR|MAR|SLP)-\d{1,2}\b|[iI]ntervention|[cC]ounterfactual|[gG]round.?truth/;

const leaksIn = (text: string): string[] => [
  ...secrets.filter((secret) => text.includes(secret)),
  ...(shapes.exec(text) ?? []),
];

/** Every route that a system with this world has, by its face. */
function everyRoute() {
  const world = openWorld({ anchor, seed, firm: "S", folder: null, clock });
  const webhooks = createWebhookSender({ subscription: null, clock });
  const control = createControl({ world, faults: createFaults(), webhooks });
  const own = routesOf(world, () => anchor);
  return faceNames.flatMap((face) =>
    [
      ...own[face],
      ...changeRoutes(world, face),
      ...recordPages(face, world),
      ...(face === "psa" ? controlRoutes(control) : []),
    ].map(({ method, path }) => ({ face, method, path })),
  );
}

let systems: Systems;
beforeAll(async () => {
  systems = await startSystems({ anchor, seed, token, firm: "S", clock });
});
afterAll(() => systems.close());

const urlOf = (face: (typeof faceNames)[number]): string =>
  ({
    psa: systems.psaUrl,
    crm: systems.crmUrl,
    erp: systems.erpUrl,
    hris: systems.hrisUrl,
    itsm: systems.itsmUrl,
    messenger: systems.messengerUrl,
  })[face];

type Crawled = { readonly texts: string[]; readonly ids: string[] };

async function crawl(url: string, cursorName: string): Promise<Crawled> {
  const texts: string[] = [];
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams(cursor ? { [cursorName]: cursor } : {});
    const answer = await fetch(`${url}?${query.toString()}`, { headers });
    expect([url, answer.status]).toEqual([url, 200]);
    const text = await answer.text();
    texts.push(text);
    const body = JSON.parse(text) as {
      items?: { id: string }[];
      next_cursor?: string | null;
      cursor?: string;
      more?: boolean;
    };
    ids.push(...(body.items ?? []).map(({ id }) => id));
    cursor = body.next_cursor ?? (body.more ? (body.cursor ?? null) : null);
  } while (cursor !== null);
  return { texts, ids };
}

describe("the truth", () => {
  test("has words that would be recognised", () => {
    expect(secrets.length).toBeGreaterThan(20);
    expect(leaksIn(`{"x":"${secrets[0]}"}`)).not.toEqual([]);
    expect(leaksIn('{"savedDays":3}')).not.toEqual([]);
  });

  test("is on no page of any list, feed or record of any system", {
    timeout: 120_000,
  }, async () => {
    const reads = everyRoute().filter(({ method }) => method === "GET");
    expect(new Set(reads.map(({ face }) => face)).size).toBe(6);
    let read = 0;
    const judge = (where: string, text: string): void => {
      read += 1;
      expect([where, leaksIn(text)]).toEqual([where, []]);
    };
    for (const { face, path } of reads) {
      const url = urlOf(face);
      const kinds = Object.keys(systemOf).filter(
        (kind) => systemOf[kind as keyof typeof systemOf] === face,
      );
      if (!path.includes(":")) {
        if (path === "/ping" || path === "/_control/status") {
          judge(path, await (await fetch(`${url}${path}`, { headers })).text());
          continue;
        }
        const { texts, ids } = await crawl(
          `${url}${path}`,
          path === "/changes" ? "after" : "cursor",
        );
        for (const text of texts) judge(path, text);
        for (const id of ids.slice(0, 5)) {
          const answer = await fetch(`${url}${path}/${encodeURIComponent(id)}`, { headers });
          judge(`${path}/${id}`, await answer.text());
        }
        continue;
      }
      if (path !== "/objects/:kind") continue;
      for (const kind of kinds) {
        const { texts, ids } = await crawl(`${url}/objects/${kind}`, "cursor");
        for (const text of texts) judge(kind, text);
        for (const id of [...ids.slice(0, 4), ...ids.slice(-4)])
          for (const place of ["objects", "records"]) {
            const answer = await fetch(`${url}/${place}/${kind}/${encodeURIComponent(id)}`, {
              headers,
            });
            expect([kind, id, answer.status]).toEqual([kind, id, 200]);
            judge(`${place}/${kind}/${id}`, await answer.text());
          }
      }
    }
    for (const path of ["/", "/?firm=beside"])
      judge(path, await (await fetch(`${systems.psaUrl}${path}`)).text());
    expect(read).toBeGreaterThan(250);
  });

  test("is behind no address that somebody might guess", async () => {
    for (const face of faceNames)
      for (const path of [
        "truth",
        "objects/truth",
        "objects/truth/P1001",
        "objects/intervention/iv-1",
        "records/truth/P1001",
        "objects/__proto__/x",
        "objects/constructor",
        "_control/truth",
        "changes/truth",
        "counterfactual",
        "truth.jsonl",
        "../simulator/truth.ts",
      ]) {
        const answer = await fetch(`${urlOf(face)}/${path}`, { headers });
        expect([face, path, answer.status]).toEqual([face, path, 404]);
      }
  });

  test("nothing of the days to come is told before they have passed", async () => {
    const { texts } = await crawl(`${systems.psaUrl}/changes`, "after");
    const recorded = texts.flatMap((text) =>
      (JSON.parse(text) as { events: { recorded_at: string }[] }).events.map((e) => e.recorded_at),
    );
    expect(recorded.filter((at) => at > clock().toISOString())).toEqual([]);
  });

  test("is imported by nothing that serves: not even far down", () => {
    const forbidden =
      /(^|\/)(truth|truth-types|truth-catalogue|scenario-truth|counterfactual|measure-firm)\.ts$/;
    const reached = new Set<string>();
    const visit = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      for (const [, specifier] of readFileSync(file, "utf8").matchAll(/from "(\.[^"]+)"/g))
        visit(join(dirname(file), specifier ?? ""));
    };
    visit("sandbox/systems/start-systems.ts");
    expect(reached.size).toBeGreaterThan(60);
    expect([...reached].filter((file) => forbidden.test(file))).toEqual([]);
  });
});
