import { assessAccount, lifecycleStage } from "#/monitor/portfolio/account.ts";
import { renewalOf } from "#/monitor/portfolio/account-facts.ts";
import { fieldsOf } from "#/monitor/portfolio/basis.ts";
import { contextOf } from "#/monitor/portfolio/firm-context.ts";
import type { TwinRecord } from "#/monitor/twin/firm-view.ts";
import type { AccountRow, Paged, PageQuery, Picture, Statement } from "../operations-services.ts";
import { type Citations, createCitations } from "./figures.ts";
import { nameOf } from "./find-record.ts";
import type { FirmNow } from "./firm-picture.ts";
import { pageOf } from "./paging.ts";
import { pictureOf } from "./sources.ts";

const levels = { high: 0, unknown: 1, medium: 2, low: 3 } as const;
const signalWords = {
  "delivery-red": "a project is red",
  "open-escalation": "support has open escalations",
  "low-engagement": "the sponsor is hardly heard",
} as const;

/** Clients by the risk of their renewal. With `withinDays`, only renewals that near. */
export function accountsAnswer(
  firm: FirmNow,
  query: PageQuery & { readonly withinDays?: number },
): Picture & { readonly accounts: Paged<AccountRow> } {
  const { view } = firm;
  const citations = createCitations();
  const healths = new Map(
    view.by("project", "status", "active").map(({ id }) => [id, firm.health(id)]),
  );
  const { today } = contextOf(view);
  /** What a client's renewal date is read from. */
  const renewals = new Map(
    view.all("client").map(({ id }) => {
      const contract = renewalOf(view, id, today)?.contract;
      return [id, contract ? citations.of(fieldsOf(contract, "renewalOn", "endsOn")) : []];
    }),
  );
  const rows = view
    .all("client")
    .map((client) => rowOf(firm, { client, healths, citations }))
    .filter(
      ({ daysToRenewal }) =>
        query.withinDays === undefined ||
        (daysToRenewal !== null && daysToRenewal <= query.withinDays),
    )
    .toSorted(
      (one, other) =>
        levels[one.risk] - levels[other.risk] ||
        (other.score ?? -1) - (one.score ?? -1) ||
        (one.client.id < other.client.id ? -1 : 1),
    );
  const high = rows.filter(({ risk }) => risk === "high");
  const statements: Statement[] = [
    {
      text: `${rows.length} clients: ${high.length} with a high renewal risk, ${rows.filter(({ risk }) => risk === "medium").length} medium, ${rows.filter(({ risk }) => risk === "unknown").length} unknown.`,
      evidence: [
        ...high.flatMap(({ drivers }) => drivers.flatMap(({ evidence }) => evidence.slice(0, 1))),
        ...rows.flatMap(({ client }) => renewals.get(client.id)?.slice(0, 1) ?? []),
      ].slice(0, 8),
    },
    ...rows
      .filter(({ risk }) => risk !== "low")
      .slice(0, 5)
      .map((row) => rowStatement(row, renewals.get(row.client.id) ?? [])),
  ];
  return {
    ...pictureOf(firm, { statements, evidence: citations.all() }),
    accounts: pageOf(rows, query),
  };
}

function rowOf(
  { view }: FirmNow,
  {
    client,
    healths,
    citations,
  }: {
    readonly client: TwinRecord<"client">;
    readonly healths: Parameters<typeof assessAccount>[2];
    readonly citations: Citations;
  },
): AccountRow {
  const risk = assessAccount(view, client.id, healths);
  return {
    client: { system: "crm", type: "client", id: client.id },
    name: nameOf(client),
    renewsOn:
      risk.daysToRenewal === null
        ? null
        : Temporal.PlainDate.from(view.asOf.slice(0, 10))
            .add({ days: risk.daysToRenewal })
            .toString(),
    daysToRenewal: risk.daysToRenewal,
    risk: risk.level,
    score: risk.score,
    drivers: risk.drivers.map(({ signal, evidence }) => ({
      text: `At ${nameOf(client)} ${signalWords[signal]}.`,
      evidence: citations.of(evidence),
    })),
    lifecycle: lifecycleStage(view, client.id),
  };
}

/** `Jura Insurance: high renewal risk; renews in 41 days. Delivery is red, …` */
function rowStatement(
  { name, risk, daysToRenewal, drivers }: AccountRow,
  renewal: Statement["evidence"],
): Statement {
  const due =
    daysToRenewal === null
      ? "no renewal date is known"
      : daysToRenewal >= 0
        ? `renews in ${daysToRenewal} days`
        : `its renewal date passed ${-daysToRenewal} days ago`;
  const why = drivers.map(({ text }) => ` ${text}`).join("");
  return {
    text: `${name}: ${risk} renewal risk; ${due}.${why}`,
    evidence: [...renewal, ...drivers.flatMap(({ evidence }) => evidence.slice(0, 3))],
  };
}
