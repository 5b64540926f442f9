import { z } from "zod";
import type { View } from "#/tools/connectors/tryton/tryton-client.ts";
import type { Office } from "./stage-tryton-office.ts";
import { billProject, latestProject, nextCode } from "./stage-tryton-project.ts";

export type MilestoneCase = {
  readonly code: string;
  readonly project: number;
  readonly milestone: number;
  readonly invoice: number;
  readonly reference: string;
};

type Kind = "ready" | "healthy";
const seriesOf = { ready: "CS-STORY-READY", healthy: "CS-STORY-HEALTHY" } as const;
const wantedState = { ready: "draft", healthy: "posted" } as const;
const names = { ready: "Northwind data warehouse", healthy: "Northwind service desk" } as const;

const Milestone = z.object({
  id: z.int(),
  invoice_line: z
    .object({ invoice: z.object({ id: z.int(), state: z.string() }).nullable() })
    .nullable(),
});

const milestoneView: View<z.infer<typeof Milestone>> = {
  model: "project.work",
  fields: ["invoice_line.invoice.state"],
  schema: Milestone,
};

/** The newest case of this kind whose invoice is still in the state the story needs. */
export async function findMilestoneCase(office: Office, kind: Kind): Promise<MilestoneCase | null> {
  const found = await latestProject(office, seriesOf[kind]);
  if (found === null) return null;
  const [milestone] = await office.read(milestoneView, [["parent", "=", found.id]]);
  const invoice = milestone?.invoice_line?.invoice;
  if (!milestone || invoice?.state !== wantedState[kind]) return null;
  const [named] = await office.find("account.invoice", [
    ["id", "=", invoice.id],
    ["reference", "=", found.code],
  ]);
  if (named === undefined) return null;
  return {
    code: found.code,
    project: found.id,
    milestone: milestone.id,
    invoice: invoice.id,
    reference: found.code,
  };
}

/**
 * A fixed-price milestone, delivered and accepted, and billed by Tryton itself. `ready` was accepted
 * more than two weeks ago and waits since the last billing run; `healthy` was issued today.
 */
export async function makeMilestoneCase(
  office: Office,
  kind: Kind,
  billingWeekday: number,
): Promise<MilestoneCase> {
  const code = await nextCode(office, seriesOf[kind]);
  const { only, create, company } = office;
  const { party, address } = await office.storyClient();
  const piece = await office.product("piece");
  const accepted = workingDayBefore(office.today, kind === "ready" ? 16 : 1);
  const project = await only(
    create("project.work", [
      {
        name: `${names[kind]} ${code.slice(seriesOf[kind].length + 1)}`,
        type: "project",
        company,
        party,
        party_address: address,
        comment: `code:${code}${office.lead.party.email ? ` lead:${office.lead.party.email}` : ""}`,
        project_invoice_method: "effort",
        product: piece.id,
      },
    ]),
  );
  const milestone = await only(
    create("project.work", [
      {
        name: kind === "ready" ? "Data model in production" : "First-level support handed over",
        type: "task",
        company,
        parent: project,
        progress: 1,
        status: await office.doneStatus(),
        comment: `delivered:${accepted} accepted:${accepted}`,
        constraint_finish_date: office.date(accepted),
        product: piece.id,
        list_price: office.money(kind === "ready" ? "12000.00" : "8000.00"),
      },
    ]),
  );
  const invoice = await billProject(office, project, milestone);
  const drafted = kind === "ready" ? lastBefore(office.today, billingWeekday) : office.today;
  await office.change("account.invoice", invoice, {
    reference: code,
    comment: `drafted:${drafted}`,
  });
  if (kind === "healthy") await office.press("account.invoice", "post", invoice);
  return { code, project, milestone, invoice, reference: code };
}

/** `days` before, and on a Friday when that is a weekend. */
function workingDayBefore(today: string, days: number): string {
  const day = Temporal.PlainDate.from(today).subtract({ days });
  return day.subtract({ days: Math.max(0, day.dayOfWeek - 5) }).toString();
}

/** The last such weekday before the day: a draft of that day just missed its billing run. */
function lastBefore(today: string, weekday: number): string {
  const day = Temporal.PlainDate.from(today);
  return day.subtract({ days: ((day.dayOfWeek - weekday + 6) % 7) + 1 }).toString();
}
