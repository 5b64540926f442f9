import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";
import { readConfig } from "#/main/config.ts";
import { createLog } from "#/main/log.ts";
import { runEverything } from "#/main/run-everything.ts";
import { type Order, performer } from "./orders.ts";

/*
 * The process that gets killed: the product as it is, told over standard input what its people do,
 * one JSON line an order, and answering with one JSON line each.
 */

const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const config = readConfig();
const running = await runEverything(config, createLog(config.LOG_LEVEL), { lookAtStart: false });
const perform = performer(running);
say({ answer: "ready", as: randomUUID() });

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as Order;
  try {
    say({ answer: await perform(order) });
  } catch (error) {
    say({ error: error instanceof Error ? error.message : "failed" });
  }
  if (order.do === "stop") break;
}
process.exit();
