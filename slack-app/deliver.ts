import type { WebClient } from "@slack/web-api";
import type { PersonId, TenantId } from "#/domain/ids.ts";
import type { Member, SlackAccount } from "#/domain/member.ts";
import type { Thread } from "#/domain/proposal.ts";
import type { ClaimedItem, Outbox, OutboxItem } from "#/workflows/services.ts";
import { answerMessage } from "./cards/answer-message.ts";
import { caseDigest, caseNotice } from "./cards/case-notice.ts";
import { exceptionNotice } from "./cards/exception-notice.ts";
import { limits, message } from "./cards/limits.ts";
import { outcomeMessage } from "./cards/outcome-message.ts";
import { proposalCard } from "./cards/proposal-card.ts";
import { plain, quote } from "./cards/words.ts";
import { refreshCard } from "./refresh-card.ts";
import { failureOf, NotDelivered, type Posting } from "./sending.ts";
import { vouchedUser, type Needs as WhoNeeds } from "./who-pressed.ts";

export type Needs = WhoNeeds & {
  /** Updates and reads, which may be repeated. */
  readonly reads: WebClient;
  readonly outbox: Omit<Outbox, "claim" | "sent" | "retryLater" | "unknown">;
  /** The firm's channel for notices. */
  readonly noticeChannel: string;
  readonly refreshHome: (user: string) => void;
};

type Item<Kind extends OutboxItem["kind"]> = Extract<OutboxItem, { kind: Kind }>;
type Claimed<Kind extends OutboxItem["kind"]> = {
  readonly claimed: ClaimedItem;
  readonly item: Item<Kind>;
};

/** What is to be posted for an item, rendered from the database now; null when nothing is. */
export async function prepare(claimed: ClaimedItem, needs: Needs): Promise<Posting | null> {
  const { item } = claimed;
  let posting: Posting | null;
  switch (item.kind) {
    case "proposal-card":
      posting = await prepareCard({ claimed, item }, needs);
      break;
    case "exception-notice":
      posting = await prepareNotice({ claimed, item }, needs);
      break;
    case "case-notice":
    case "case-digest":
      posting = await prepareCases({ claimed, item }, needs);
      break;
    case "outcome":
      posting = await prepareOutcome({ claimed, item }, needs);
      break;
    case "answer":
      posting = await prepareAnswer({ claimed, item }, needs);
      break;
    case "direct-message":
      posting = await prepareDirectMessage({ claimed, item }, needs);
      break;
    case "card-refresh":
      await refreshCopies({ claimed, item }, needs);
      posting = null;
      break;
  }
  return posting;
}

async function prepareAnswer(
  { claimed, item }: Claimed<"answer">,
  { outbox }: Needs,
): Promise<Posting> {
  const answer = await outbox.answerView(claimed.tenant, item.answer);
  return { id: claimed.id, ...inThread(item.thread), message: answerMessage(answer) };
}

const inThread = ({ channel, ts }: Thread) => ({ channel, threadTs: ts });

async function prepareCard(
  { claimed, item }: Claimed<"proposal-card">,
  needs: Needs,
): Promise<Posting | null> {
  const { tenant, id } = claimed;
  const view = await needs.outbox.proposalView(tenant, item.proposal, item.version);
  // Decided or replaced before the card was sent: there is nothing to ask any more.
  if (view.proposal.state !== "waiting") return null;
  const account = await accountOf(tenant, { person: item.person }, needs);
  const channel = await directChannel(account, needs);
  needs.refreshHome(account.user);
  const again = await needs.outbox.proposalView(tenant, item.proposal, item.version);
  return { id, channel, message: proposalCard(again), anchor: again.auditAnchor };
}

async function prepareNotice(
  { claimed, item }: Claimed<"exception-notice">,
  { outbox, noticeChannel }: Needs,
): Promise<Posting> {
  const view = await outbox.exceptionView(claimed.tenant, item.exception);
  const anchor = view.auditAnchor ?? null;
  return { id: claimed.id, channel: noticeChannel, message: exceptionNotice(view), anchor };
}

/** Cases that closed before anybody was told are not told. */
async function prepareCases(
  { claimed, item }: Claimed<"case-notice" | "case-digest">,
  { outbox, noticeChannel }: Needs,
): Promise<Posting | null> {
  const ids = item.kind === "case-notice" ? [item.exception] : item.cases;
  const views = (await outbox.caseViews(claimed.tenant, ids)).filter(
    ({ state }) => state === "open",
  );
  const [first] = views;
  if (!first) return null;
  const notice = item.kind === "case-notice" ? caseNotice(first) : caseDigest(views);
  return { id: claimed.id, channel: noticeChannel, message: notice, anchor: first.auditAnchor };
}

