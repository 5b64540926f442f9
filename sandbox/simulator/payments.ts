import { at, type Day, type Moment } from "./calendar.ts";
import type { Cast } from "./cast.ts";
import type { SimulatedClient } from "./clients.ts";

/** When the money arrives: nearly half of it late, a few per cent very late. */
export function settle(
  { setting }: Cast,
  { id, client, due }: { id: string; client: SimulatedClient; due: Day },
): Moment {
  const { calendar } = setting;
  const draws = setting.draws.of("payment", id);
  const late = draws.uniform("late") < client.paysLate;
  const days = late
    ? draws.chance("very late", 0.03 / 0.47)
      ? 92 + Math.round(60 * draws.uniform("how late"))
      : Math.max(1, Math.round(draws.lognormal("lateness", 7.6, 1)))
    : -draws.between("early", 3, 9);
  return calendar.add(at(due + days, 9 * 60), 0.05);
}
