import type { Control } from "./control.ts";
import { type Fault, faceNames } from "./faults.ts";
import { NotAllowed } from "./not-allowed.ts";
import type { ReplayRequest } from "./replay-deliveries.ts";
import { type Answer, type Call, isForm, type Route } from "./serve-face.ts";
import type { WebhookFault } from "./webhooks.ts";

const faultKinds: readonly Fault["kind"][] = ["429", "503", "slow", "refused", "lost-response"];
const webhookFaultKinds: readonly WebhookFault["kind"][] = ["duplicate", "reorder", "lost"];

/** The control over HTTP: JSON in and out for programs, forms that lead back to `/` for people. */
export function controlRoutes(control: Control): Route[] {
  const happenings: Readonly<Record<string, (input: Input) => unknown>> = {
    "submit-timesheet": (i) => control.submitTimesheet(i.text("timesheet"), i.number("hours")),
    "approve-timesheet": (i) =>
      control.approveTimesheet(i.text("timesheet"), i.optional("approver")),
    "accept-milestone": (i) => control.acceptMilestone(i.text("milestone")),
    "decide-change-order": (i) =>
      control.decideChangeOrder(
        i.text("changeOrder"),
        i.oneOf("decision", ["approve", "reject"] as const),
      ),
    "win-opportunity": (i) => control.winOpportunity(i.text("opportunity"), i.optional("on")),
    "approve-invoice": (i) => control.approveInvoice(i.text("invoice"), i.optional("approver")),
    "amend-invoice": (i) =>
      control.amendInvoice(i.text("invoice"), i.text("line"), i.number("net") ?? Number.NaN),
    "cancel-invoice": (i) => control.cancelInvoice(i.text("invoice")),
    fault: (i) => control.fault(faultFrom(i)),
    "webhook-fault": (i) =>
      control.webhookFault({ kind: i.oneOf("kind", webhookFaultKinds), times: i.times() }),
    "clear-faults": () => control.clearFaults(),
    advance: (i) => control.advance({ days: i.number("days") ?? 1 }),
    "replay-deliveries": (i) => control.replayDeliveries(replayFrom(i)),
  };
  return [
    ...Object.entries(happenings).map(
      ([name, happen]): Route => ({
        method: "POST",
        path: `/_control/${name}`,
        run: (call) => carriedOut(call, happen),
      }),
    ),
    {
      method: "GET",
      path: "/_control/status",
      run: () => {
        const { anchor, seed, sequence, recent } = control.state();
        const [faults, shownUntil] = [control.pendingFaults(), control.shownUntil()];
        return { status: 200, json: { anchor, seed, sequence, shownUntil, recent, faults } };
      },
    },
  ];
}

function carriedOut(call: Call, happen: (input: Input) => unknown): Answer {
  const result = happen(inputFrom(call));
  return isForm(call.headers)
    ? { status: 303, html: "", headers: { location: "/" } }
    : { status: 200, json: { ok: true, ...(typeof result === "object" ? result : {}) } };
}

const rateNames = ["duplicate", "reorder", "delayed", "lost", "badSignature"] as const;

function replayFrom(input: Input): ReplayRequest {
  const rates = Object.fromEntries(
    rateNames.flatMap((name) => {
      const rate = input.number(name);
      return rate === undefined ? [] : [[name, rate]];
    }),
  );
  const [days, limit] = [input.number("days"), input.number("limit")];
  return {
    rates,
    ...(days === undefined ? {} : { days }),
    ...(limit === undefined ? {} : { limit }),
  };
}

function faultFrom(input: Input): Fault {
  const match = input.optional("match");
  const retryAfterSeconds = input.number("retryAfterSeconds");
  const delayMs = input.number("delayMs");
  return {
    face: input.oneOf("face", faceNames),
    kind: input.oneOf("kind", faultKinds),
    times: input.times(),
    ...(match === undefined ? {} : { match }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(delayMs === undefined ? {} : { delayMs }),
  };
}

type Input = ReturnType<typeof inputFrom>;

function inputFrom({ body }: Call) {
  const bad = (name: string) => new NotAllowed(422, "bad_field", `${name} is missing or wrong.`);
  const optional = (name: string): string | undefined => {
    const value = body[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const number = (name: string): number | undefined => {
    if (body[name] === undefined || body[name] === "") return undefined;
    const value = Number(body[name]);
    if (!Number.isFinite(value)) throw bad(name);
    return value;
  };
  const text = (name: string): string => {
    const value = optional(name);
    if (value === undefined) throw bad(name);
    return value;
  };
  return {
    optional,
    number,
    text,
    oneOf<T extends string>(name: string, known: readonly T[]): T {
      const found = known.find((one) => one === body[name]);
      if (!found) throw bad(name);
      return found;
    },
    times: (): number => {
      const times = number("times") ?? 1;
      if (!Number.isInteger(times) || times < 1) throw bad("times");
      return times;
    },
  };
}
