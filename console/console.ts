import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { isCountersignError } from "#/domain/errors.ts";
import type { Principal } from "#/domain/member.ts";
import type { Services } from "#/workflows/services.ts";
import { type AuditTail, auditPage } from "./audit-page.ts";
import { html } from "./html.ts";
import { invoicePage } from "./invoice-page.ts";
import { icon, layout, type Page } from "./layout.ts";
import { type Link, overviewPage } from "./overview-page.ts";
import { proposalPage } from "./proposal-page.ts";

export type ConsoleNeeds = {
  readonly services: Pick<
    Services,
    "explainInvoice" | "getProposal" | "listExceptions" | "listLateInvoices" | "listProposals"
  >;
  /** For whom the pages read. There is no sign-in: the console answers this machine only. */
  readonly principal: Principal;
  /** Where to look next: chat, MCP endpoint, the firm's systems. */
  readonly links: readonly Link[];
  readonly auditTail: () => Promise<AuditTail>;
  /** Names without ports by which the console may be called. */
  readonly allowedHosts: readonly string[];
  /** An instant in UTC. */
  readonly now: () => string;
  readonly log: { error(fields: object, message: string): void };
};

/** Resolves to false, having touched nothing, when the request is not for this door. */
export type Console = (req: IncomingMessage, res: ServerResponse) => Promise<boolean>;

const css = readFileSync(new URL("./console.css", import.meta.url), "utf8");
const styles = `/console.css?v=${createHash("sha256").update(css).digest("hex").slice(0, 12)}`;

const headers = {
  "content-security-policy":
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

/**
 * Read-only web pages: `/`, `/invoices/:id`, `/proposals/:id`, `/audit`. No script, no form, no
 * state. Anything that is not one of these paths is left to other doors.
 */
export function createConsole(needs: ConsoleNeeds): Console {
  const { services, principal, log } = needs;

  const pageAt = (path: string): (() => Promise<Omit<Page, "asOf">>) | null => {
    if (path === "/")
      return async () => {
        const [invoices, exceptions, proposals] = await Promise.all([
          services.listLateInvoices(principal),
          services.listExceptions(principal),
          services.listProposals(principal, {}),
        ]);
        const body = overviewPage({ invoices, exceptions, proposals, links: needs.links });
        return { title: "Overview", here: "overview", body };
      };
    if (path === "/audit")
      return async () => ({
        title: "Audit",
        here: "audit",
        body: auditPage(await needs.auditTail()),
      });
    const id = /^\/(invoices|proposals)\/([^/]{1,600})$/.exec(path);
    const name = id?.[2] === undefined ? null : decoded(id[2]);
    if (name === null) return null;
    return id?.[1] === "invoices"
      ? async () => {
          const body = invoicePage(await services.explainInvoice(principal, name));
          return { title: "Invoice", here: "other", body };
        }
      : async () => {
          const body = proposalPage(await services.getProposal(principal, name));
          return { title: "Proposal", here: "other", body };
        };
  };

  return async (req, res) => {
    const path = (req.url ?? "").split("?", 1)[0] ?? "";
    const asset = assets.get(path);
    const page = pageAt(path);
    if (!asset && !page) return false;
    const send = (status: number, content: Page) =>
      finish(req, res, {
        status,
        type: "text/html",
        cache: "no-store",
        body: layout(content, { principal, styles }).text,
      });
    const asOf = needs.now();
    if (!isLocal(req) || !needs.allowedHosts.includes(hostOf(req))) {
      const body = "The console answers this machine only, by its own name.";
      finish(req, res, { status: 403, type: "text/plain", cache: "no-store", body });
    } else if (req.method !== "GET" && req.method !== "HEAD") {
      res.setHeader("allow", "GET, HEAD");
      finish(req, res, {
        status: 405,
        type: "text/plain",
        cache: "no-store",
        body: "Pages are only read.",
      });
    } else if (asset) {
      finish(req, res, { status: 200, cache: "max-age=86400", ...asset });
    } else if (page) {
      try {
        send(200, { ...(await page()), asOf });
      } catch (error) {
        const { status, title, text } = failure(error, log);
        const body = html`<h1>${title}</h1><p class="lead">${text}</p><p><a href="/">Back to the overview</a></p>`;
        send(status, { title, here: "other", body, asOf });
      }
    }
    return true;
  };
}

const assets: ReadonlyMap<string, { type: string; body: string }> = new Map([
  ["/console.css", { type: "text/css", body: css }],
  ["/console.svg", { type: "image/svg+xml", body: icon }],
]);

type Answer = { status: number; type: string; cache: string; body: string };

function finish(
  req: IncomingMessage,
  res: ServerResponse,
  { status, type, cache, body }: Answer,
): void {
  res.writeHead(status, {
    ...headers,
    "content-type": `${type}; charset=utf-8`,
    "content-length": Buffer.byteLength(body),
    "cache-control": cache,
  });
  res.end(req.method === "HEAD" ? undefined : body);
}

function failure(error: unknown, log: ConsoleNeeds["log"]) {
  if (isCountersignError(error)) {
    if (error.blame === "user") return { status: 404, title: "Not found", text: error.message };
    log.error({ err: error }, "console page failed");
    return { status: 503, title: "Not available now", text: error.message };
  }
  const reference = `R-${randomBytes(4).toString("hex")}`;
  log.error({ err: error, reference }, "console page failed");
  return {
    status: 500,
    title: "Something broke",
    text: `This is a fault of ours, reference ${reference}. Give it to an administrator.`,
  };
}

const isLocal = ({ socket: { remoteAddress } }: IncomingMessage): boolean =>
  remoteAddress === "::1" || /^(::ffff:)?127\./.test(remoteAddress ?? "");

/** Without the port. A page of another site that points its name at us is refused by this. */
const hostOf = ({ headers: { host } }: IncomingMessage): string =>
  (host ?? "").replace(/:\d+$/, "").toLowerCase();

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
