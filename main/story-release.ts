import { randomUUID } from "node:crypto";
import type { Member } from "#/domain/member.ts";
import type { Proposal } from "#/domain/proposal.ts";
import type { Running } from "./run-everything.ts";
import { cardFor, castAs, describe } from "./story-approval.ts";
import { tellProposal } from "./story-delay.ts";
import type { Stage } from "./story-stage.ts";
import { until, type Voice } from "./story-voice.ts";

/** Somebody asks to release an invoice; a proposal that nobody decides in time runs out. */
export async function askForRelease(
  running: Running,
  stage: Stage,
  voice: Voice,
): Promise<Proposal> {
  const { product } = running;
  const cast = castOf(await product.store.members(product.config.TENANT), stage);

  voice.chapter(`1. ${cast.requester.name} asks to release ${stage.ready}`);
  const expired = await proposeRelease(running, {
    who: cast.requester,
    invoice: stage.ready,
    seconds: 2,
  });
  await new Promise((resolve) =>
    setTimeout(resolve, Date.parse(expired.expiresAt) - Date.now() + 300),
  );
  const late = await castAs(running, expired, { person: cast.approver.id });
  voice.tell("approval", `${cast.approver.name}, after the window: ${late.result}`);
  await product.store.expireProposal(product.config.TENANT, expired.id, expired.version);
  await untouched(
    "a vote after the window closed is refused, and it counts as expired, not as rejected",
    {
      stage,
      voice,
      refused: late.result === "closed" && (await stateOf(running, expired)) === "expired",
    },
  );

  const proposal = await proposeRelease(running, {
    who: cast.requester,
    invoice: stage.ready,
    seconds: 3600,
  });
  tellProposal(proposal, voice);
  await untouched("after the proposal the invoice is as it was", { stage, voice, refused: true });
  return proposal;
}

/** Refused votes change nothing; a valid one posts the invoice, exactly once. */
export async function decideRelease(
  running: Running,
  { stage, proposal }: { stage: Stage; proposal: Proposal },
  voice: Voice,
): Promise<void> {
  const { product } = running;
  const cast = castOf(await product.store.members(product.config.TENANT), stage);

  voice.chapter(`5. Who may not countersign the release of ${stage.ready}`);
  const tries = [
    ["the requester", { person: cast.requester.id }],
    ["the project's lead", { person: stage.lead.id }],
    ["an agent", { person: "copilot" }],
    ["a deactivated colleague", { person: cast.former.id }],
    [
      "somebody with another card (wrong hash)",
      { person: cast.approver.id, shownHash: "0".repeat(64) },
    ],
  ] as const;
  for (const [who, vote] of tries) {
    const outcome = await castAs(running, proposal, vote);
    voice.tell(
      "approval",
      `${who}: ${outcome.result === "refused" ? outcome.reasons.map((each) => `${each.reason} (${each.id})`).join("; ") : outcome.result}`,
    );
    await untouched(`the vote of ${who} is refused, and the invoice is as it was`, {
      stage,
      voice,
      refused: outcome.result === "refused",
    });
  }

  voice.chapter(`6. ${cast.approver.name} countersigns exactly this change`);
  const { chat } = running;
  if (!chat) throw new Error("the sandbox chat is not running");
  const card = await cardFor(running, proposal, cast.approver.email);
  const press = () =>
    chat.clickButton(cast.approver.email, card.ts, "proposal.approve", { value: card.value });
  // The same press delivered twice at one instant, and once more as a door would repeat it.
  await Promise.allSettled([
    press(),
    press(),
    castAs(running, proposal, { person: cast.approver.id }),
  ]);
  voice.tell(
    "approval",
    `${cast.approver.name} approves ${proposal.id} v${proposal.version}, delivered three times at once`,
  );
  const repeated = await castAs(running, proposal, { person: cast.approver.id });
  voice.tell("approval", `the same vote once more: ${repeated.result}`);
  const state = await until("the run to end", async () => {
    const now = await stateOf(running, proposal);
    return ["done", "failed", "unknown", "superseded", "expired", "withdrawn"].includes(now)
      ? now
      : null;
  });
  voice.tell("run", `${proposal.id} ${state}: ${await describe(running, proposal)}`);
  const raw = await stage.raw(stage.ready);
  voice.tell(
    "effect",
    `${stage.system} says: ${raw.state}, number ${raw.number}, ${raw.postings} ledger entry`,
  );
  voice.check("the run ended done", state === "done");
  voice.check(
    "the invoice is posted, with a number, once",
    ["posted", "issued", "sent"].includes(raw.state) && raw.number !== null && raw.postings === 1,
  );
}

type Cast = { requester: Member; approver: Member; former: Member };

/** Finance people who lead nothing here, and a former one. */
function castOf(members: readonly Member[], stage: Stage): Cast {
  const finance = members.filter(
    ({ roles, active, id }) =>
      active &&
      roles.includes("FinanceManager") &&
      !roles.includes("DeliveryLead") &&
      id !== stage.lead.id,
  );
  const former = members.find(({ active, roles }) => !active && roles.includes("FinanceManager"));
  const [requester, approver] = finance;
  if (!requester || !approver || !former)
    throw new Error("the directory lacks finance managers for the story");
  return { requester, approver, former };
}

async function proposeRelease(
  { product }: Running,
  { who, invoice, seconds }: { who: Member; invoice: string; seconds: number },
): Promise<Proposal> {
  const principal = product.services.principalOf(who);
  const [candidate] = (await product.services.candidates(principal, invoice)).filter(
    (each) => each.action === "R08",
  );
  if (!candidate) throw new Error(`releasing ${invoice} is no candidate now`);
  const made = await product.proposeFor(
    principal,
    {
      action: "R08",
      target: `${candidate.target.system}:${candidate.target.type}:${candidate.target.id}`,
      invoice,
      why: "Nothing else holds it back.",
      evidence: [],
      idempotencyKey: randomUUID(),
      producedBy: { mind: "a person", promptHash: null },
      thread: null,
    },
    seconds,
  );
  const fact = await product.store.proposal(product.config.TENANT, made.id, made.version);
  if (!fact) throw new Error(`proposal ${made.id} is gone`);
  return fact.proposal;
}

const stateOf = async ({ product }: Running, proposal: Proposal): Promise<string> =>
  (await product.store.proposal(product.config.TENANT, proposal.id, proposal.version))?.proposal
    .state ?? "gone";

async function untouched(
  claim: string,
  { stage, voice, refused }: { stage: Stage; voice: Voice; refused: boolean },
): Promise<void> {
  const { state, postings } = await stage.raw(stage.ready);
  voice.check(
    `${claim} (${stage.system} says: ${state})`,
    refused && /draft/.test(state) && postings === 0,
  );
}
