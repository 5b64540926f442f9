/** The floor plan as data. Who may import whom: every arrow points down the list. */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  monitor: ["domain"],
  policies: ["domain"],
  agents: ["domain"],
  tools: ["domain"],
  db: ["domain"],
  workflows: ["domain", "policies", "monitor"],
  "slack-app": ["domain", "workflows"],
  "mcp-server": ["domain", "workflows"],
  ingest: ["domain", "workflows"],
  console: ["domain", "workflows"],
  // The outside world: a stand-in must not know the house it stands in for.
  sandbox: [],
  main: [
    "domain",
    "monitor",
    "policies",
    "agents",
    "tools",
    "db",
    "workflows",
    "slack-app",
    "mcp-server",
    "ingest",
    "console",
    "sandbox",
  ],
};

/** Folders that look in from outside and are not rooms. */
export const outside: readonly string[] = ["tests", "scripts", "bench", "evals"];

/** One owner each, so replacing a library touches one room. An empty list means tests only. */
export const owners: Readonly<Record<string, readonly string[]>> = {
  "@slack/bolt": ["slack-app"],
  "@slack/types": ["slack-app"],
  "@slack/web-api": ["slack-app"],
  "@modelcontextprotocol/server": ["tools", "mcp-server"],
  "@modelcontextprotocol/node": ["mcp-server"],
  "@modelcontextprotocol/client": ["tools"],
  "@modelcontextprotocol/core": ["tools", "mcp-server"],
  "@modelcontextprotocol/sdk": [],
  langchain: ["agents"],
  "@langchain/core": ["agents"],
  "@langchain/anthropic": ["agents"],
  "@anthropic-ai/sdk": ["agents"],
  "@copilotkit/aimock": [],
  ajv: ["agents"],
  "@cedar-policy/cedar-wasm": ["policies"],
  "@electric-sql/pglite": ["db"],
  "@electric-sql/pglite-pgvector": ["db"],
  pg: ["db"],
  "@dbos-inc/dbos-sdk": ["workflows"],
  canonicalize: ["domain"],
  pino: ["main"],
  otpauth: ["main"],
  ws: ["sandbox"],
  "playwright-core": [],
};
