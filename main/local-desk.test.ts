import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CountersignError } from "#/domain/errors.ts";
import { askDesk, type DeskTasks, openDesk, runningAt } from "./local-desk.ts";

let folder: string;
let server: Server;
let url: string;
const logged: string[] = [];
const log = { error: (_: object, message: string) => void logged.push(message) } as never;

const tasks: DeskTasks = {
  present: async () => true,
  echo: async (argument) => argument,
  refuse: async () => {
    throw new CountersignError("UNKNOWN_PROPOSAL", { proposal: "P-000000" });
  },
  break: async () => {
    throw new Error("a secret of the inside");
  },
};

async function listen(handler: Parameters<typeof createServer>[1]): Promise<string> {
  server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "countersign-test-"));
  logged.length = 0;
  let desk: ReturnType<typeof openDesk> | undefined;
  url = await listen((req, res) => {
    void desk?.door(req, res).then((mine) => mine || res.writeHead(404).end("not here"));
  });
  desk = openDesk(folder, url, { tasks, log });
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

test("a command is done by the process that holds the folder, and its answer comes back", async () => {
  expect(await askDesk(folder, "echo", { a: [1, "ü"] })).toEqual({
    running: true,
    answer: { a: [1, "ü"] },
  });
  expect(await runningAt(folder)).toBe(url);
});

test("the address and its token are for the owner of the folder only", () => {
  expect(statSync(join(folder, "desk.json")).mode & 0o077).toBe(0);
  expect(JSON.parse(readFileSync(join(folder, "desk.json"), "utf8"))).toMatchObject({ url });
});

test("our own refusals are told as they are; a failure is logged, and its text stays inside", async () => {
  await expect(askDesk(folder, "refuse", null)).rejects.toThrow(/No proposal P-000000/);
  expect(logged).toEqual([]);
  await expect(askDesk(folder, "break", null)).rejects.toThrow(/its log says why/);
  await expect(askDesk(folder, "break", null)).rejects.not.toThrow(/secret/);
  expect(logged).toEqual(["a command from a terminal failed", "a command from a terminal failed"]);
});

test("without the token nothing is done, whatever the task", async () => {
  for (const authorization of ["", "Bearer ", "Bearer guessed", `Bearer ${"0".repeat(48)}`]) {
    const response = await fetch(`${url}/desk/echo`, {
      method: "POST",
      headers: { authorization },
      body: "1",
    });
    expect(response.status).toBe(401);
  }
});

test("too much, no JSON, another method and unknown tasks are refused", async () => {
  const { token } = JSON.parse(readFileSync(join(folder, "desk.json"), "utf8")) as {
    token: string;
  };
  const send = async (path: string, init: RequestInit) => {
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(`${url}${path}`, { ...init, headers })).status;
  };
  expect(await send("/desk/echo", { method: "POST", body: "x".repeat(300_000) })).toBe(413);
  expect(await send("/desk/echo", { method: "POST", body: "{no" })).toBe(400);
  expect(await send("/desk/echo", { method: "GET" })).toBe(404);
  expect(await send("/desk/constructor", { method: "POST" })).toBe(404);
  expect(await send("/desk/nothing", { method: "POST" })).toBe(404);
});

test("nobody runs: no file, a broken file, a file of a process that is gone, or another's port", async () => {
  const gone = { running: false };
  const file = join(folder, "desk.json");
  const good = readFileSync(file, "utf8");
  rmSync(file);
  expect(await askDesk(folder, "echo", 1)).toEqual(gone);
  writeFileSync(file, "{half");
  expect(await askDesk(folder, "echo", 1)).toEqual(gone);
  // The port went to another Countersign, which does not know this token.
  writeFileSync(file, JSON.stringify({ url, token: "0".repeat(48) }));
  expect(await askDesk(folder, "echo", 1)).toEqual(gone);
  expect(await runningAt(folder)).toBeNull();
  // The port went to something else altogether.
  writeFileSync(file, JSON.stringify({ url: `${url}/elsewhere`, token: "t" }));
  expect(await askDesk(folder, "echo", 1)).toEqual(gone);
  writeFileSync(file, good);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(await askDesk(folder, "echo", 1)).toEqual(gone);
  expect(await runningAt(folder)).toBeNull();
  url = await listen((_, res) => res.end());
});

test("closing takes the address away", () => {
  const desk = openDesk(folder, url, { tasks, log });
  desk.close();
  desk.close();
  expect(() => readFileSync(join(folder, "desk.json"))).toThrow(/ENOENT/);
});
