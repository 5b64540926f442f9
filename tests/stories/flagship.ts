import { createCaseStore } from "#/db/case-store.ts";
import type { Finding } from "#/domain/finding.ts";
import type { ExceptionId } from "#/domain/ids.ts";
import type { Proposal } from "#/domain/proposal.ts";
import type { Running } from "#/main/run-everything.ts";
import { approveInChat, castAs } from "#/main/story-approval.ts";
import { until } from "#/main/story-voice.ts";
import { chatOf, proposalOf, reaches } from "./start-product.ts";

/* What the stories of the detectors' cases have in common. */

/** `days` business days before today; holidays are not looked at, so it is at least so many days ago. */
export function businessDaysAgo(days: number): string {
  let day = Temporal.Now.plainDateISO("Europe/Berlin");
  for (let left = days; left > 0; ) {
    day = day.subtract({ days: 1 });
    if (day.dayOfWeek <= 5) left -= 1;
  }
  return day.toString();
}

export const daysFromNow = (days: number): string =>
  Temporal.Now.plainDateISO("Europe/Berlin").add({ days }).toString();

export const openCases = ({ product }: Running) =>
  createCaseStore(product.database).openCases(product.config.TENANT);

/** The open case of this key; waits for it. */
export const caseOf = (
  running: Running,
  key: string,
): Promise<{ id: ExceptionId; finding: Finding }> =>
  until(
    `the case ${key}`,
    async () => (await openCases(running)).find(({ finding }) => finding.key === key) ?? null,
    60,
  );

export const proposalsOf = ({ product }: Running, exceptionId: ExceptionId): Promise<Proposal[]> =>
  product.store.proposals(product.config.TENANT, { exceptionId });

/** What code filed for a case, once these actions are there. */
export const filedFor = (
  running: Running,
  id: ExceptionId,
  actions: readonly string[],
): Promise<Proposal[]> =>
  until(
    `${actions.join(", ")} for ${id}`,
    async () => {
      const filed = await proposalsOf(running, id);
      const there = filed.map(({ payload }) => payload.action as string);
      return actions.every((action) => there.includes(action)) ? filed : null;
    },
    60,
  );

export const ofAction = (filed: readonly Proposal[], action: string): Proposal => {
  const found = filed.find(({ payload }) => payload.action === action);
  if (!found) throw new Error(`no ${action} was filed`);
  return found;
};

/** A delivery lead presses Approve on the card, and the run ends. */
export async function approveOnCard(running: Running, proposal: Proposal): Promise<Proposal> {
  const silent = { tell: () => undefined } as unknown as Parameters<typeof approveInChat>[2];
  await approveInChat(running, { proposal, approver: "DeliveryLead" }, silent);
  return reaches(running, proposal.id, "done", "failed", "unknown", "superseded");
}

/** The same through the service that stands behind the button. */
export async function approveAs(
  running: Running,
  proposal: Proposal,
  person: string,
): Promise<Proposal> {
  await castAs(running, await proposalOf(running, proposal.id), { person });
  return reaches(running, proposal.id, "done", "failed", "unknown", "superseded");
}

/** How often the firm's channel was told of it. */
export function toldInChannel(running: Running, words: RegExp): number {
  const chat = chatOf(running);
  return chat
    .messages(chat.channelId("delivery-ops"))
    .filter(({ text, blocks }) => words.test(`${text} ${JSON.stringify(blocks)}`)).length;
}
