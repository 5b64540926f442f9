import type { McpServer } from "@modelcontextprotocol/server";
import type { z } from "zod";
import type { Log } from "./caller.ts";
import { answerTool } from "./guard-answer.ts";
import type { Presented } from "./present-invoice.ts";

/** A tool that is not registered yet, so that all of them can be put in order first. */
export type Tool = { readonly name: string; readonly register: (server: McpServer) => void };

export const READ = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
} as const;

type LookTool<Input extends z.ZodObject> = {
  readonly title: string;
  readonly description: string;
  readonly input: Input;
  readonly output: z.ZodObject;
  readonly run: (given: z.output<Input>) => Promise<Presented>;
};

/** A tool that only looks. Its schemas are made once, at module level, never here. */
export const lookTool = <Input extends z.ZodObject>(
  name: string,
  log: Log,
  { title, description, input, output, run }: LookTool<Input>,
): Tool => ({
  name,
  register: (server) => {
    const inputSchema: z.ZodObject = input;
    server.registerTool(
      name,
      { title, description, inputSchema, outputSchema: output, annotations: READ },
      answerTool(name, log, (given: Record<string, unknown>) => run(given as z.output<Input>)),
    );
  },
});
