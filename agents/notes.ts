import { z } from "zod";
import type { Bridge } from "./bridge.ts";
import { figuresOf } from "./figures.ts";
import { pictureTools, uncited } from "./picture-shapes.ts";

/** Sentences that need no evidence of a record. A mind chooses one by id; the words are ours. */
export const NoteId = z.enum([
  "hello",
  "welcome",
  "abilities",
  "not-known",
  "only-proposes",
  "which-invoice",
  "which-project",
  "unknown-invoice",
  "unknown-project",
  "unknown-proposal",
  "nothing-late",
  "late-not-known",
  "nothing-else-late",
  "nothing-waiting",
  "nothing-to-propose",
  "no-such-step",
  "may-not-propose",
  "source-failed",
  "list-empty",
  "nothing-due",
  "list-cut",
  "source-stale",
  "part-unknown",
  "unknown-record",
  "unknown-kpi",
  "which-milestone",
  "which-change",
  "nothing-open",
  "nothing-there",
]);
export type NoteId = z.infer<typeof NoteId>;

const abilities =
  "I can say how the portfolio and each project stand, which invoices are late and why, what a KPI is, what " +
  "is likely next, what would help, who has not submitted time on a project, and what waits for approval; " +
  "and I can propose a step for people to approve.";

type Note = {
  readonly text: string;
  /** The same with what the tools named, in our words; never a figure. */
  readonly words?: (bridge: Bridge) => string;
  /** For a note that claims something: whether this run's tool answers bear it out. */
  readonly holds?: (bridge: Bridge) => boolean;
};

/** Systems that a tool of this run named as not up to date. */
const staleSystems = (bridge: Bridge): string[] => [
  ...new Set(
    pictureTools.flatMap((name) =>
      bridge
        .answers(name)
        .flatMap(({ answer }) => answer.sources)
        .flatMap(({ system, stale }) => (stale ? [system.toUpperCase()] : [])),
    ),
  ),
];

/** What the newest answer about the firm says without a fact to cite: that, and why, it is not known. */
const unknowns = (bridge: Bridge): string[] =>
  pictureTools.flatMap((name) => {
    const newest = bridge.answers(name).at(-1);
    return newest ? uncited(newest.answer) : [];
  });

const lateInvoices = (bridge: Bridge) => bridge.answers("late_invoice_list").at(-1)?.answer;

export const notes: Readonly<Record<NoteId, Note>> = {
  hello: { text: `Hello. ${abilities}` },
  welcome: { text: "You are welcome." },
  abilities: { text: abilities },
  "not-known": { text: `I do not know that. ${abilities}` },
  "only-proposes": {
    text:
      "I cannot approve, release or change anything, and nothing was written: I only read and propose. " +
      "Every change waits until policy allows it and the right person has countersigned exactly that change.",
  },
  "which-invoice": {
    text: "Which invoice do you mean? A number, a client or a project name is enough.",
  },
  "which-project": { text: "Which project do you mean? A name or code is enough." },
  "unknown-invoice": { text: "I found no invoice of that name or number, or more than one." },
  "unknown-project": { text: "I found no project of that name or code." },
  "unknown-proposal": { text: "I found no proposal of that number that you may see." },
  "nothing-late": {
    text: "No open invoice is late.",
    holds: (bridge) => lateInvoices(bridge)?.every(({ status }) => status === "on-time") ?? false,
  },
  "late-not-known": {
    text: "No invoice is known to be late, but for some of them a source is missing, so I cannot say they are on time.",
    holds: (bridge) => {
      const all = lateInvoices(bridge);
      return (
        !!all && all.some((i) => i.status === "unknown") && !all.some((i) => i.status === "late")
      );
    },
  },
  "nothing-else-late": {
    text: "No other invoice is late.",
    holds: (bridge) =>
      (lateInvoices(bridge)?.filter(({ status }) => status === "late").length ?? 2) <= 1,
  },
  "nothing-waiting": {
    text: "Nothing waits for approval.",
    holds: (bridge) =>
      bridge
        .answers("proposal_list")
        .some(
          ({ args, answer }) =>
            (args["state"] === undefined || args["state"] === "waiting") &&
            answer.every(({ state }) => state !== "waiting"),
        ),
  },
  "nothing-to-propose": {
    text: "There is no step in the catalogue that would help this invoice now.",
    holds: (bridge) => bridge.answers("remediation_candidate_list").at(-1)?.answer.length === 0,
  },
  "no-such-step": {
    text: "That step is not open for this invoice now, so I did not propose it.",
    holds: (bridge) => bridge.answers("remediation_candidate_list").length > 0,
  },
  "may-not-propose": {
    text: "You have no right to propose here, so nothing was proposed. Somebody with a delivery or finance role can.",
    holds: (bridge) => !bridge.names.has("remediation_propose"),
  },
  "list-cut": { text: "There are more than I read, so this is not all of it." },
  "nothing-due": {
    text: "No time was due there in the last five weeks.",
    holds: (bridge) => bridge.answers("timesheet_week_list").length > 0,
  },
  "source-stale": {
    text: "A system is not up to date; what needs it is unknown.",
    words: (bridge) =>
      `Not up to date: the ${staleSystems(bridge).join(" and the ")}. What needs it is unknown.`,
    holds: (bridge) => staleSystems(bridge).length > 0,
  },
  "part-unknown": {
    text: "Part of this is not known now; the console says what is missing.",
    words: (bridge) => {
      const said = unknowns(bridge);
      const plain = said.filter((text) => figuresOf(text).length === 0);
      const rest = said.length > plain.length ? [notes["part-unknown"].text] : [];
      return [...plain.slice(0, 3), ...rest].join(" ");
    },
    holds: (bridge) => unknowns(bridge).length > 0,
  },
  "unknown-record": { text: "I found no record of that name or number, or more than one." },
  "unknown-kpi": { text: "I know no KPI of that name." },
  "which-milestone": {
    text: "Which milestone do you mean? Its number, or a project with one delivered milestone, is enough.",
  },
  "which-change": {
    text:
      "I can compute what follows when a milestone is accepted, a change order is approved, a cause or some " +
      "days of an invoice go away, or work goes to a colleague. Say which record you mean.",
  },
  "nothing-open": {
    text: "No case is open.",
    holds: (bridge) => bridge.answers("case_list").at(-1)?.answer.total === 0,
  },
  "nothing-there": {
    text: "Nothing of that kind is there now.",
    holds: (bridge) =>
      pictureTools.some((name) => bridge.answers(name).at(-1)?.answer.statements.length === 0),
  },
  "source-failed": { text: "A source gave no usable answer, so this may be incomplete." },
  "list-empty": {
    text: "The system has no such records.",
    holds: (bridge) =>
      (
        [
          "project_list",
          "opportunity_list",
          "change_order_list",
          "timesheet_week_list",
          "milestone_list",
          "invoice_list",
        ] as const
      ).some((name) => bridge.answers(name).at(-1)?.answer.length === 0),
  },
};
