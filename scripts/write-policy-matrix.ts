import { writeFileSync } from "node:fs";
import { policyMatrixText } from "../tests/policy-matrix-text.ts";

writeFileSync(new URL("../docs/policy-matrix.md", import.meta.url), policyMatrixText());
