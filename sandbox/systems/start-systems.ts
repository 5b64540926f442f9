import { firmCalendar, firmDate } from "../firm/firm-days.ts";
import { directory } from "../firm/people.ts";
import { type Control, createControl } from "./control.ts";
import { controlRoutes } from "./control-routes.ts";
import { crmRoutes } from "./crm-face.ts";
import { erpRoutes } from "./erp-face.ts";
import { createFaults, type FaceName } from "./faults.ts";
import { psaRoutes } from "./psa-face.ts";
import { recordPages } from "./record-pages.ts";
import { type Face, type Route, serveFace } from "./serve-face.ts";
import { createWebhookSender, type Subscription } from "./webhooks.ts";
import { openWorld } from "./world.ts";
import { worldPage } from "./world-page.ts";

export type SystemsOptions = {
  /** The civil date all of the firm's dates hang on. A stored firm keeps its own. */
  readonly anchor: string;
  readonly seed: string;
  /** The bearer token that all three faces accept. */
  readonly token: string;
  /** 0 or nothing: any free port. */
  readonly ports?: { readonly psa?: number; readonly crm?: number; readonly erp?: number };
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
  /** The anchor in force: the stored one, when there is one. */
  readonly anchor: string;
  readonly directory: ReturnType<typeof directory>;
  readonly calendar: typeof firmCalendar;
  readonly control: Control;
  close(): Promise<void>;
};

/** The firm behind a PSA, a CRM and an ERP on loopback ports. Throws Error when it cannot start. */
export async function startSystems(options: SystemsOptions): Promise<Systems> {
  const { token, clock = () => new Date(), ports = {} } = options;
  if (token === "") throw new Error("The sandbox's systems need a token.");
  const world = openWorld({
    anchor: options.anchor,
    seed: options.seed,
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

  const urls = { psa: "", crm: "", erp: "" };
  const faces: Face[] = [];
  const open = async (name: FaceName, api: Route[], pages: Route[] = []): Promise<void> => {
    const all = [...pages, ...recordPages(name, world)];
    const face = await serveFace({ name, port: ports[name] ?? 0, token, api, pages: all, faults });
    faces.push(face);
    urls[name] = face.url;
  };
  const close = async (): Promise<void> => {
    webhooks.stop();
    await Promise.all(faces.map((face) => face.close()));
  };
  const start: Route = {
    method: "GET",
    path: "/",
    run: () => ({
      status: 200,
      html: worldPage(world.state(), urls, firmDate(clock())),
    }),
  };
  try {
    await open("psa", psaRoutes(world), [start, ...controlRoutes(control)]);
    await open("crm", crmRoutes(world));
    await open("erp", erpRoutes(world));
  } catch (cause) {
    await close();
    throw cause;
  }
  return {
    psaUrl: urls.psa,
    crmUrl: urls.crm,
    erpUrl: urls.erp,
    anchor: world.state().anchor,
    directory: directory(),
    calendar: firmCalendar,
    control,
    close,
  };
}
