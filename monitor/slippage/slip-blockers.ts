import { addBusinessDays } from "#/domain/business-time.ts";
import { dateIn } from "../clocks/civil-days.ts";
import type { Observed } from "../kpi/intake.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import type { DrivingChain } from "./driving-chain.ts";
import { firstTold } from "./first-told.ts";
import type { SlipCode } from "./slip-causes.ts";

/** Days [from, to) during which one thing held the driving chain. */
export type SlipBlocker = {
  readonly code: SlipCode;
  readonly detail: string;
  readonly from: string;
  readonly to: string;
  /** It still holds. */
  readonly open: boolean;
  readonly inputs: readonly Observed[];
};

/** An approval may take this long before it holds anything up, in business days. */
const approvalGrace = 2;

/** Everything the records show to have held the chain, up to the view's day. */
export function slipBlockers(
  view: FirmView,
  project: TwinRecord<"project">,
  chain: DrivingChain,
): SlipBlocker[] {
  const today = dateIn(view.calendar.zone, view.asOf);
  return [
    ...startedLate(view, project, today),
    ...chain.tasks.flatMap((task) => blocked(view, task, today)),
    ...staffing(view, project, today),
  ].filter(({ from, to }) => from < to && from < chain.endOn);
}

/** Work began after the planned day: the contract was not signed, or the hand-over was slow. */
function startedLate(
  view: FirmView,
  { id, source, fields }: TwinRecord<"project">,
  today: string,
): SlipBlocker[] {
  const start = firstTold(view.history("project", id), "plannedStartOn") ?? fields.plannedStartOn;
  const begun = fields.kickoffOn ?? (fields.status === "proposed" ? today : start);
  if (begun <= start) return [];
  const contract = fields.contractId === null ? null : view.get("contract", fields.contractId);
  const signed = contract?.fields.signedOn ?? null;
  const unsigned = contract !== null && (signed === null || signed > start);
  const begin: Observed[] = [{ source, field: "plannedStartOn", value: fields.plannedStartOn }];
  if (fields.kickoffOn !== null)
    begin.push({ source, field: "kickoffOn", value: fields.kickoffOn });
  const open = fields.kickoffOn === null;
  return unsigned
    ? [
        {
          code: "SLP-10",
          detail:
            signed === null
              ? `the contract was to start on ${start} and is not signed`
              : `the contract was to start on ${start} and was signed on ${signed}`,
          from: start,
          to: begun,
          open,
          inputs: [...begin, { source: contract.source, field: "signedOn", value: signed }],
        },
      ]
    : [
        {
          code: "SLP-5",
          detail: `work was to begin on ${start} and began on ${begun}: the hand-over before it was late`,
          from: start,
          to: begun,
          open,
          inputs: begin,
        },
      ];
}

const byOwner = { client: "SLP-3", third_party: "SLP-9", us: "SLP-8" } as const;
const ownerWords = { client: "the client", third_party: "a third party", us: "us" } as const;

/** The stretches during which a task on the chain stood as blocked. */
function blocked(view: FirmView, task: TwinRecord<"task">, today: string): SlipBlocker[] {
  const found: SlipBlocker[] = [];
  let since: string | null = null;
  const close = (to: string, open: boolean) => {
    if (since === null) return;
    const { owner, name } = task.fields;
    found.push({
      code: byOwner[owner],
      detail: `"${name}" was blocked, waiting for ${ownerWords[owner]}`,
      from: since,
      to,
      open,
      inputs: [
        { source: task.source, field: "owner", value: owner },
        { source: task.source, field: "state", value: task.fields.state },
      ],
    });
    since = null;
  };
  for (const { attributes, occurredAt } of view.history("task", task.id)) {
    const { state } = attributes;
    const on = dateIn(view.calendar.zone, occurredAt);
    if (state === "blocked") since ??= on;
    else if (state === "open" || state === "done") {
      const done = attributes["doneOn"];
      close(typeof done === "string" && done < on ? done : on, false);
    }
  }
  close(today, true);
  return found;
}

/** A seat that stood empty after the day it was needed; on a running project somebody left it. */
function staffing(
  view: FirmView,
  { id, fields }: TwinRecord<"project">,
  today: string,
): SlipBlocker[] {
  return view.by("staffing-request", "projectId", id).flatMap((request) => {
    const { state, startOn, requestedOn, filledOn, grade } = request.fields;
    if (state === "cancelled") return [];
    const running = fields.kickoffOn !== null && requestedOn > fields.kickoffOn;
    const staffed = view
      .by("assignment", "projectId", id)
      .find((one) => one.fields.grade === grade && one.fields.from < startOn);
    const left = running && staffed !== undefined;
    const inputs: Observed[] = [
      { source: request.source, field: "startOn", value: startOn },
      { source: request.source, field: "state", value: state },
    ];
    if (filledOn !== null)
      inputs.push({ source: request.source, field: "filledOn", value: filledOn });
    return [
      {
        code: left ? ("SLP-2" as const) : ("SLP-1" as const),
        detail: left
          ? `the ${grade} on it left on ${startOn} and had to be replaced`
          : `nobody was there as ${grade} from ${startOn}`,
        from: startOn,
        to: filledOn ?? today,
        open: filledOn === null,
        inputs,
      },
      ...slowApprovals(view, request),
    ];
  });
}

/** The request itself waited for a decision. */
function slowApprovals(view: FirmView, request: TwinRecord<"staffing-request">): SlipBlocker[] {
  const zone = view.calendar.zone;
  return view.by("approval", "subjectId", request.id).flatMap(({ source, fields }) => {
    if (fields.state === "withdrawn") return [];
    const from = addBusinessDays(view.calendar, dateIn(zone, fields.requestedAt), approvalGrace);
    return [
      {
        code: "SLP-12" as const,
        detail: `the request for a ${request.fields.grade} waited for approval`,
        from,
        to: dateIn(zone, fields.decidedAt ?? view.asOf),
        open: fields.decidedAt === null,
        inputs: [{ source, field: "requestedAt", value: fields.requestedAt }],
      },
    ];
  });
}
