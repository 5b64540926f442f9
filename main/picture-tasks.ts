import { z } from "zod";
import { CountersignError } from "#/domain/errors.ts";
import { FindingKind } from "#/domain/finding.ts";
import { CivilDate, Instant } from "#/domain/ids.ts";
import type { Principal } from "#/domain/member.ts";
import type { OperationsServices } from "#/workflows/operations-services.ts";
import type { DeskTasks } from "./local-desk.ts";
import { argumentsOf } from "./task-arguments.ts";

const name = z
  .string()
  .trim()
  .min(1, "say which one")
  .max(200, "a name has at most 200 characters");
const page = { cursor: z.string().max(400).optional(), limit: z.int().min(1).max(200).optional() };
const rags = ["green", "amber", "red", "unknown"] as const;
const scopes = ["firm", "client", "project", "person", "approver"] as const;

const Portfolio = z.object({
  ...page,
  rag: z.enum(rags, { error: `a colour is one of ${rags.join(", ")}` }).optional(),
});
const Project = z.object({ project: name, full: z.boolean().optional() });
const Kpi = z.object({
  ...page,
  kpi: name,
  of: name.optional(),
  scope: z.enum(scopes, { error: `a scope is one of ${scopes.join(", ")}` }).optional(),
  drill: z.boolean().optional(),
  at: Instant.optional(),
});
const Why = z.object({ of: name, full: z.boolean().optional() });
const Processes = z.object({ process: name.optional() });
const Forecast = z.object({ of: name });
const Cases = z.object({
  ...page,
  kind: z
    .enum(FindingKind.options, { error: `a kind is one of ${FindingKind.options.join(", ")}` })
    .optional(),
  project: name.optional(),
});
const WhatIf = z.discriminatedUnion("change", [
  z.object({ change: z.literal("remove-cause"), invoice: name, code: name }),
  z.object({
    change: z.literal("remove-days"),
    invoice: name,
    days: z.number("say how many days").positive("say how many days"),
  }),
  z.object({
    change: z.literal("accept-milestone"),
    milestone: name,
    on: CivilDate.nullable().default(null),
  }),
  z.object({ change: z.literal("approve-change-order"), changeOrder: name }),
  z.object({ change: z.literal("reassign"), project: name, from: name, to: name }),
]);

type Asking = {
  /** null: no change feed stands behind the connection. */
  readonly operations: OperationsServices | null;
};

/** What the commands about the whole firm ask for. All throw NO_OPERATING_PICTURE where there is none. */
export function pictureTasks(
  { operations }: Asking,
  principal: () => Promise<Principal>,
): DeskTasks {
  const task =
    <T>(shape: z.ZodType<T>, ask: Asks<T>) =>
    async (argument: unknown): Promise<unknown> => {
      if (!operations) throw new CountersignError("NO_OPERATING_PICTURE");
      return ask(operations, await principal(), given(argumentsOf(shape, argument ?? {})));
    };
  return {
    portfolio: task(Portfolio, (from, who, query) => from.portfolio(who, query)),
    project: task(Project, (from, who, query) => from.project(who, query)),
    kpis: task(z.unknown(), (from, who) => from.kpis(who)),
    kpi: task(
      Kpi.refine(({ of, scope }) => of === undefined || scope !== undefined, {
        error: `say with --scope what it is: ${scopes.slice(1).join(", ")}`,
      }),
      (from, who, query) => from.kpi(who, query),
    ),
    why: task(Why, (from, who, query) => from.why(who, query)),
    "what-if": task(WhatIf, (from, who, query) => from.whatIf(who, query)),
    processes: task(Processes, (from, who, query) => from.processes(who, query)),
    forecast: task(Forecast, (from, who, query) => from.forecast(who, query)),
    cases: task(Cases, (from, who, query) => from.cases(who, query)),
  };
}

type Given<T> = T extends object ? { [Key in keyof T]: Exclude<T[Key], undefined> } : T;
type Asks<T> = (from: OperationsServices, who: Principal, query: Given<T>) => Promise<unknown>;

/** Absent is not the same as undefined. */
const given = <T>(parsed: T): Given<T> =>
  (typeof parsed === "object" && parsed !== null
    ? Object.fromEntries(Object.entries(parsed).filter(([, value]) => value !== undefined))
    : parsed) as Given<T>;
