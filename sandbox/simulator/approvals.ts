import { at, type Calendar, dayOf, type Moment, minutesPerDay } from "./calendar.ts";
import type { Cast } from "./cast.ts";
import type { Draws } from "./draws.ts";
import type { Log } from "./events.ts";
import type { ProjectChange } from "./interventions.ts";
import type { SimulatedPerson } from "./people.ts";
import type { RecordShapes } from "./records.ts";

/** What held a request up, in neutral words; the truth translates them. */
export type HoldUp =
  | "absent"
  | "overloaded"
  | "inactive"
  | "incomplete"
  | "levels"
  | "unclaimed"
  | "unnoticed"
  | "disagreement"
  | "upstream"
  | "outlived"
  | "timer";
/** `source` names the change of circumstances, null when it came by chance. */
export type HoldUpSpan = {
  readonly what: HoldUp;
  readonly from: Moment;
  readonly to: Moment;
  readonly source: string | null;
};

export type ApprovalRequest = {
  readonly id: string;
  readonly kind: RecordShapes["approval"]["kind"];
  readonly subjectType: string;
  readonly subjectId: string;
  readonly projectId: string | null;
  readonly clientId: string | null;
  readonly amountCents: number | null;
  readonly requesterId: string;
  readonly approverId: string;
  readonly pace: ApproverPace;
  readonly requestedAt: Moment;
  /** Requests with the same name are decided in one sitting, more or less. */
  readonly sitting?: string;
};
export type ApproverPace = keyof typeof paces;

/** Median in business days and log spread of a human decision. */
const paces = { line: [0.85, 1], budget: [1.8, 0.74], director: [1, 1.2] } as const;
/** An invoice above this needs a director as well. */
const directorFrom = 60_000_00;

export type ApprovalOutcome = {
  readonly request: ApprovalRequest;
  readonly decidedAt: Moment;
  readonly decision: "approved" | "rejected" | "withdrawn";
  readonly decidedBy: string;
  readonly spans: readonly HoldUpSpan[];
};

/** Plays one request from asking to decision and writes its events. */
export function decideApproval(cast: Cast, log: Log, request: ApprovalRequest): ApprovalOutcome {
  const play = new Play(cast, log, request);
  return play.run();
}

/* One request under way. Its fields move with the simulated clock. */
class Play {
  readonly #cast: Cast;
  readonly #log: Log;
  readonly #request: ApprovalRequest;
  readonly #draws: Draws;
  readonly #calendar: Calendar;
  readonly #spans: HoldUpSpan[] = [];
  #now: Moment;
  #approver: SimulatedPerson;
  #returns = 0;

  constructor(cast: Cast, log: Log, request: ApprovalRequest) {
    this.#cast = cast;
    this.#log = log;
    this.#request = request;
    this.#draws = cast.setting.draws.of("approval", request.id);
    this.#calendar = cast.setting.calendar;
    this.#now = request.requestedAt;
    this.#approver = cast.person(request.approverId);
  }

