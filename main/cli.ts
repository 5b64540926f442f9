#!/usr/bin/env node
import { isCountersignError } from "#/domain/errors.ts";
import type { Answer } from "#/workflows/services.ts";
import { auditCommand, auditUsage } from "./commands/audit.ts";
import { delegateCommand } from "./commands/delegate.ts";
import { exportCommand, importCommand, logsUsage } from "./commands/logs.ts";
import { mcpCommand } from "./commands/mcp.ts";
import { pauseCommand, resumeCommand } from "./commands/pause.ts";
import { complain, perform, say } from "./commands/perform.ts";
import { pictureCommand, pictureUsage } from "./commands/picture.ts";
import { policyCommand, policyUsage } from "./commands/policy.ts";
import { accessCommand } from "./commands/policy-access.ts";
import { proposalsCommand } from "./commands/proposals.ts";
import { runsCommand, runsUsage } from "./commands/runs.ts";
import { readConfig } from "./config.ts";
import { answerText } from "./terminal-text.ts";

const usage = `countersign: what delays the firm's projects and invoices, and what to do about it

  countersign ask "why is the Northwind invoice late?"   a cited answer
  countersign proposals [waiting|approved|done|…]        what was proposed, and where it stands
  countersign proposals withdraw ID --reason "…"         take one back before it runs
  countersign delegate --to EMAIL --from DAY --until DAY who acts while you are away; without options: who does
  countersign pause --reason "…" · resume                nothing begins to run; again it may
${policyUsage}
${runsUsage}
${pictureUsage}
${auditUsage}
${logsUsage}
  countersign mcp                                        the MCP server on standard input and output
`;

async function main([command, ...rest]: string[]): Promise<number> {
  switch (command) {
    case "ask": {
      const config = readConfig();
      const question = rest.join(" ").trim();
      if (!question) return complain('Say what you want to know: countersign ask "why is … late?"');
      say(answerText((await perform(config, "ask", { question })) as Answer));
      return 0;
    }
    case "proposals":
      return proposalsCommand(rest);
    case "audit":
      return auditCommand(rest);
    case "delegate":
    case "delegations":
      return delegateCommand(rest);
    case "pause":
      return pauseCommand(rest);
    case "resume":
      return resumeCommand();
    case "runs":
      return runsCommand(rest);
    case "policy":
      return policyCommand(rest);
    case "access":
      return accessCommand(rest);
    case "import":
      return importCommand(rest);
    case "export":
      return exportCommand(rest);
    case "mcp":
      return mcpCommand(readConfig());
    case undefined:
    case "help":
    case "--help":
      say(usage);
      return 0;
    default:
      return (
        pictureCommand(command)?.(rest) ?? complain(`There is no command “${command}”.\n\n${usage}`)
      );
  }
}

// Whoever reads our lines may have read enough: countersign audit export | head.
process.stdout.on("error", (error: NodeJS.ErrnoException) =>
  process.exit(error.code === "EPIPE" ? 0 : 1),
);

// Last, when everything above it is there.
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(
    `${isCountersignError(error) || error instanceof Error ? error.message : "failed"}\n`,
  );
  process.exitCode = 1;
}
