import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { isCountersignError } from "#/domain/errors.ts";
import type { Principal } from "#/domain/member.ts";
import type { OperationsServices } from "#/workflows/operations-services.ts";
import type { Services } from "#/workflows/services.ts";
import { type AuditTail, auditPage } from "./audit-page.ts";
import { html } from "./html.ts";
import { invoicePage } from "./invoice-page.ts";
import { icon, layout, type Page } from "./layout.ts";
import { type Link, overviewPage } from "./overview-page.ts";
import { inZone } from "./parts.ts";
import { picturePageAt } from "./picture-routes.ts";
import { proposalPage } from "./proposal-page.ts";

export type ConsoleNeeds = {
  readonly services: Pick<
    Services,
    "explainInvoice" | "getProposal" | "listExceptions" | "listLateInvoices" | "listProposals"
  >;
  /** The firm as a whole; without it there are no pages for it. */
  readonly operations?: OperationsServices | null;
  /** How the firm calls itself, and the IANA zone it lives in. Without it its identifier, and UTC. */
  readonly firm?: { readonly name: string; readonly zone: string };
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
 * Read-only web pages: `/`, `/invoices/:id`, `/proposals/:id`, `/audit`, and those about the whole firm
 * (picture-routes.ts). No script, no form, no state. Anything that is not one of these paths is left to
 * other doors.
 */
export function createConsole(needs: ConsoleNeeds): Console {
  const { services, principal, log, operations = null } = needs;
  const { name: firm, zone } = needs.firm ?? { name: principal.tenant, zone: "UTC" };

  /** The overview has more to say: it stands without the portfolio, and says that it is missing. */
  const glance = async () => {
    if (!operations) return null;
    return operations.portfolio(principal, { limit: 5 }).catch((error: unknown) => {
      log.error({ err: error }, "the overview is without the portfolio");
      return "failed" as const;
    });
  };
  const pageAt = (target: string): (() => Promise<Omit<Page, "asOf">>) | null => {
    const path = target.split("?", 1)[0] ?? "";
    const url = URL.parse(`http://console${target}`);
    const picture = url && picturePageAt(url, { operations, principal });
    if (picture) return picture;
    if (path === "/")
      return async () => {
        const [invoices, exceptions, proposals, portfolio] = await Promise.all([
          services.listLateInvoices(principal),
          services.listExceptions(principal),
          services.listProposals(principal, {}),
          glance(),
        ]);
        const { links } = needs;
        const body = overviewPage({ invoices, exceptions, proposals, portfolio, links });
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
    const page = pageAt(req.url ?? "");
    if (!asset && !page) return false;
    const frame = { principal, firm, wholeFirm: operations !== null, styles };
    const send = (status: number, content: Page) =>
      finish(req, res, {
        status,
        type: "text/html",
        cache: "no-store",
        body: inZone(layout(content, frame).text, zone),
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
