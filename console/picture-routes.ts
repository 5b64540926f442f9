import { CountersignError } from "#/domain/errors.ts";
import type { Principal } from "#/domain/member.ts";
import type { KpiScope, OperationsServices, Rag } from "#/workflows/operations-services.ts";
import { accountsPage } from "./accounts-page.ts";
import { casesPage } from "./cases-page.ts";
import { kpiListPage, kpiPage } from "./kpi-pages.ts";
import type { Page } from "./layout.ts";
import { portfolioPage } from "./portfolio-page.ts";
import { projectPage } from "./project-page.ts";
import { timelinePage } from "./timeline-page.ts";

type Made = () => Promise<Omit<Page, "asOf">>;
type PictureNeeds = {
  readonly operations: OperationsServices | null;
  readonly principal: Principal;
};

const rags: readonly Rag[] = ["red", "amber", "green", "unknown"];
const scopes: readonly KpiScope[] = ["client", "project", "person", "approver"];
const pageSize = 25;

/**
 * The pages about the whole firm: `/portfolio`, `/projects/:id`, `/kpis`, `/kpis/:id`, `/cases`,
 * `/accounts`, `/timeline?of=`. null: the path is none of them. Without a picture behind them they
 * throw NO_OPERATING_PICTURE.
 */
export function picturePageAt(url: URL, { operations, principal }: PictureNeeds): Made | null {
  const [, place = "", name, ...rest] = url.pathname.split("/");
  const id = name === undefined ? null : decoded(name);
  if (rest.length > 0 || (name !== undefined && (id === null || id === ""))) return null;
  const at = id === null ? `/${place}` : `/${place}/:id`;
  const ask = url.searchParams;
  const cursor = ask.get("cursor");
  const page = { limit: pageSize, ...(cursor === null ? {} : { cursor }) };
  const pages: Readonly<Record<string, (from: OperationsServices) => ReturnType<Made>>> = {
    "/portfolio": async (from) => {
      const rag = rags.find((each) => each === ask.get("rag")) ?? null;
      const found = await from.portfolio(principal, { ...page, ...(rag ? { rag } : {}) });
      return { title: "Portfolio", here: "portfolio", body: portfolioPage(found, rag) };
    },
    "/projects/:id": async (from) => {
      const found = await from.project(principal, { project: id ?? "", full: true });
      return { title: "Project", here: "portfolio", body: projectPage(found) };
    },
    "/cases": async (from) => {
      const body = casesPage(await from.cases(principal, page));
      return { title: "Cases", here: "cases", body };
    },
    "/kpis": async (from) => {
      const body = kpiListPage(await from.kpis(principal));
      return { title: "KPIs", here: "kpis", body };
    },
    "/kpis/:id": async (from) => {
      const of = ask.get("of");
      const scope = scopes.find((each) => each === ask.get("scope"));
      const about = of === null || !scope ? {} : { of, scope };
      const found = await from.kpi(principal, { ...page, kpi: id ?? "", drill: true, ...about });
      const path = `${url.pathname}${of === null || !scope ? "" : `?scope=${scope}&of=${encodeURIComponent(of)}`}`;
      return { title: "KPI", here: "kpis", body: kpiPage(found, path) };
    },
    "/accounts": async (from) => {
      const body = accountsPage(await from.accounts(principal, page));
      return { title: "Renewals", here: "renewals", body };
    },
    "/timeline": async (from) => {
      const of = ask.get("of")?.trim();
      if (!of)
        throw new CountersignError("INVALID_ARGUMENTS", {
          problems: "say of what, such as /timeline?of=INV-1042",
        });
      const body = timelinePage(await from.timeline(principal, { ...page, of }));
      return { title: "Timeline", here: "cases", body };
    },
  };
  const make = Object.hasOwn(pages, at) ? pages[at] : undefined;
  if (!make) return null;
  return async () => {
    if (!operations) throw new CountersignError("NO_OPERATING_PICTURE");
    return make(operations);
  };
}

function decoded(text: string): string | null {
  if (text.length > 600) return null;
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
