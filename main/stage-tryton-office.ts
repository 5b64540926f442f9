import { randomUUID } from "node:crypto";
import { z } from "zod";
import { CountersignError, isCountersignError } from "#/domain/errors.ts";
import {
  encodeDate,
  encodeDecimal,
  encodeMinutes,
} from "#/tools/connectors/tryton/decode-values.ts";
import {
  createTrytonClient,
  type Domain,
  type TrytonClient,
  type View,
} from "#/tools/connectors/tryton/tryton-client.ts";
import { isTrytonFault } from "#/tools/connectors/tryton/tryton-fault.ts";
import type { StageOptions } from "./stage-tryton.ts";

const Id = z.object({ id: z.int() });
const Employee = z.object({
  id: z.int(),
  party: z.object({ name: z.string().nullable(), email: z.string().nullable() }),
});
export type Employee = z.infer<typeof Employee>;
const Product = z.object({
  id: z.int(),
  default_uom: z.object({ id: z.int(), symbol: z.string() }),
});

const employeeView: View<Employee> = {
  model: "company.employee",
  fields: ["party.name", "party.email"],
  schema: Employee,
};
const productView: View<z.infer<typeof Product>> = {
  model: "product.product",
  fields: ["default_uom.symbol"],
  schema: Product,
};

const Category = z.object({ id: z.int(), account_revenue: z.int().nullable() });
const categoryView: View<z.infer<typeof Category>> = {
  model: "product.category",
  fields: ["account_revenue"],
  schema: Category,
};

const clientCode = "CS-STORY-CLIENT";

/**
 * One Tryton user at work: finds, creates and changes records, presses buttons, and knows the
 * firm's own company, people, client and products. Made by `openOffice`.
 */
export type Office = Awaited<ReturnType<typeof openOffice>>;

