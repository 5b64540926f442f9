import { writeFileSync } from "node:fs";
import { errorCatalogueText } from "../tests/error-catalogue-text.ts";

writeFileSync(new URL("../docs/errors.md", import.meta.url), errorCatalogueText());
