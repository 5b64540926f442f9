import { putMembers } from "#/db/member.ts";
import type { Member } from "#/domain/member.ts";
import type { Config } from "./config.ts";
import { memberOf } from "./people.ts";
import type { Running } from "./run-everything.ts";
import { sandboxSecret } from "./second-factor.ts";
import { actOutside, stageTryton } from "./stage-tryton.ts";

/** Which records the story is about, and how it looks at them past Countersign's back. */
export type Stage = {
  readonly system: string;
  /** Invoice with three causes, a healthy one, and one that only waits to be released. */
  readonly delayed: string;
  readonly healthy: string;
  readonly ready: string;
  /** The invoice as the ERP itself has it, not as we read it. */
  readonly raw: (
    invoice: string,
  ) => Promise<{ state: string; number: string | null; postings: number }>;
  /** The consultant, the client and the lead do what was asked of them. */
  readonly heal: () => Promise<void>;
  /** Puts whoever leads the ready invoice's project into the directory, with a finance role. */
  readonly lead: Member;
};

/** The sandbox firm as it is built: its invoices are known by their references. */
export async function sandboxStage(running: Running): Promise<Stage> {
  const { systems, product } = running;
  if (!systems) throw new Error("the sandbox's systems are not running");
  const { control } = systems;
  const idOf = (reference: string): string => {
    const found = control.state().invoices.find((each) => each.reference === reference);
    if (!found) throw new Error(`the sandbox firm has no invoice ${reference}`);
    return found.id;
  };
  const delayed = await product.services.explainInvoice(await running.localPrincipal(), "NW-1042");
  return {
    system: "sandbox",
    delayed: "NW-1042",
    healthy: "JF-1051",
    ready: "JF-1048",
    raw: async (reference) => {
      const invoice = control.state().invoices.find((each) => each.reference === reference);
      return {
        state: invoice?.state ?? "?",
        number: invoice?.number ?? null,
        postings: control.postingsOf(idOf(reference)),
      };
    },
    heal: async () => {
      for (const cause of delayed.causes)
        for (const { record } of cause.blockers) {
          if (cause.code === "INV-1") {
            control.submitTimesheet(record.id);
            control.approveTimesheet(record.id);
          }
          if (cause.code === "INV-3") control.decideChangeOrder(record.id, "approve");
          if (cause.code === "INV-4") control.acceptMilestone(record.id);
        }
    },
    lead: await leadOf(running, "JF-1048"),
  };
}

/** A real Tryton: what the story needs is found or made through its own interface. */
export async function trytonStage(running: Running, config: Config): Promise<Stage> {
  const today = Temporal.Now.plainDateISO().toString();
  const access = {
    url: config.TRYTON_URL ?? "",
    user: config.TRYTON_USER ?? "",
    password: config.TRYTON_PASSWORD ?? "",
    billingWeekday: config.TRYTON_BILLING_WEEKDAY,
  };
  const staged = await stageTryton(access, today);
  const outside = await actOutside(access, today);
  // The colleague who owes time must be one of ours, or no reminder goes out by itself.
  const colleague = staged.delayed.missing.email;
  const members = await running.product.store.members(config.TENANT);
  if (colleague && !members.some((member) => member.email === colleague.toLowerCase()))
    await putMembers(running.product.database, [
      {
        ...memberOf(
          { name: "The consultant", email: colleague, roles: ["Consultant"], active: true },
          config.TENANT,
        ),
        secondFactor: null,
      },
    ]);
  const ids = new Map(
    [staged.delayed, staged.ready, staged.healthy].map((each) => [each.reference, each.invoice]),
  );
  return {
    system: "tryton",
    delayed: staged.delayed.reference,
    healthy: staged.healthy.reference,
    ready: staged.ready.reference,
    raw: async (reference) => {
      const { state, number, move } = await outside.readInvoice(ids.get(reference) ?? 0);
      return { state, number, postings: move === null ? 0 : 1 };
    },
    heal: async () => {
      await outside.logMissingTime(staged.delayed);
      await outside.executeChangeOrder(staged.delayed);
      await outside.acceptMilestone(staged.delayed);
    },
    lead: await leadOf(running, staged.ready.reference),
  };
}

async function leadOf({ product }: Running, invoice: string): Promise<Member> {
  const { look } = product.connector;
  const found = (await look.erp.listInvoices()).find((each) => each.reference === invoice);
  const project = found?.projectId ? await look.psa.getProject(found.projectId) : null;
  if (!project?.leadEmail) throw new Error(`the project of ${invoice} names no lead`);
  const known = (await product.store.members(product.config.TENANT)).find(
    (member) => member.email === project.leadEmail?.toLowerCase(),
  );
  const lead = memberOf(
    {
      name: project.leadName ?? known?.name ?? "The project's lead",
      email: project.leadEmail,
      roles: [...new Set([...(known?.roles ?? ["DeliveryLead"]), "FinanceManager"])],
      active: true,
    },
    product.config.TENANT,
    known?.id,
  );
  await putMembers(product.database, [{ ...lead, secondFactor: sandboxSecret(lead.email) }]);
  return lead;
}
