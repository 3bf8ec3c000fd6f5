import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DatabaseWorld } from "../testing/database-world.ts";
import { listen } from "./listen.ts";

const RECONNECT_MS = 40;

let world: DatabaseWorld;

beforeAll(async () => {
  world = await DatabaseWorld.start();
});

afterAll(() => world?.close());

/** Stands before the database, and can refuse everybody. */
async function startDoor() {
  const { hostname, port } = new URL(world.database.url);
  const open = new Set<Socket>();
  const state = { shut: false, knocks: 0 };
  const server = createServer((socket) => {
    state.knocks += 1;
    socket.on("error", () => undefined);
    if (state.shut) return socket.destroy();
    open.add(socket);
    const inside = connect(Number(port), hostname);
    inside.on("error", () => undefined);
    inside.on("close", () => socket.destroy());
    socket.on("close", () => {
      open.delete(socket);
      inside.destroy();
    });
    socket.pipe(inside).pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const own = new URL(world.database.url);
  own.port = String((server.address() as AddressInfo).port);
  return {
    state,
    url: own.href,
    connections: () => open.size,
    shut() {
      state.shut = true;
      for (const socket of open) socket.destroy();
    },
    close: () => server.close(),
  };
}

const listening = (databaseUrl: string, heard: string[] = []) =>
  listen({
    databaseUrl,
    channel: "news",
    onMessage: (message) => heard.push(message),
    onGap: () => heard.push("gap"),
    log: pino({ level: "silent" }),
    reconnectMs: RECONNECT_MS,
  });

test("while the database is away it is asked for again at an even pace; afterwards messages are heard again", async () => {
  const door = await startDoor();
  const heard: string[] = [];
  const listener = await listening(door.url, heard);
  const [before, startedMs] = [door.state.knocks, performance.now()];
  door.shut();
  await expect.poll(() => door.state.knocks - before, { timeout: 10_000, interval: 5 }).toBeGreaterThanOrEqual(6);
  expect(door.state.knocks - before).toBeLessThanOrEqual((performance.now() - startedMs) / RECONNECT_MS + 1);
  door.state.shut = false;
  await expect.poll(() => heard, { timeout: 10_000, interval: 5 }).toEqual(["gap"]);
  await world.sql("select pg_notify('news', 'hello')");
  await expect.poll(() => heard, { timeout: 10_000, interval: 5 }).toEqual(["gap", "hello"]);
  expect(door.connections()).toBe(1);
  await listener.close();
  await expect.poll(door.connections, { timeout: 10_000, interval: 5 }).toBe(0);
  door.close();
});

test("a start that fails leaves nothing behind that goes on trying", async () => {
  const door = await startDoor();
  door.shut();
  await expect(listening(door.url)).rejects.toThrow();
  await delay(3 * RECONNECT_MS);
  expect(door.state.knocks).toBe(1);
  door.close();
});
