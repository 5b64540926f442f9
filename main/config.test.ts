import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readConfig, Settings } from "./config.ts";

test("with an empty environment everything has a working default", () => {
  const config = readConfig({});
  expect(config.PORT).toBe(7300);
  expect(config.HOST).toBe("127.0.0.1");
  expect(config.SYSTEM).toBe("sandbox");
});

test(".env.example names exactly the settings there are", () => {
  const example = readFileSync(new URL("../.env.example", import.meta.url), "utf8");
  const named = [...example.matchAll(/^#? ?([A-Z][A-Z_]+)=/gm)].map((match) => match[1]);
  expect(new Set(named)).toEqual(new Set(Object.keys(Settings.shape)));
  expect(named).toHaveLength(Object.keys(Settings.shape).length);
});

test("all problems are told at once, each with its fix", () => {
  expect(() =>
    readConfig({ PORT: "none", DATABASE_URL: "nonsense", SLACK_MODE: "carrier-pigeon" }),
  ).toThrow(/PORT[\s\S]*DATABASE_URL: set DATABASE_URL[\s\S]*SLACK_MODE/);
});

test("a system or a chat mode without its credentials says which are missing", () => {
  expect(() => readConfig({ SYSTEM: "tryton" })).toThrow(
    /TRYTON_URL, TRYTON_USER, TRYTON_PASSWORD/,
  );
  expect(() => readConfig({ SLACK_MODE: "socket" })).toThrow(/SLACK_APP_TOKEN/);
});

test("P1: it does not listen beyond loopback without tokens for AI clients and a webhook secret of its own", () => {
  expect(() => readConfig({ HOST: "0.0.0.0" })).toThrow(/OAUTH_ISSUER[\s\S]*WEBHOOK_SECRET/);
});

test("an empty value counts as not set", () => {
  expect(readConfig({ DATABASE_URL: "", ANTHROPIC_API_KEY: "" }).DATABASE_URL).toBeUndefined();
});
