import { describe, expect, test } from "vitest";
import { sampleOperations } from "#/mcp-server/testing/sample-operations.ts";
import { principalWith } from "#/mcp-server/testing/sample-services.ts";
import type { OperationsServices } from "#/workflows/operations-services.ts";
import { pictureTasks } from "../picture-tasks.ts";
import { casesCommand } from "./cases.ts";
import { kpiCommand } from "./kpi.ts";
import type { PictureCommand } from "./picture-text.ts";
import { portfolioCommand } from "./portfolio.ts";
import { predictCommand } from "./predict.ts";
import { projectCommand } from "./project.ts";
import { whatIfCommand } from "./what-if.ts";
import { whyCommand } from "./why.ts";

/** Through the tasks of the desk, as JSON, the way another process is asked. */
async function run(
  command: PictureCommand,
  args: string,
  operations: OperationsServices | null = sampleOperations(),
): Promise<string> {
  const tasks = pictureTasks({ operations }, async () => principalWith("read"));
  const lines = await command(args === "" ? [] : args.split(" "), async (task, argument) => {
    const answer = await tasks[task]?.(JSON.parse(JSON.stringify(argument)));
    return JSON.parse(JSON.stringify(answer)) as unknown;
  });
  return lines.join("\n");
}

describe("the terminal shows the firm as a whole", () => {
  test.each<[string, PictureCommand, string]>([
    ["portfolio", portfolioCommand, ""],
    ["project", projectCommand, "PRJ-3"],
    ["kpi", kpiCommand, "utilisation"],
    ["why", whyCommand, "INV-1042"],
    ["what-if", whatIfCommand, "accept-milestone MS-3"],
    ["cases", casesCommand, ""],
    ["predict", predictCommand, ""],
    ["predict one", predictCommand, "INV-1042"],
  ])("P6: %s says what is not up to date before any figure", async (_, command, args) => {
    const text = await run(command, args);
    expect(text).toContain("! ERP is not up to date (last read 2026-11-20 06:00 UTC).");
    const [before = ""] = text.split("──");
    expect(before).toContain("! ERP");
    expect(text).not.toMatch(/undefined|\[object|NaN|null/);
  });

  test("the portfolio as a table whose columns line up, what is worse than reported marked", async () => {
    const text = await run(portfolioCommand, "");
    expect(text).toContain("1 red, 1 amber, 1 unknown, 1 green.");
    const rows = text.split("\n");
    const head = rows.find((line) => line.startsWith("project")) ?? "";
    const aurora = rows.find((line) => line.startsWith("Aurora data platform  ")) ?? "";
    expect(aurora.indexOf("red")).toBe(head.indexOf("health"));
    expect(aurora).toContain("green (worse than that)");
    expect(aurora).toContain("EUR 48,200.00");
    expect(await run(portfolioCommand, "--rag red")).toContain("1 of 1 shown.");
  });

  test("a project with its rules; with --full both bridges", async () => {
    expect(await run(projectCommand, "borealis audit")).toContain(
      "Borealis audit for Borealis Shipping: amber",
    );
    const brief = await run(projectCommand, "PRJ-3");
    expect(brief).toContain("COS-1 Cost performance");
    expect(brief).not.toContain("slippage");
    expect(await run(projectCommand, "PRJ-3 --full")).toMatch(
      /SLP-4 Waits for the client +6 working days/,
    );
  });

  test("a KPI, its parts, and all there are", async () => {
    expect(await run(kpiCommand, "utilisation")).toMatch(/^Utilisation: 71\.4 %/);
    expect(await run(kpiCommand, "utilisation --drill")).toMatch(/Ana Kovac +82\.5 %/);
    expect(await run(kpiCommand, "dso")).toMatch(
      /^Days sales outstanding: unknown \(The ERP is stale\.\)/,
    );
    expect(await run(kpiCommand, "")).toContain("days-to-invoice");
  });

  test("why, and what if: days per cause and the unexplained rest; before and after", async () => {
    const why = await run(whyCommand, "INV-1042");
    expect(why).toMatch(/INV-1 Timesheets missing +4\.5 working days +open/);
    expect(why).toContain("Unexplained: 1 working day");
    const then = await run(whatIfCommand, "accept-milestone MS-3 --on 2026-11-24");
    expect(then).toMatch(/Ready to invoice +2026-12-04 +2026-11-25 +-7 working days/);
    expect(then).toContain("Nothing was changed.");
  });
});

describe("what a command cannot do", () => {
  test.each<[PictureCommand, string, RegExp]>([
    [projectCommand, "", /Say which/],
    [whyCommand, "", /Say of what/],
    [whatIfCommand, "grow INV-1", /Say what would change/],
    [whatIfCommand, "remove-days INV-1042", /say how many days/],
    [whatIfCommand, "reassign PRJ-4", /arguments are not valid/],
    [portfolioCommand, "--rag blue", /a colour is one of green, amber, red, unknown/],
    [portfolioCommand, "--nonsense", /Unknown option/],
    [kpiCommand, "utilisation --of Ana", /say with --scope what it is/],
    [projectCommand, "Zeppelin", /No project matches “Zeppelin”/],
  ])("is said with what to do instead: %o %s", async (command, args, sentence) => {
    await expect(run(command, args)).rejects.toThrow(sentence);
  });

  test("without a change feed every command says what is missing and what works instead", async () => {
    for (const [command, args] of [
      [portfolioCommand, ""],
      [casesCommand, ""],
      [kpiCommand, ""],
      [whyCommand, "INV-1042"],
    ] as const)
      await expect(run(command, args, null)).rejects.toThrow(
        /has no change feed.*Ask about single invoices/,
      );
  });
});
