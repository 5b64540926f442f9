import type { WebClient } from "@slack/web-api";
import type { Member, SlackAccount } from "#/domain/member.ts";
import type { Services } from "#/workflows/services.ts";
import { errorDetails, type Log } from "./log.ts";

/** The workspace this app is installed in, and itself, as Slack says. */
export type Workspace = {
  readonly team: string;
  readonly enterprise: string | null;
  readonly botUser: string;
};

export type Person = { readonly member: Member; readonly account: SlackAccount };
export type Admission = ({ readonly admitted: true } & Person) | Refusal;
type Refusal = { readonly admitted: false; readonly sentence: string };

export type Needs = {
  /** Reads of the Web API. */
  readonly reads: WebClient;
  readonly services: Pick<Services, "memberOfSlack" | "linkSlack">;
  readonly workspace: () => Promise<Workspace>;
  readonly log: Log;
};

/**
 * Who a Slack user is to us, asked at the moment of the click and never remembered. Links an
 * account to the colleague with the same e-mail when Slack vouches for it. Whatever is in doubt
 * is refused with a sentence for the person.
 */
export async function whoPressed(user: string, needs: Needs): Promise<Admission> {
  try {
    const found = await vouchedUser(user, needs);
    if ("sentence" in found) return found;
    const { account, email } = found;
    const member =
      (await needs.services.memberOfSlack(account)) ??
      (email === null ? null : await needs.services.linkSlack(account, email));
    if (member === null) return refuse(unlinked);
    return member.active
      ? { admitted: true, member, account }
      : refuse("Your membership is not active any more, so nothing was recorded.");
  } catch (error) {
    needs.log.warn(errorDetails(error), "could not establish who pressed");
    return refuse(
      "I could not check who you are, so nothing was recorded. Try again in a minute, or use the console.",
    );
  }
}

const unlinked =
  "Your Slack account is not linked to a colleague, so nothing was recorded. Ask an administrator to add you with the e-mail address of your Slack profile, then try again.";

type Vouched = { readonly account: SlackAccount; readonly email: string | null };

/** An account that belongs here, with the address Slack vouches for; or why not. Throws when Slack does not answer. */
export async function vouchedUser(
  user: string,
  needs: Pick<Needs, "reads" | "workspace">,
): Promise<Vouched | Refusal> {
  const [here, { user: profile }] = await Promise.all([
    needs.workspace(),
    needs.reads.users.info({ user }),
  ]);
  if (!profile || profile.id !== user) return refuse(notHere);
  if (profile.deleted) return refuse("This Slack account is deactivated; nothing was recorded.");
  if (profile.is_bot || user === "USLACKBOT" || user === here.botUser)
    return refuse("Bots cannot use Countersign; nothing was recorded.");
  if (profile.is_restricted || profile.is_ultra_restricted)
    return refuse("Guests of the workspace cannot use Countersign; nothing was recorded.");
  const ours =
    here.enterprise === null
      ? profile.team_id === here.team
      : profile.enterprise_user?.enterprise_id === here.enterprise;
  if (profile.is_stranger || !ours) return refuse(notHere);
  const confirmed = profile.is_email_confirmed !== false;
  return {
    account: { team: here.enterprise ?? here.team, user },
    email: confirmed ? (profile.profile?.email ?? null) : null,
  };
}

const notHere = "Only members of this workspace can use Countersign; nothing was recorded.";

const refuse = (sentence: string): Refusal => ({ admitted: false, sentence });
