import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { stageTryton } from "#/main/stage-tryton.ts";
import { openOffice } from "#/main/stage-tryton-office.ts";
import { directory } from "#/sandbox/firm/people.ts";
import { type Systems, startSystems } from "#/sandbox/systems/start-systems.ts";
import { type Call, openWire, type Wire } from "./wire.ts";

/** One invoice, in a state in which the action makes sense, and who counts what happens to it. */
export type Case = {
  readonly action: string;
  readonly invoice: string;
  /** The wire that the write takes. */
  readonly wire: Wire;
  /** How often the target itself has the effect. Never our own books. */
  readonly effects: () => Promise<number>;
};

/** A system of record behind wires, with a fresh case for each round. */
export type Target = {
  readonly name: string;
  readonly actions: readonly string[];
  /** The product's configuration that leads to it. */
  readonly env: Readonly<Record<string, string>>;
  next(round: number, action: string): Promise<Case>;
  close(): Promise<void>;
};

export type SandboxTarget = Target & {
  readonly wires: { readonly psa: Wire; readonly crm: Wire; readonly erp: Wire };
  /** The firm of this round. */
  systems(): Systems;
};

const token = "faults-sandbox-token";
/** Invoices that nothing holds back; the drafts are about the invoice with three causes. */
const releasable = ["JF-1048", "CI-1050", "FS-1047"] as const;
const writes = { R08: "erp", R14: "psa", R16: "crm" } as const;

/** The sandbox firm in this process, so its books outlive whatever is killed. New for each round. */
export async function sandboxTarget(): Promise<SandboxTarget> {
  const isWrite = ({ method }: Call): boolean => method === "POST";
  const wires = {
    psa: await openWire(isWrite),
    crm: await openWire(isWrite),
    erp: await openWire(isWrite),
  };
  const anchor = Temporal.Now.plainDateISO("Europe/Berlin").toString();
  let systems: Systems | null = null;
  const current = (): Systems => {
    if (!systems) throw new Error("no round has begun");
    return systems;
  };
  return {
    name: "sandbox",
    actions: Object.keys(writes),
    env: {
      SYSTEM: "sandbox",
      SANDBOX_URLS: `${wires.psa.url},${wires.crm.url},${wires.erp.url}`,
      SANDBOX_TOKEN: token,
    },
    wires,
    systems: current,
    next: async (round, action) => {
      await systems?.close();
      systems = await startSystems({ anchor, seed: "meridian", token });
      const { control } = systems;
      wires.psa.aim(systems.psaUrl);
      wires.crm.aim(systems.crmUrl);
      wires.erp.aim(systems.erpUrl);
      const invoice = action === "R08" ? (releasable[round % 3] ?? "JF-1048") : "NW-1042";
      const found = control.state().invoices.find((each) => each.reference === invoice);
      if (!found || !(action in writes)) throw new Error(`no case of ${action} for ${invoice}`);
      const count = {
        R08: () => control.postingsOf(found.id),
        R14: () => control.state().tasks.length,
        R16: () => control.state().messageDrafts.length,
      }[action as keyof typeof writes];
      return {
        action,
        invoice,
        wire: wires[writes[action as keyof typeof writes]],
        effects: () => Promise.resolve(count()),
      };
    },
    close: async () => {
      await systems?.close();
      await Promise.all(Object.values(wires).map((wire) => wire.close()));
    },
  };
}

const Currency = z.object({ id: z.int(), code: z.string() });

/** A real Tryton 6.0: each round stages a new invoice there, and its moves are counted there. */
export async function trytonTarget(env: {
  url: string;
  user: string;
  password: string;
}): Promise<Target> {
  const posts = /"method":\s*"model\.account\.invoice\.post"/;
  const wire = await openWire(({ body }) => posts.test(body));
  wire.aim(env.url);
  const today = Temporal.Now.plainDateISO().toString();
  const office = await openOffice(env, today);
  const folder = mkdtempSync(join(tmpdir(), "countersign-faults-people-"));
  const people = join(folder, "people.json");
  const { name, email } = office.lead.party;
  const [currency] = await office.read(
    { model: "currency.currency", fields: ["code"], schema: Currency },
    [["id", "=", office.currency]],
  );
  writeFileSync(
    people,
    JSON.stringify([
      ...directory(),
      { name: name ?? "The lead", email, roles: ["DeliveryLead"], active: true },
    ]),
  );
  return {
    name: "tryton",
    actions: ["R08"],
    env: {
      SYSTEM: "tryton",
      BASE_CURRENCY: currency?.code ?? "EUR",
      TRYTON_URL: `${wire.url}${new URL(env.url).pathname}`,
      TRYTON_USER: env.user,
      TRYTON_PASSWORD: env.password,
      PEOPLE_FILE: people,
    },
    next: async () => {
      const { ready } = await stageTryton(env, today);
      wire.aim(env.url);
      return {
        action: "R08",
        invoice: ready.reference,
        wire,
        effects: async () =>
          (await office.find("account.move", [["origin", "=", `account.invoice,${ready.invoice}`]]))
            .length,
      };
    },
    close: async () => {
      rmSync(folder, { recursive: true, force: true });
      await wire.close();
    },
  };
}
