import type { AttributeValue } from "../simulator/events.ts";
import type { RecordKind } from "../simulator/records.ts";
import { NotAllowed } from "./not-allowed.ts";

/* Which fields an integration may set, and what a system fills in by itself. */

type Shape = "text" | "day" | "whole" | "percent";
type Fields = Readonly<Record<string, AttributeValue>>;
export type Creatable = {
  readonly prefix: string;
  readonly given: Readonly<Record<string, Shape>>;
  readonly filled: (today: string) => Fields;
};

export const creatable: Readonly<Partial<Record<RecordKind, Creatable>>> = {
  project: {
    prefix: "PRJ",
    given: {
      clientId: "text",
      clientName: "text",
      opportunityId: "text",
      name: "text",
      code: "text",
      billing: "text",
      leadId: "text",
      plannedStartOn: "day",
      plannedEndOn: "day",
      budgetMinutes: "whole",
      contractValueCents: "whole",
      plannedCostCents: "whole",
    },
    filled: () => ({
      contractId: null,
      billingRun: "monthly",
      status: "proposed",
      currency: "EUR",
      kickoffOn: null,
      reportedHealth: null,
      percentComplete: 0,
      reportedOn: null,
      completedOn: null,
    }),
  },
  "staffing-request": {
    prefix: "SR",
    given: { projectId: "text", grade: "text", startOn: "day" },
    filled: (today) => ({ requestedOn: today, filledOn: null, state: "open" }),
  },
  task: {
    prefix: "TK",
    given: { projectId: "text", name: "text", dueOn: "day" },
    filled: () => ({
      doneOn: null,
      state: "open",
      owner: "us",
      blockedReason: null,
      dependsOnTaskId: null,
    }),
  },
  "progress-report": {
    prefix: "PR",
    given: {
      projectId: "text",
      percentComplete: "percent",
      remainingMinutes: "whole",
      reportedHealth: "text",
      forecastEndOn: "day",
      authorId: "text",
    },
    filled: (today) => ({ reportedOn: today }),
  },
};

export const changeable: Readonly<Partial<Record<RecordKind, Readonly<Record<string, Shape>>>>> = {
  milestone: { forecastOn: "day" },
};

/** The fields of a request under these names, each of its shape; NotAllowed 422 for anything else. */
export function fieldsIn(
  body: Readonly<Record<string, unknown>>,
  shapes: Readonly<Record<string, Shape>>,
  all: "all" | "some",
): Record<string, AttributeValue> {
  const unknown = Object.keys(body).find((name) => !Object.hasOwn(shapes, name));
  if (unknown) throw new NotAllowed(422, "unknown_field", "A field is not known here.");
  return Object.fromEntries(
    Object.entries(shapes).flatMap(([name, shape]) => {
      const value = body[name];
      if (value === undefined && all === "some") return [];
      if (!isOf(shape, value))
        throw new NotAllowed(422, "bad_field", `${name} must be a ${shape}.`);
      return [[name, value]];
    }),
  );
}

function isOf(shape: Shape, value: unknown): value is string | number {
  if (shape === "text") return typeof value === "string" && value !== "" && value.length <= 4_000;
  if (shape === "day") return typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value);
  if (shape === "whole") return Number.isSafeInteger(value);
  return typeof value === "number" && value >= 0 && value <= 100;
}
