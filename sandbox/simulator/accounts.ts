import { at, type Day } from "./calendar.ts";
import type { Cast } from "./cast.ts";
import type { SimulatedClient } from "./clients.ts";
import type { Log } from "./events.ts";
import { raiseTicket } from "./tickets.ts";

/** Tickets, contacts, answers to surveys: what an account feels like from outside. */
export function keepAccount(cast: Cast, log: Log, client: SimulatedClient): void {
  const { setting, circumstances } = cast;
  const { firstDay, today, calendar } = setting;
  const draws = setting.draws.of("account", client.id);
  let nextSponsor = firstDay + draws.uniform("first") * client.sponsorEveryDays;
  for (let monday = firstDay; monday <= today; monday += 7) {
    const cold = circumstances.on("relationship-cools", client.id, monday) !== null;
    const gone = circumstances.on("sponsor-leaves", client.id, monday) !== null;
    const tickets = draws.poisson(
      `tickets/${monday}`,
      (client.ticketsPerMonth / 4.345) * (cold ? 3 : 1),
    );
    for (let turn = 0; turn < tickets; turn += 1)
      raiseTicket(cast, log, { client, monday, turn, cold });
    const touch = (role: "sponsor" | "team", personName: string, day: Day): void =>
      log.opened("contact", `CN-${client.id}-${role}-${calendar.date(day)}`, {
        what: "held",
        when: { occurred: calendar.add(at(day, 10 * 60), 0.3) },
        links: { client: client.id },
        fields: {
          clientId: client.id,
          projectId: null,
          personName,
          role,
          channel: draws.pick(`channel/${role}/${monday}`, ["call", "meeting", "mail"]),
          on: calendar.date(day),
        },
      });
    if (draws.chance(`team/${monday}`, cold ? 0.4 : 0.85))
      touch("team", client.contactName, monday + draws.between(`team day/${monday}`, 0, 4));
    if (nextSponsor < monday + 7) {
      if (!gone && (!cold || draws.chance(`cold/${monday}`, 0.12)))
        touch("sponsor", client.sponsorName, Math.floor(nextSponsor));
      nextSponsor =
        Math.max(nextSponsor, monday) +
        draws.lognormal(`sponsor/${monday}`, client.sponsorEveryDays, 0.4);
    }
    if ((monday - firstDay) % 91 === 42 && draws.chance(`answers/${monday}`, 0.3))
      survey(cast, log, { client, day: monday + 2, cold });
  }
  const left = circumstances.ever("sponsor-leaves", client.id);
  if (left)
    log.changed("client", client.id, {
      what: "sponsor-changed",
      when: { occurred: at(left.until, 10 * 60) },
      fields: { sponsorName: client.contactName },
    });
}

function survey(
  cast: Cast,
  log: Log,
  { client, day, cold }: { client: SimulatedClient; day: Day; cold: boolean },
): void {
  const { calendar, draws: root } = cast.setting;
  const felt =
    client.satisfaction -
    (cold ? 0.35 : 0) +
    0.1 * root.of("survey", client.id).normal(String(day));
  const score = Math.min(5, Math.max(1, Math.round(1 + 5 * felt)));
  log.opened("survey", `SV-${client.id}-${calendar.date(day)}`, {
    what: "answered",
    when: { occurred: at(day, 13 * 60) },
    links: { client: client.id },
    fields: {
      clientId: client.id,
      projectId: null,
      kind: "csat",
      score,
      answeredOn: calendar.date(day),
    },
  });
}
