import { randomBytes } from "node:crypto";
import { SlackFailure } from "./slack-failure.ts";

const triggerLifeMs = 3000;
const responseLifeMs = 30 * 60_000;
const responseUses = 5;

export type Trigger = { person: string /** The modal it was pressed in, if any. */; view?: string };

/** Trigger ids: good for three seconds and one view. */
export function createTriggers(now: () => number) {
  const issued = new Map<string, Trigger & { until: number; used: boolean }>();
  let count = 0;
  return {
    issue(trigger: Trigger, alreadyExpired = false): string {
      count += 1;
      const id = `${Math.floor(now())}.${count}.${randomBytes(8).toString("hex")}`;
      const until = alreadyExpired ? 0 : now() + triggerLifeMs;
      issued.set(id, { ...trigger, until, used: false });
      return id;
    },
    /** Uses the trigger up, or fails the way the real service does. */
    redeem(id: string): Trigger {
      const trigger = issued.get(id);
      if (!trigger) throw new SlackFailure("invalid_trigger_id");
      if (trigger.used) throw new SlackFailure("exchanged_trigger_id");
      if (now() > trigger.until) throw new SlackFailure("expired_trigger_id");
      trigger.used = true;
      return trigger;
    },
  };
}
export type Triggers = ReturnType<typeof createTriggers>;

/** What a response url stands for: where the click or command happened and who did it. */
export type ResponseTarget = {
  channel: string;
  person: string;
  messageTs?: string;
  ephemeral?: boolean;
  threadTs?: string;
};

/** Response urls: five uses within half an hour. */
export function createResponseUrls(now: () => number, base: () => string) {
  const issued = new Map<string, ResponseTarget & { until: number; left: number }>();
  return {
    issue(target: ResponseTarget): string {
      const key = randomBytes(16).toString("hex");
      issued.set(key, { ...target, until: now() + responseLifeMs, left: responseUses });
      return `${base()}/response/${key}`;
    },
    redeem(key: string): ResponseTarget {
      const target = issued.get(key);
      if (!target || now() > target.until) throw new SlackFailure("expired_url");
      if (target.left <= 0) throw new SlackFailure("used_url");
      target.left -= 1;
      return target;
    },
  };
}
export type ResponseUrls = ReturnType<typeof createResponseUrls>;
