import type { HomeView } from "@slack/types";
import { isCountersignError } from "#/domain/errors.ts";
import type { Principal } from "#/domain/member.ts";
import type { OperationsServices, Portfolio } from "#/workflows/operations-services.ts";
import type { Services } from "#/workflows/services.ts";
import { homeRefused, homeView } from "./cards/home-view.ts";
import { quote } from "./cards/words.ts";
import { errorDetails } from "./log.ts";
import { type Needs as WhoNeeds, whoPressed } from "./who-pressed.ts";

export type Needs = WhoNeeds & {
  readonly services: WhoNeeds["services"] & Pick<Services, "inbox" | "mayTakeBack" | "principalOf">;
  readonly now: () => string;
  /** The firm as a whole, where it is known. */
  readonly operations: Pick<OperationsServices, "portfolio"> | null;
};

export type Home = {
  /** Writes somebody's Home tab from the database. Never throws. */
  readonly publish: (user: string, page: number) => Promise<void>;
  /** The same soon, once for many calls. */
  readonly publishSoon: (user: string) => void;
  /** Waits for what is under way, drops what is not. */
  readonly stop: () => Promise<void>;
};

const debounceMs = 500;

/** The approvers' inboxes. */
export function createHome(needs: Needs): Home {
  const planned = new Map<string, NodeJS.Timeout>();
  const running = new Set<Promise<void>>();

  async function publish(user: string, page: number): Promise<void> {
    try {
      await needs.reads.views.publish({ user_id: user, view: await viewFor(user, page, needs) });
    } catch (error) {
      needs.log.warn(errorDetails(error), "a Home tab was not published");
    }
  }
  function publishSoon(user: string): void {
    if (planned.has(user)) return;
    const timer = setTimeout(() => {
      planned.delete(user);
      const work = publish(user, 0).finally(() => running.delete(work));
      running.add(work);
    }, debounceMs);
    planned.set(user, timer);
  }
  async function stop(): Promise<void> {
    for (const timer of planned.values()) clearTimeout(timer);
    planned.clear();
    await Promise.all(running);
  }
  return { publish, publishSoon, stop };
}

async function viewFor(user: string, page: number, needs: Needs): Promise<HomeView> {
  const who = await whoPressed(user, needs);
  if (!who.admitted) return homeRefused(who.sentence);
  try {
    const principal = needs.services.principalOf(who.member);
    const waiting = await needs.services.inbox(principal);
    const asked = await needs.services.mayTakeBack(principal);
    const portfolio = await portfolioFor(principal, needs);
    return homeView({ waiting, asked, page, now: needs.now(), portfolio });
  } catch (error) {
    needs.log.warn(errorDetails(error), "an inbox was not read");
    return homeRefused(
      isCountersignError(error) && error.blame === "user"
        ? quote(error.message, 600)
        : "Your inbox could not be read just now. Open this tab again in a minute, or use the console.",
    );
  }
}

/** An inbox does not wait for the portfolio, nor fail with it. */
async function portfolioFor(who: Principal, { operations, log }: Needs): Promise<Portfolio | null> {
  try {
    return (await operations?.portfolio(who, { limit: 10 })) ?? null;
  } catch (error) {
    log.warn(errorDetails(error), "the portfolio was not read for a Home tab");
    return null;
  }
}