/** To the thread it came from, else that of its case, else to whoever asked, else to the firm's channel. */
async function prepareOutcome(
  { claimed, item }: Claimed<"outcome">,
  needs: Needs,
): Promise<Posting> {
  const { tenant, id } = claimed;
  const view = await needs.outbox.proposalView(tenant, item.proposal, item.version);
  const { thread, exceptionId, requestedBy } = view.proposal;
  const ready = { id, message: outcomeMessage(view), anchor: view.auditAnchor };
  const found =
    thread ?? (exceptionId && (await needs.outbox.exceptionThread(tenant, exceptionId)));
  if (found) return { ...ready, ...inThread(found) };
  if (exceptionId !== null && claimed.attempt < patientAttempts)
    throw new NotDelivered("the notice that starts the thread has not been sent yet");
  const asker = requestedBy.person;
  const channel = asker === null ? needs.noticeChannel : await channelOrNull(tenant, asker, needs);
  return { ...ready, channel: channel ?? needs.noticeChannel };
}
const patientAttempts = 5;

async function channelOrNull(
  tenant: TenantId,
  person: PersonId,
  needs: Needs,
): Promise<string | null> {
  try {
    return await directChannel(await accountOf(tenant, { person }, needs), needs);
  } catch (error) {
    if (error instanceof NotDelivered) return null;
    throw error;
  }
}

async function prepareDirectMessage(
  { claimed, item }: Claimed<"direct-message">,
  needs: Needs,
): Promise<Posting> {
  const account = await accountOf(claimed.tenant, { email: item.email }, needs);
  const channel = await directChannel(account, needs);
  const text = plain(item.text, limits.section);
  return {
    id: claimed.id,
    channel,
    message: message(quote(item.text, 600), [{ type: "section", text }]),
  };
}

/** Every copy of the card again. A deleted message changes nothing: the inbox still has the proposal. */
async function refreshCopies(
  { claimed, item }: Claimed<"card-refresh">,
  needs: Needs,
): Promise<void> {
  const { tenant } = claimed;
  const copies = await needs.outbox.cards(tenant, item.proposal, item.version);
  const read = () => needs.outbox.proposalView(tenant, item.proposal, item.version);
  const failures: unknown[] = [];
  for (const { person, at } of copies) {
    try {
      const { auditAnchor } = await refreshCard(at, read, needs.reads);
      if (auditAnchor) await needs.outbox.shown(tenant, at, auditAnchor);
    } catch (error) {
      if (!gone.test(failureOf(error).why)) failures.push(error);
    }
    const colleague = await needs.outbox.colleague(tenant, { person });
    if (colleague?.account) needs.refreshHome(colleague.account.user);
  }
  if (failures.length > 0) throw failures[0];
}
const gone =
  /message_not_found|cant_update_message|channel_not_found|is_archived|edit_window_closed/;

/**
 * The Slack account of a colleague: the linked one, else the one Slack knows by their e-mail,
 * linked on the way. Checked each time to be a full member of our workspace.
 * Throws NotDelivered when there is nobody to write to.
 */
async function accountOf(
  tenant: TenantId,
  who: { person: PersonId } | { email: string },
  needs: Needs,
): Promise<SlackAccount> {
  const colleague = await needs.outbox.colleague(tenant, who);
  if (colleague === null) throw new NotDelivered("no active colleague to write to");
  const { member, account } = colleague;
  const user = account?.user ?? (await userOfEmail(member, needs));
  const vouched = await vouchedUser(user, needs);
  if ("sentence" in vouched)
    throw new NotDelivered("the colleague's Slack account is no full member of the workspace");
  if (account !== null) {
    if (account.team !== vouched.account.team)
      throw new NotDelivered("the colleague's Slack account is in another workspace");
    return account;
  }
  const linked =
    vouched.email?.toLowerCase() === member.email.toLowerCase()
      ? await needs.services.linkSlack(vouched.account, vouched.email)
      : null;
  if (linked?.id !== member.id)
    throw new NotDelivered("the colleague's Slack account could not be linked");
  return vouched.account;
}

async function userOfEmail(member: Member, { reads }: Needs): Promise<string> {
  const { user } = await reads.users.lookupByEmail({ email: member.email });
  if (!user?.id) throw new NotDelivered("Slack knows nobody with the colleague's e-mail");
  return user.id;
}

async function directChannel({ user }: SlackAccount, { reads }: Needs): Promise<string> {
  const { channel } = await reads.conversations.open({ users: user });
  if (!channel?.id) throw new NotDelivered("Slack opened no direct message");
  return channel.id;
}
