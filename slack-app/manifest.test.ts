import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";

const here = fileURLToPath(new URL(".", import.meta.url));
const Manifest = z.object({
  features: z.object({
    agent_view: z.object({
      agent_description: z.string().max(300),
      suggested_prompts: z
        .array(z.object({ title: z.string(), message: z.string() }))
        .min(1)
        .max(4),
    }),
    app_home: z.object({
      home_tab_enabled: z.literal(true),
      messages_tab_enabled: z.literal(true),
      messages_tab_read_only_enabled: z.literal(false),
    }),
  }),
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
  settings: z.object({
    event_subscriptions: z.object({ request_url: z.url(), bot_events: z.array(z.string()) }),
    interactivity: z.object({ is_enabled: z.literal(true), request_url: z.url() }),
  }),
});
const manifest = Manifest.parse(JSON.parse(readFileSync(`${here}manifest.json`, "utf8")));
const source = globSync("**/*.ts", { cwd: here })
  .filter((file) => !file.endsWith(".test.ts"))
  .map((file) => readFileSync(`${here}${file}`, "utf8"))
  .join("\n");

/** Slack's scope for every method of the Web API that this room may call; [] needs none. */
const scopesOf: Record<string, string[]> = {
  "assistant.threads.setStatus": ["assistant:write"],
  "assistant.threads.setSuggestedPrompts": ["assistant:write"],
  "auth.test": [],
  "chat.postEphemeral": ["chat:write"],
  "chat.postMessage": ["chat:write"],
  "chat.update": ["chat:write"],
  "conversations.history": ["channels:history", "groups:history", "im:history"],
  "conversations.open": ["im:write"],
  "conversations.replies": ["channels:history", "groups:history", "im:history"],
  "users.info": ["users:read", "users:read.email"],
  "users.lookupByEmail": ["users:read.email"],
  "views.open": [],
  "views.publish": [],
  "views.update": [],
};
const scopesOfEvents: Record<string, string[]> = {
  app_home_opened: [],
  app_mention: ["app_mentions:read"],
  "message.im": ["im:history"],
};

const calls = [
  ...source.matchAll(
    /\b(?:reads|posts|client)\s*\.((?:assistant\.threads|auth|chat|conversations|users|views)\.\w+)\(/g,
  ),
].map((match) => match[1] ?? "");

test("the scopes asked for are those of the methods and events in use, no more and no fewer", () => {
  expect(new Set(calls)).toEqual(new Set(Object.keys(scopesOf)));
  const { bot_events } = manifest.settings.event_subscriptions;
  expect(bot_events.toSorted()).toEqual(Object.keys(scopesOfEvents).toSorted());
  const needed = [...Object.values(scopesOf), ...Object.values(scopesOfEvents)].flat();
  expect(new Set(manifest.oauth_config.scopes.bot)).toEqual(new Set(needed));
});

test("every event the app listens for is subscribed to, and interactivity has the same address", () => {
  const listened = [...source.matchAll(/app\.event\("(\w+)"/g)].map((match) => match[1]);
  expect(new Set(listened)).toEqual(new Set(["app_home_opened", "app_mention"]));
  expect(source).toContain("app.message(");
  const { event_subscriptions, interactivity } = manifest.settings;
  expect(interactivity.request_url).toBe(event_subscriptions.request_url);
  expect(new URL(interactivity.request_url).pathname).toBe("/slack/events");
});

test("the prompts in the manifest are those the app suggests", () => {
  for (const { title, message } of manifest.features.agent_view.suggested_prompts) {
    expect(source).toContain(`title: "${title}"`);
    expect(source).toContain(`message: "${message}"`);
  }
});
