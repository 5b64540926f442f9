import { z } from "zod";
import { CountersignError } from "#/domain/errors.ts";
import type { ChangeOrder } from "#/domain/record.ts";
import { projectOf, readProjects, readSales } from "./contract-links.ts";
import { dateMarker, withoutMarker } from "./markers.ts";
import { amountOf, dayOf, numericId, type Reading, sourceOf } from "./reading.ts";
import type { Domain, View } from "./tryton-client.ts";

const Amendment = z.object({
  id: z.int(),
  sale: z.object({ id: z.int(), currency: z.object({ code: z.string() }) }),
  date: z.iso.date(),
  description: z.string().nullable(),
  state: z.enum(["draft", "validated"]),
  write_date: z.iso.datetime().nullable(),
  timestamp: z.string(),
});
type Amendment = z.infer<typeof Amendment>;
const amendmentView: View<Amendment> = {
  model: "sale.amendment",
  fields: ["sale.currency.code", "date", "description", "state", "write_date", "_timestamp"],
  schema: Amendment,
};

const AmendmentLine = z.object({
  id: z.int(),
  amendment: z.int(),
  action: z.string(),
  line: z.object({ id: z.int(), amount: z.string().nullable() }).nullable(),
  quantity: z.number().nullable(),
  unit_price: z.string().nullable(),
});
type AmendmentLine = z.infer<typeof AmendmentLine>;
const amendmentLineView: View<AmendmentLine> = {
  model: "sale.amendment.line",
  fields: ["amendment", "action", "line.amount", "quantity", "unit_price"],
  schema: AmendmentLine,
};

/** The amendments of the sales that belong to one project. */
export async function listChangeOrders(
  reading: Reading,
  projectId: string,
): Promise<ChangeOrder[]> {
  const project = numericId(projectId);
  if (project === null) return [];
  const orders = await readChangeOrders(reading, []);
  return orders.filter((order) => order.projectId === projectId);
}

export async function getChangeOrder(reading: Reading, id: string): Promise<ChangeOrder | null> {
  const number = numericId(id);
  return number === null
    ? null
    : ((await readChangeOrders(reading, [["id", "=", number]]))[0] ?? null);
}

async function readChangeOrders(reading: Reading, domain: Domain): Promise<ChangeOrder[]> {
  const { client } = reading;
  const retrievedAt = reading.now();
  const amendments = await client.read(amendmentView, domain);
  if (amendments.length === 0) return [];
  const [lines, sales, projects] = await Promise.all([
    client.read(amendmentLineView, [["amendment", "in", amendments.map(({ id }) => id)]]),
    readSales(reading, [["id", "in", amendments.map(({ sale }) => sale.id)]]),
    readProjects(reading),
  ]);
  return amendments.map((amendment) => {
    const sale = sales.find(({ id }) => id === amendment.sale.id);
    const project = sale === undefined ? null : projectOf(sale, projects);
    return {
      source: sourceOf(
        reading,
        { system: "crm", type: "change-order", id: String(amendment.id) },
        { model: "sale.amendment", revision: amendment.timestamp, retrievedAt },
      ),
      projectId: project === null ? null : String(project.id),
      number: /^CO-\S{1,24}/.exec(amendment.description ?? "")?.[0] ?? null,
      title: withoutMarker(amendment.description, "sent") || `Amendment ${amendment.id}`,
      state: stateOf(amendment),
      amount: addedAmount(
        amendment,
        lines.filter((line) => line.amendment === amendment.id),
      ),
      raisedOn: amendment.date,
      decidedOn:
        amendment.state === "validated" && amendment.write_date !== null
          ? dayOf(reading, amendment.write_date)
          : null,
    };
  });
}

/** Tryton knows two states: validated is carried out; whether a draft went to the client, its word says. */
function stateOf({ state, description }: Amendment): ChangeOrder["state"] {
  if (state === "validated") return "executed";
  return dateMarker(description, "sent") === null ? "draft" : "client_review";
}

/**
 * What an open amendment would add: new price of its lines less their present amount. null once it
 * is validated, because then the sale already has the new lines and the old amount is gone.
 */
function addedAmount(
  { state, sale }: Amendment,
  lines: readonly AmendmentLine[],
): ChangeOrder["amount"] {
  const currency = sale.currency.code;
  const changes = lines.filter((line) => line.action === "line");
  if (state !== "draft" || changes.length === 0) return null;
  let minor = 0;
  for (const { line, quantity, unit_price } of changes) {
    if (line === null || line.amount === null || quantity === null || unit_price === null)
      return null;
    const after = amountOf(productOf(quantity, unit_price), currency, "sale.amendment.line");
    minor += after.minor - amountOf(line.amount, currency, "sale.line").minor;
  }
  return { minor, currency };
}

/** `140 × "185.2500"` as exact decimal text with two digits, rounded half to even as the server does. */
export function productOf(quantity: number, unitPrice: string): string {
  const [a, b] = [scaled(String(quantity)), scaled(unitPrice)];
  const digits = a.digits + b.digits;
  const value = a.units * b.units;
  const divisor = 10n ** BigInt(Math.max(0, digits - 2));
  const enlarged = value * 10n ** BigInt(Math.max(0, 2 - digits));
  const negative = enlarged < 0n;
  const size = negative ? -enlarged : enlarged;
  const rest = size % divisor;
  const up = rest * 2n > divisor || (rest * 2n === divisor && (size / divisor) % 2n === 1n);
  const cents = size / divisor + (up ? 1n : 0n);
  const text = String(cents).padStart(3, "0");
  return `${negative && cents !== 0n ? "-" : ""}${text.slice(0, -2)}.${text.slice(-2)}`;
}

function scaled(text: string): { units: bigint; digits: number } {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!match)
    throw new CountersignError("CONNECTOR_SHAPE", {
      system: "Tryton",
      record: "sale.amendment.line",
      problems: "a quantity or price that is no plain decimal",
    });
  const fraction = match[3] ?? "";
  const units = BigInt(`${match[2]}${fraction}`);
  return { units: match[1] ? -units : units, digits: fraction.length };
}