  run(): ApprovalOutcome {
    const { requesterId, pace, kind, amountCents, requestedAt } = this.#request;
    const extra = this.#change("extra-levels");
    const self = this.#change("requester-decides");
    if (self) this.#approver = this.#cast.person(requesterId);
    const director = kind === "invoice" && (amountCents ?? 0) >= directorFrom;
    const levels = 1 + (director ? 1 : 0) + (extra ? Math.max(2, Math.round(extra.strength)) : 0);
    this.#open(levels);
    this.#beforeAnyoneLooks();
    this.#wait(pace, "first");
    this.#escalate(requestedAt);
    this.#askBack();
    this.#disagree();
    for (let level = 2; level <= levels; level += 1) {
      const from = this.#now;
      this.#note("forwarded", { level, approverId: this.#director(level) });
      this.#approver = this.#cast.person(this.#director(level));
      this.#wait("director", `level ${level}`);
      if (extra && level > (director ? 2 : 1)) this.#span("levels", from, extra.id);
    }
    const rejected = ["expense", "purchase"].includes(kind) && this.#draws.chance("rejected", 0.06);
    const decision = rejected ? "rejected" : "approved";
    this.#note(
      decision,
      {
        state: decision,
        decidedAt: this.#calendar.instant(this.#now),
        decidedBy: this.#approver.id,
      },
      this.#backdated(),
    );
    return {
      request: this.#request,
      decidedAt: this.#now,
      decision,
      decidedBy: this.#approver.id,
      spans: this.#spans,
    };
  }

  #change(kind: ProjectChange) {
    const { projectId, requestedAt } = this.#request;
    if (projectId === null || !["invoice", "change_order"].includes(this.#request.kind))
      return null;
    return this.#cast.circumstances.on(kind, projectId, dayOf(requestedAt));
  }

  #open(levels: number): void {
    const { id, clientId, sitting: _sitting, pace: _pace, requestedAt, ...request } = this.#request;
    const unnoticed = this.#change("notice-lost") !== null;
    const queued = this.#change("group-queue") !== null;
    const gone = this.#change("approver-inactive") !== null;
    const former = this.#cast.people.at(-1);
    const approverId = queued ? null : gone && former ? former.id : this.#approver.id;
    this.#log.opened("approval", id, {
      what: "requested",
      when: { occurred: requestedAt },
      fields: {
        ...request,
        approverId,
        queue: queued ? "finance-approvals" : null,
        level: 1,
        levels,
        requestedAt: this.#calendar.instant(requestedAt),
        notifiedAt: unnoticed ? null : this.#calendar.instant(requestedAt + 1),
        claimedAt: null,
        state: "pending",
        returns: 0,
        decidedAt: null,
        decidedBy: null,
      },
      links: {
        [request.subjectType]: request.subjectId,
        project: request.projectId,
        client: clientId,
        "person:approver": approverId,
        "person:requester": request.requesterId,
      },
    });
  }

  #beforeAnyoneLooks(): void {
    const stall = (kind: ProjectChange, what: HoldUp): Moment | null => {
      const change = this.#change(kind);
      if (!change) return null;
      const from = this.#now;
      this.#now = this.#calendar.add(this.#now, change.strength);
      this.#span(what, from, change.id);
      return this.#now;
    };
    if (stall("upstream-unsigned", "upstream") !== null) this.#note("prerequisite-met", {});
    if (stall("approver-inactive", "inactive") !== null)
      this.#note("reassigned", { approverId: this.#approver.id });
    if (stall("group-queue", "unclaimed") !== null)
      this.#note("claimed", {
        approverId: this.#approver.id,
        claimedAt: this.#calendar.instant(this.#now),
      });
    if (stall("notice-lost", "unnoticed") !== null)
      this.#note("reminded", { notifiedAt: this.#calendar.instant(this.#now) });
    const timer = this.#change("timer-only");
    if (timer) {
      const from = this.#now;
      this.#now = this.#calendar.add(this.#now + 7 * minutesPerDay, 0.02);
      this.#span("timer", from, timer.id);
      this.#note("escalated", {});
    }
  }

  #wait(pace: ApproverPace, name: string): void {
    const [median, spread] = paces[pace];
    const { sitting } = this.#request;
    const own = this.#draws.normal(name);
    const shared =
      sitting === undefined
        ? 0
        : this.#cast.setting.draws.of("person", this.#approver.id).normal(`sitting/${sitting}`);
    const normal = sitting === undefined ? own : 0.92 * shared + 0.39 * own;
    const days = median * Math.exp(spread * normal) * this.#approver.pace;
    this.#untilBack();
    const overload = this.#cast.circumstances.on("overload", this.#approver.id, dayOf(this.#now));
    const from = this.#now;
    // However little somebody needs for one request, under a pile it waits its turn.
    const turn = overload ? Math.max(days, 0.6) * overload.strength : days;
    this.#now = this.#calendar.add(this.#now, Math.max(0.01, turn));
    if (overload) this.#span("overloaded", from, overload.id);
    this.#untilBack();
  }

  /** Nobody decides while away, unless somebody covers. */
  #untilBack(): void {
    for (;;) {
      const today = dayOf(this.#now);
      const away = this.#approver.absences.find(
        ({ from, until }) => today >= from && today < until,
      );
      if (!away) return;
      if (away.coverId !== null && away.coverId !== this.#approver.id) {
        this.#approver = this.#cast.person(away.coverId);
        this.#note("delegated", { approverId: this.#approver.id });
        return;
      }
      const from = this.#now;
      this.#now = this.#calendar.add(
        at(away.until, 9 * 60),
        0.1 + 0.4 * this.#draws.uniform(`back/${away.from}`),
      );
      const sudden = this.#cast.circumstances.on("sudden-absence", this.#approver.id, away.from);
      this.#span("absent", from, sudden?.id ?? null);
    }
  }

  /** Some firms move a request on after seven calendar days. */
  #escalate(requestedAt: Moment): void {
    const limit = requestedAt + 7 * minutesPerDay;
    if (!this.#cast.setting.pack.autoEscalates || this.#now <= limit) return;
    this.#now = this.#calendar.add(limit, 0.02);
    const kept = this.#spans
      .filter(({ from }) => from < this.#now)
      .map((span) => ({ ...span, to: Math.min(span.to, this.#now) }));
    this.#spans.splice(0, this.#spans.length, ...kept);
    this.#note("escalated", {});
  }

  #askBack(): void {
    const change = this.#change("request-incomplete");
    const { kind, requesterId, id } = this.#request;
    // Measured: about one request in nine comes back, the smallest and the largest most often.
    const odds =
      kind === "timesheet"
        ? 0.04
        : 0.07 + 0.08 * Math.abs(2 * this.#draws.uniform("complexity") - 1);
    if (!change && !this.#draws.chance("returned", odds)) return;
    const from = this.#now;
    this.#returns += 1;
    this.#comment(`${id}-q`, this.#approver.id, this.#draws.pick("question", questions));
    this.#note("returned", { state: "returned", returns: this.#returns });
    const gap = change ? change.strength : this.#draws.lognormal("answer", 0.5, 1);
    this.#now = this.#calendar.add(this.#now, gap);
    this.#comment(`${id}-a`, requesterId, this.#draws.pick("answer text", answers));
    this.#note("resubmitted", { state: "pending" });
    const [median, spread] = paces[this.#request.pace];
    this.#now = this.#calendar.add(
      this.#now,
      0.6 * median * Math.exp(spread * this.#draws.normal("second look")),
    );
    this.#span("incomplete", from, change?.id ?? null);
    this.#untilBack();
  }

  #disagree(): void {
    const change = this.#change("approver-disagrees");
    if (!change) return;
    const from = this.#now;
    for (let turn = 0; turn < 4; turn += 1) {
      const author = turn % 2 === 0 ? this.#approver.id : this.#request.requesterId;
      this.#comment(`${this.#request.id}-d${turn}`, author, objections[turn] ?? objections[0]);
      this.#now = this.#calendar.add(this.#now, change.strength / 4);
    }
    this.#span("disagreement", from, change.id);
  }

  #director(level: number): string {
    const directors = this.#cast.people.filter(({ role, active }) => role === "director" && active);
    return directors[(level + this.#approver.index) % directors.length]?.id ?? this.#approver.id;
  }

  #backdated(): Moment {
    return this.#draws.chance("backdated", 0.01) ? this.#calendar.add(this.#now, 1.5) : this.#now;
  }

  #comment(id: string, authorId: string, text: string): void {
    this.#log.opened("approval-comment", id, {
      when: { occurred: this.#now },
      fields: { approvalId: this.#request.id, authorId, text },
      links: { approval: this.#request.id, person: authorId },
    });
  }

  #note(what: string, fields: Partial<RecordShapes["approval"]>, recorded = this.#now): void {
    const { id, subjectType, subjectId } = this.#request;
    this.#log.changed("approval", id, {
      what,
      fields,
      when: { occurred: this.#now, recorded },
      links: { [subjectType]: subjectId, "person:approver": this.#approver.id },
    });
  }

  #span(what: HoldUp, from: Moment, source: string | null): void {
    if (this.#now > from) this.#spans.push({ what, from, to: this.#now, source });
  }
}

const questions = [
  "Which cost centre is this for?",
  "The attachment does not open, please send it again.",
  "Where is the client's order number?",
  "Hours and amount do not match, please check.",
] as const;
const answers = [
  "Added, please look again.",
  "Here is the new version.",
  "Sorry, that was the wrong file. Corrected.",
] as const;
const objections = [
  "I do not agree with this amount, the first draft was lower.",
  "The lower figure left out the second site.",
  "Then the second site should be its own position.",
  "Split as you asked.",
] as const;
