import { buildOperationsServer } from "../operations-server.ts";
import { serveOperationsOverStdio } from "../stdio.ts";
import { principalWith, sampleCatalogue, sampleServices } from "./sample-services.ts";

const log = { warn: () => undefined, error: () => undefined };
const { closed } = serveOperationsOverStdio(
  () =>
    buildOperationsServer({
      principal: principalWith("read"),
      services: sampleServices().services,
      producedBy: { mind: "stdio", promptHash: null },
      thread: null,
      catalogue: sampleCatalogue,
      log,
    }),
  { log },
);
// What a careless library would do: it must not reach the protocol stream.
process.stdout.write("a stray line on standard output\n");
await closed;
