import { putMembers } from "#/db/member.ts";
import { putTenant } from "#/db/tenant.ts";
import type { BusinessCalendar } from "#/domain/business-time.ts";
import { CountersignError } from "#/domain/errors.ts";
import type { Principal } from "#/domain/member.ts";
import type { Product } from "./compose.ts";
import { type Config, readSettingsFile } from "./config.ts";
import { memberOf, readPeople } from "./people.ts";
import { sandboxSlack } from "./sandbox-world.ts";
import { sandboxSecret } from "./second-factor.ts";

/** When the firm works, where nothing else says. */
export const workingWeek: BusinessCalendar = {
  zone: "Europe/Berlin",
  days: [1, 2, 3, 4, 5],
  opensAt: 9 * 60,
  closesAt: 17 * 60,
  holidays: [],
};

/** The directory: a settings file, or the sandbox firm's. */
export async function putPeople(config: Config, product: Product) {
  await putTenant(product.database, {
    id: config.TENANT,
    name: config.TENANT,
    baseCurrency: config.BASE_CURRENCY,
    calendar: workingWeek,
    targetBusinessDays: config.TARGET_BUSINESS_DAYS,
    slackTeam: config.SLACK_MODE === "sandbox" ? sandboxSlack.team.id : (config.SLACK_TEAM ?? null),
  });
  if (config.PEOPLE_FILE) {
    const people = readPeople(readSettingsFile(config.PEOPLE_FILE), config.TENANT);
    // Whoever is no longer in the file has left: their account may not vote a day longer.
    const left = (await product.store.members(config.TENANT))
      .filter(({ id, active }) => active && !people.some((each) => each.id === id))
      .map((each) => ({ ...each, active: false, secondFactor: null }));
    await putMembers(product.database, [...people, ...left]);
    return people;
  }
  const { directory } = await import("#/sandbox/firm/people.ts");
  const people = directory().map((entry) => ({
    ...memberOf(entry, config.TENANT),
    secondFactor: sandboxSecret(entry.email),
  }));
  await putMembers(product.database, people);
  return people;
}

/** On one machine, without sign-in: the person named in the configuration, or the first delivery lead. */
export async function principalHere(config: Config, product: Product): Promise<Principal> {
  const members = await product.store.members(config.TENANT);
  const wanted = config.MCP_PERSON?.toLowerCase();
  const member = members.find(
    ({ active, email, roles }) =>
      active && (wanted ? email === wanted : roles.includes("DeliveryLead")),
  );
  if (!member)
    throw new CountersignError("CONFIG_INVALID", {
      problems: wanted
        ? "  ✖ MCP_PERSON: nobody active in the directory has that address"
        : "  ✖ no active delivery lead is in the directory; set MCP_PERSON to who acts on this machine",
    });
  return product.services.principalOf(member);
}
