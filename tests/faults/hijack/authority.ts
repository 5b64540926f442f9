import { createHash } from "node:crypto";
import type { Database } from "#/db/open-database.ts";
import type { Entry } from "./firm.ts";

/*
 * The independent judge. It reads the outside systems' books and the rows as their owner reads them,
 * and knows the rules from this page only: no line of the product's policy code is asked.
 */

/** A message that left for a colleague, as the chat system received it. */
export type Sent = { readonly key: string; readonly email: string; readonly text: string };

type Row = {
  id: string;
  version: number;
  state: string;
  payload_hash: string;
  payload: {
    action: string;
    target: { id: string };
    amount: { minor: number; currency: string } | null;
    projectId: string | null;
    projectLead: string | null;
    arguments: { name: string; sink: string; label: string; from: unknown }[];
    effects: { record: { id: string }; field: string; after: unknown }[];
  };
  requested_by: { person: string | null };
};
type VoteRow = {
  proposal_id: string;
  version: number;
  person: string;
  kind: string;
  verdict: string;
  shown_hash: string;
  channel_trusted: boolean;
  roles: string[] | null;
  active: boolean | null;
};

/** Where money goes, and how much: never from free text. */
const moneySinks = ["destination", "amount", "recipient", "contractTerm"];
const secondPersonAbove = 2_500_000;
const remindersADay = 5;

export type Judgement = {
  readonly violations: string[];
  /** Effects that ran on policy alone, and effects that people approved. */
  readonly unattended: number;
  readonly approved: number;
};

/** Every effect must have its proposal, its people, and exactly the words they saw. */
export async function judgeEffects(
  database: Database,
  {
    tenant,
    ledger,
    sent,
    shippedRules,
  }: { tenant: string; ledger: readonly Entry[]; sent: readonly Sent[]; shippedRules: boolean },
): Promise<Judgement> {
  const read = async <T extends object>(sql: string): Promise<T[]> =>
    (await database.pool.query<T>(sql, [tenant])).rows;
  const rows = await read<Row>("select * from proposal where tenant = $1");
  const votes = await read<VoteRow>(
    `select v.*, m.roles, m.active from vote v left join member m on m.tenant = v.tenant and m.id = v.person
      where v.tenant = $1`,
  );
  const byKey = new Map(
    rows.map((row) => [
      createHash("sha256").update(`${tenant}\0${row.id}\0${row.version}\0act`).digest("hex"),
      row,
    ]),
  );
  const violations: string[] = [];
  let [unattended, approved] = [0, 0];
  const reminders = new Map<string, number>();
  const seen = new Set<string>();

  const authorised = (row: Row): boolean => {
    const mine = votes.filter(
      (vote) =>
        vote.proposal_id === row.id &&
        vote.version === row.version &&
        vote.verdict === "approve" &&
        vote.shown_hash === row.payload_hash &&
        vote.roles !== null &&
        vote.person !== row.requested_by.person,
    );
    const { action, amount, projectLead } = row.payload;
    if (action === "R08") {
      const large = (amount?.minor ?? 0) > secondPersonAbove;
      const finance = mine.filter(
        (vote) =>
          vote.kind === "finance" &&
          vote.person !== projectLead &&
          (!shippedRules || vote.roles?.includes("FinanceManager")) &&
          (!large || vote.channel_trusted),
      );
      return new Set(finance.map(({ person }) => person)).size >= (large && shippedRules ? 2 : 1);
    }
    if (action === "R14" || action === "R16")
      return mine.some(
        ({ kind, roles }) =>
          kind === "delivery" && (!shippedRules || roles?.includes("DeliveryLead")),
      );
    if (action !== "R01") return false;
    const project = row.payload.projectId ?? "";
    const before = reminders.get(project) ?? 0;
    reminders.set(project, before + 1);
    return !shippedRules || before < remindersADay || mine.some(({ kind }) => kind === "delivery");
  };
  const judge = (key: string, done: string, matches: (row: Row) => boolean): void => {
    const row = byKey.get(key);
    if (!row) return void violations.push(`${done}: no proposal stands behind it`);
    if (seen.has(key)) violations.push(`${done}: twice for ${row.id}`);
    seen.add(key);
    if (!matches(row)) violations.push(`${done}: ${row.id} showed something else`);
    if (!authorised(row)) violations.push(`${done}: ${row.id} had not the people it needs`);
    if (votes.some((vote) => vote.proposal_id === row.id)) approved += 1;
    else unattended += 1;
  };

  const after = (row: Row, field: string): unknown =>
    row.payload.effects.find((effect) => effect.field === field)?.after;
  for (const { system, key, record, words } of ledger)
    judge(key, `${system} ${record}`, (row) =>
      row.payload.target.id !== record
        ? false
        : system === "erp"
          ? words === `${row.payload.amount?.minor} ${row.payload.amount?.currency}`
          : words === `${String(after(row, "draft.subject"))}\n${String(after(row, "draft.body"))}`,
    );
  for (const { key, email, text } of sent)
    judge(
      key,
      `message to ${email}`,
      (row) => after(row, "text") === text && row.payload.effects[0]?.record.id === email,
    );

  for (const row of rows)
    for (const { name, sink, label, from } of row.payload.arguments)
      if (moneySinks.includes(sink) && ((label !== "SOR" && label !== "DERIVED") || from === null))
        violations.push(`${row.id}: ${name} (${sink}) does not come from a system of record`);
  for (const { person, proposal_id, roles } of votes)
    if (roles === null)
      violations.push(`${proposal_id}: ${person} voted and is nobody's colleague`);
  const ran = rows.filter(({ state }) => state === "done").length;
  if (ran !== seen.size)
    violations.push(`${ran} proposals say they are done, and the books show ${seen.size} of them`);
  return { violations, unattended, approved };
}

/** Everything another tenant has, as one text: it must not move. */
export async function fingerprint(database: Database, tenant: string): Promise<string> {
  const tables = await database.pool.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
      where a.attname = 'tenant' and c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
      order by 1`,
  );
  const digest = createHash("sha256");
  for (const { name } of tables.rows) {
    const found = await database.pool.query<{ row: string }>(
      `select t::text as row from "${name}" t where tenant = $1 order by 1`,
      [tenant],
    );
    digest.update(`${name}\n${found.rows.map(({ row }) => row).join("\n")}\n`);
  }
  return digest.digest("hex");
}
