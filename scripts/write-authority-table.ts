import { writeFileSync } from "node:fs";
import { authorityText } from "../tests/authority-text.ts";

writeFileSync(new URL("../docs/authority.md", import.meta.url), authorityText());