export async function openOffice(options: StageOptions, today: string) {
  const client = createTrytonClient(options);

  /** A refusal by Tryton as one sentence that says what to change there. */
  async function work<T>(what: string, done: () => Promise<T>): Promise<T> {
    try {
      return await done();
    } catch (error) {
      if (!isTrytonFault(error) && !isCountersignError(error)) throw error;
      const why =
        isTrytonFault(error) && error.kind !== "not-allowed"
          ? `Tryton refused it (${error.kind})`
          : `the Tryton user ${options.user} has no right for it`;
      throw lacking(`cannot ${what}: ${why}`, error);
    }
  }

  const read: TrytonClient["read"] = (view, domain) => client.read(view, domain);
  const find = async (model: string, domain: Domain): Promise<number[]> =>
    (await read({ model, fields: ["rec_name"], schema: Id }, domain)).map(({ id }) => id);
  const create = async (model: string, records: readonly object[]): Promise<number[]> =>
    work(`create ${model}`, async () =>
      z.array(z.int()).parse(await client.call(`model.${model}.create`, [records])),
    );
  const press = (model: string, button: string, id: number): Promise<void> =>
    work(`press ${button} on ${model}`, async () => {
      await client.call(`model.${model}.${button}`, [[id]]);
    });

  const company = await client.company();
  const [currency] = await read(
    {
      model: "company.company",
      fields: ["currency"],
      schema: z.object({ id: z.int(), currency: z.int() }),
    },
    [["id", "=", company]],
  );
  if (currency === undefined) throw lacking("the company of the login cannot be read");
  const people = await read(employeeView, employed(company));
  const own = z
    .looseObject({ employee: z.int().nullish() })
    .parse(await client.call("model.res.user.get_preferences", [true])).employee;
  const byEmail = (email: string): Employee | undefined =>
    people.find(({ party }) => party.email?.toLowerCase() === email.toLowerCase());
  const lead = options.leadEmail
    ? byEmail(options.leadEmail)
    : (people.find(({ id }) => id === own) ?? people[0]);
  const colleague = options.colleagueEmail
    ? byEmail(options.colleagueEmail)
    : people.filter((person) => person.party.email && person.id !== lead?.id).at(-1);
  const contributor = people.find(({ id }) => id !== lead?.id && id !== colleague?.id) ?? lead;
  if (lead === undefined || colleague === undefined || contributor === undefined)
    throw lacking("two employees with e-mail addresses are needed, as lead and as colleague");

  return {
    today,
    company,
    currency: currency.currency,
    lead,
    colleague,
    /** Has recorded all hours. */
    contributor,
    read,
    find,
    create,
    press,
    change: (model: string, id: number, values: object): Promise<void> =>
      work(`change ${model}`, async () => {
        await client.call(`model.${model}.write`, [[id], values]);
      }),
    /** One line per day on one task, each with the unique number that Tryton checks. */
    async logDays(entry: {
      employee: number;
      timesheetWork: number;
      days: readonly string[];
      minutes: number;
    }): Promise<void> {
      const { employee, timesheetWork, days, minutes } = entry;
      await create(
        "timesheet.line",
        days.map((day) => ({
          company,
          employee,
          work: timesheetWork,
          date: encodeDate(day),
          duration: encodeMinutes(minutes),
          uuid: randomUUID(),
        })),
      );
    },
    date: encodeDate,
    money: encodeDecimal,
    minutes: encodeMinutes,
    /** The status that Tryton itself treats as finished. */
    async doneStatus(): Promise<number> {
      const [id] = await find("project.work.status", [["progress", "=", 1]]);
      return id ?? (await only(create("project.work.status", [doneStatusRecord])));
    },
    /** The client of the story and its address. */
    async storyClient(): Promise<{ party: number; address: number }> {
      const [found] = await find("party.party", [["code", "=", clientCode]]);
      const [term] = await find("account.invoice.payment_term", []);
      const party =
        found ??
        (await only(
          create("party.party", [
            {
              name: "Northwind Clinics",
              code: clientCode,
              customer_payment_term: term ?? null,
              addresses: [["create", [{ city: "Lyon" }]]],
              contact_mechanisms: [
                ["create", [{ type: "email", value: "accounts@northwind.example" }]],
              ],
            },
          ]),
        ));
      return { party, address: await only(find("party.address", [["party", "=", party]])) };
    },
    /** A service that can be sold and billed: by the hour, or by the piece. */
    async product(kind: "hour" | "piece"): Promise<{ id: number; unit: number }> {
      // The account is kept per company and cannot be searched for.
      const [category, ...others] = (await read(categoryView, [["accounting", "=", true]])).flatMap(
        ({ id, account_revenue }) => (account_revenue === null ? [] : [id]),
      );
      if (category === undefined)
        throw lacking("no accounting category of products has a revenue account");
      const products = await read(productView, [
        ["type", "=", "service"],
        ["salable", "=", true],
        ["account_category", "in", [category, ...others]],
      ]);
      const fits = (symbol: string) => (symbol === "h") === (kind === "hour") && symbol !== "d";
      const found = products.find(({ default_uom }) => fits(default_uom.symbol));
      if (found !== undefined) return { id: found.id, unit: found.default_uom.id };
      const unit = await only(find("product.uom", [["symbol", "=", kind === "hour" ? "h" : "u"]]));
      const template = await only(
        create("product.template", [
          {
            name: kind === "hour" ? "Consulting hour" : "Milestone",
            code: `CS-STORY-${kind.toUpperCase()}`,
            type: "service",
            default_uom: unit,
            sale_uom: unit,
            salable: true,
            list_price: encodeDecimal("150.00"),
            account_category: category,
            products: [["create", [{}]]],
          },
        ]),
      );
      return { id: await only(find("product.product", [["template", "=", template]])), unit };
    },
    only,
  };
}

const employed = (company: number): Domain => [
  ["company", "=", company],
  ["end_date", "=", null],
];

const doneStatusRecord = { name: "Done", types: ["project", "task"], progress: 1 };

async function only(ids: Promise<readonly number[]>): Promise<number> {
  const [first] = await ids;
  if (first === undefined) throw lacking("a record that every configured Tryton has is missing");
  return first;
}

const lacking = (problem: string, cause?: unknown): CountersignError =>
  new CountersignError("CONFIG_INVALID", { problems: `  ✖ Tryton: ${problem}` }, { cause });
