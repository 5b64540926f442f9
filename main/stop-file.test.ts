import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stopReason } from "./stop-file.ts";

test("CTL-26: while the file is there nothing begins, whatever is in it; without it everything may", () => {
  const folder = mkdtempSync(join(tmpdir(), "countersign-stop-"));
  try {
    expect(stopReason(folder)).toBeNull();
    writeFileSync(join(folder, "stop"), "wrong rates in the ERP\nAda, 11:20");
    expect(stopReason(folder)).toBe("wrong rates in the ERP");
    writeFileSync(join(folder, "stop"), "");
    expect(stopReason(folder)).toBe("the file says no reason");
    rmSync(join(folder, "stop"));
    mkdirSync(join(folder, "stop"));
    expect(stopReason(folder)).toBe("the stop file cannot be read");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
