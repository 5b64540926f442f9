import type { Office } from "./stage-tryton-office.ts";

/** The reference by which contract and project find each other. */
export const contractOf = (code: string): string => `SOW ${code}`;

/** A contract in force with one amendment that the client has not decided on. */
export async function makeChangeOrder(
  office: Office,
  on: {
    code: string;
    party: number;
    address: number;
    hour: { id: number; unit: number };
    on: string;
  },
): Promise<number> {
  const { code, party, address, hour } = on;
  const line = { product: hour.id, unit: hour.unit, unit_price: office.money("150.00") };
  const sale = await office.only(
    office.create("sale.sale", [
      {
        company: office.company,
        currency: office.currency,
        party,
        invoice_address: address,
        shipment_address: address,
        reference: contractOf(code),
        description: "Statement of work",
        invoice_method: "manual",
        shipment_method: "manual",
        sale_date: office.date(Temporal.PlainDate.from(on.on).subtract({ days: 30 }).toString()),
        lines: [["create", [{ type: "line", quantity: 300, ...line }]]],
      },
    ]),
  );
  for (const button of ["quote", "confirm", "process"])
    await office.press("sale.sale", button, sale);
  const saleLine = await office.only(office.find("sale.line", [["sale", "=", sale]]));
  return office.only(
    office.create("sale.amendment", [
      {
        sale,
        date: office.date(on.on),
        description: `CO-${code.split("-").at(-1)} second interface sent:${on.on}`,
        lines: [["create", [{ action: "line", line: saleLine, quantity: 360, ...line }]]],
      },
    ]),
  );
}
