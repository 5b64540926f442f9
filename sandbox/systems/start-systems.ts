import { firmCalendar, firmDate } from "../firm/firm-days.ts";
import { directory } from "../firm/people.ts";
import { changeRoutes } from "./change-routes.ts";
import { type Control, createControl } from "./control.ts";
import { controlRoutes } from "./control-routes.ts";
import { crmRoutes } from "./crm-face.ts";
import { erpRoutes } from "./erp-face.ts";
import { createFaults, type FaceName, faceNames } from "./faults.ts";
import { hrisRoutes } from "./hris-face.ts";
import { itsmRoutes } from "./itsm-face.ts";
import { messengerRoutes } from "./messenger-face.ts";
import { psaRoutes } from "./psa-face.ts";
import { recordPages } from "./record-pages.ts";
import { recordWriteRoutes } from "./record-writes.ts";
import { type Face, type Route, serveFace } from "./serve-face.ts";
import { createWebhookSender, type Subscription } from "./webhooks.ts";
import { workItemRoutes } from "./work-items.ts";
import { openWorld, type World } from "./world.ts";
import { shownFrom, worldPage } from "./world-page.ts";

export type SystemsOptions = {
  /** The civil date all of the firm's dates hang on. A stored firm keeps its own. */
  readonly anchor: string;
  readonly seed: string;
  /** A simulated firm of this size works beside the story's projects; `story`, the default: none does. */
  readonly firm?: "story" | "S" | "M" | "L";
  /** The bearer token that all faces accept. */
  readonly token: string;
  /** 0 or nothing: any free port. */
  readonly ports?: Partial<Readonly<Record<FaceName, number>>>;
  /** Where changes are kept between starts; in memory when left out. */
  readonly folder?: string;
  /** Who is told of changes; can be set later with `control.subscribe`. */
  readonly webhook?: Subscription;
  /** Pauses before each repeated delivery of a webhook. */
  readonly webhookRetryMs?: readonly number[];
  readonly clock?: () => Date;
};

export type Systems = {
  readonly psaUrl: string;
  readonly crmUrl: string;
  readonly erpUrl: string;
  readonly hrisUrl: string;
  readonly itsmUrl: string;
  readonly messengerUrl: string;
  /** The anchor in force: the stored one, when there is one. */
  readonly anchor: string;
  readonly directory: ReturnType<typeof directory>;
  readonly calendar: typeof firmCalendar;
  readonly control: Control;
  close(): Promise<void>;
};

/** How often a firm that is left running looks whether a day is over. */
const keepUpMs = 10 * 60_000;

/** The firm behind its six systems on loopback ports. Throws Error when it cannot start. */
export async function startSystems(options: SystemsOptions): Promise<Systems> {
  const { token, clock = () => new Date(), ports = {} } = options;
  if (token === "") throw new Error("The sandbox's systems need a token.");
  const world = openWorld({
    anchor: options.anchor,
    seed: options.seed,
    firm: options.firm ?? "story",
    folder: options.folder ?? null,
    clock,
  });
  const webhooks = createWebhookSender({
    subscription: options.webhook ?? null,
    clock,
    ...(options.webhookRetryMs ? { retryDelaysMs: options.webhookRetryMs } : {}),
  });
  world.onEvent(webhooks.send);
  const faults = createFaults();
  const control = createControl({ world, faults, webhooks });
  const daily = setInterval(world.keepUp, keepUpMs);
  daily.unref();

  const urls = Object.fromEntries(faceNames.map((name) => [name, ""])) as Record<FaceName, string>;
  const faces: Face[] = [];
  const today = (): string => firmDate(world.now());
  const start: Route = {
    method: "GET",
    path: "/",
    run: ({ query }) => ({
      status: 200,
      html: worldPage(world, { urls, today: today(), shown: shownFrom(query) }),
    }),
  };
  const routes = routesOf(world, today);
  const close = async (): Promise<void> => {
    clearInterval(daily);
    webhooks.stop();
    await Promise.all(faces.map((face) => face.close()));
  };
  try {
    for (const name of faceNames) {
      const own = name === "psa" ? [start, ...controlRoutes(control)] : [];
      const face = await serveFace({
        name,
        port: ports[name] ?? 0,
        token,
        api: [
          ...routes[name],
          ...changeRoutes(world, name),
          ...recordWriteRoutes(world, name),
          ...workItemRoutes(world, name),
        ],
        pages: [...own, ...recordPages(name, world)],
        faults,
      });
      faces.push(face);
      urls[name] = face.url;
    }
  } catch (cause) {
    await close();
    throw cause;
  }
  return {
    psaUrl: urls.psa,
    crmUrl: urls.crm,
    erpUrl: urls.erp,
    hrisUrl: urls.hris,
    itsmUrl: urls.itsm,
    messengerUrl: urls.messenger,
    anchor: world.state().anchor,
    directory: directory(),
    calendar: firmCalendar,
    control,
    close,
  };
}

/** What each system answers in its own words. */
export const routesOf = (
  world: World,
  today: () => string,
): Readonly<Record<FaceName, readonly Route[]>> => ({
  psa: psaRoutes(world),
  crm: crmRoutes(world),
  erp: erpRoutes(world),
  hris: hrisRoutes(world),
  itsm: itsmRoutes(world, today),
  messenger: messengerRoutes(world),
});
