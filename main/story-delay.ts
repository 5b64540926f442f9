import type { InvoiceDelay } from "#/domain/assessment.ts";
import { formatDays } from "#/domain/business-time.ts";
import { formatMoney } from "#/domain/money.ts";
import type { Proposal } from "#/domain/proposal.ts";
import { formatRef } from "#/domain/record.ts";
import type { Running } from "./run-everything.ts";
import { approveInChat, describe } from "./story-approval.ts";
import type { Stage } from "./story-stage.ts";
import { until, type Voice } from "./story-voice.ts";

/** A late invoice is noticed, explained, and its causes are worked on by the people they belong to. */
export async function playDelay(running: Running, stage: Stage, voice: Voice): Promise<void> {
  const { product } = running;
  const { services, store, config } = product;
  const who = await running.localPrincipal();

  voice.chapter(`2. Invoice ${stage.delayed} is late, and nobody has asked`);
  await product.watch();
  const exception = await until("the case of the delayed invoice", async () =>
    (await store.openExceptions(config.TENANT)).find(
      (each) =>
        each.delay.invoice.reference === stage.delayed ||
        each.delay.invoice.number === stage.delayed,
    ),
  );
  voice.tell("signal", `${exception.id}: ${exception.title}`);
  const delay = await services.explainInvoice(who, stage.delayed);
  tellDelay(delay, voice);
  const codes = delay.causes.map((cause) => cause.code).toSorted();
  voice.check(
    `exactly its three causes: ${codes.join(", ")}`,
    JSON.stringify(codes) === JSON.stringify(["INV-1", "INV-3", "INV-4"]),
  );
  const sum = delay.causes.reduce((total, cause) => total + cause.totalMinutes, 0);
  voice.check(
    `the days add up: causes + unexplained = ${formatDays(delay.window?.businessMinutes ?? 0, delay.minutesPerDay)}`,
    sum + delay.unexplainedMinutes === delay.window?.businessMinutes,
  );
  const ids = new Set(delay.evidence.map((each) => each.id));
  voice.check(
    "every cause cites evidence that was read",
    delay.causes.every(
      (cause) => cause.evidence.length > 0 && cause.evidence.every((id) => ids.has(id)),
    ),
  );
  const healthy = await services.explainInvoice(who, stage.healthy);
  voice.check(
    `the healthy invoice ${stage.healthy} has no cause`,
    healthy.causes.length === 0 && healthy.status !== "late",
  );

  voice.chapter("3. The agents propose, policy says who must agree");
  const proposals = await until("a proposal for each cause", async () => {
    const found = await store.proposals(config.TENANT, { exceptionId: exception.id });
    return found.some((each) => each.payload.action === "R14") &&
      found.some((each) => each.payload.action === "R16") &&
      found.some((each) => each.payload.action === "R01")
      ? found
      : null;
  });
  for (const proposal of proposals) tellProposal(proposal, voice);
  const nudge = proposals.find((each) => each.payload.action === "R01");
  voice.check("a reminder to a colleague needs nobody's vote", nudge?.decision.effect === "allow");
  for (const action of ["R14", "R16"] as const) {
    const proposal = proposals.find((each) => each.payload.action === action);
    voice.check(
      `${action}, a draft to the client, needs one delivery vote`,
      proposal?.decision.effect === "require" && proposal.decision.need.delivery === 1,
    );
    if (proposal) await approveInChat(running, { proposal, approver: "DeliveryLead" }, voice);
  }
  const done = await until("the reminder and both drafts", async () => {
    const now = await store.proposals(config.TENANT, { exceptionId: exception.id });
    return now.filter((each) => each.state === "done").length >= proposals.length ? now : null;
  });
  for (const proposal of done)
    voice.tell(
      "run",
      `${proposal.id} ${proposal.state}: ${(await describe(running, proposal)) ?? ""}`,
    );
  voice.check("the invoice was not touched", (await stage.raw(stage.delayed)).postings === 0);

  voice.chapter("4. The people answer; the causes are gone");
  await stage.heal();
  const healed = await services.explainInvoice(who, stage.delayed);
  tellDelay(healed, voice);
  voice.check(
    "none of the three causes is open any more",
    healed.causes.every((cause) => !cause.open || cause.code === "INV-12"),
  );
}

function tellDelay(delay: InvoiceDelay, voice: Voice): void {
  const days = (minutes: number): string => `${formatDays(minutes, delay.minutesPerDay)} days`;
  voice.tell(
    "evidence",
    `${delay.evidence.length} facts from ${[...new Set(delay.evidence.map((each) => each.record.system))].join(", ")} as of ${delay.asOf.slice(0, 16)}Z`,
  );
  voice.tell(
    "assessment",
    `${delay.status}, ${days(delay.window?.businessMinutes ?? 0)} to account for, ${formatMoney(delay.invoice.net)}`,
  );
  for (const cause of delay.causes)
    voice.tell(
      "",
      `${cause.code} ${cause.title}: ${days(cause.totalMinutes)} (${days(cause.soleMinutes)} alone, ${days(cause.sharedMinutes)} with others)${cause.open ? "" : ", over"}`,
    );
  voice.tell("", `unexplained: ${days(delay.unexplainedMinutes)}`);
}

export function tellProposal(proposal: Proposal, voice: Voice): void {
  const { payload, decision } = proposal;
  voice.tell(
    "proposal",
    `${proposal.id} ${payload.action} on ${formatRef(payload.target)}: ${payload.title}${payload.amount ? `, ${formatMoney(payload.amount)}` : ""} · hash ${proposal.payloadHash.slice(0, 12)}`,
  );
  const need =
    decision.effect === "require"
      ? Object.entries(decision.need)
          .map(([kind, count]) => `${count} ${kind}`)
          .join(", ")
      : "";
  voice.tell(
    "decision",
    `${decision.effect}${need ? ` ${need}` : ""} (${decision.policies.map((each) => each.id).join(", ")})`,
  );
}
