import type { ConnectionFilter, ConnectionRow, Engine, KillRequest } from "@tandem/engine";
import { LbError } from "@tandem/model";
import { expect, test } from "vitest";
import { DOCUMENT, row } from "../testing-service.ts";
import { type KillPorts, killConnections } from "./kill-connections.ts";

/** A node "lb1" with these connections; what is ended is written down by client port, `!` aloud. */
function setUp(rows: ConnectionRow[], peers: string[] = ["lb2"]) {
  const said: string[] = [];
  const engine = {
    document: DOCUMENT,
    async ask(name: string, ask: never) {
      if (name === "list") {
        const { cursor, limit } = ask as { cursor: number; limit: number };
        return {
          rows: rows.slice(cursor, cursor + limit),
          next: cursor + limit < rows.length ? cursor + limit : null,
        };
      }
      const { places, isAloud } = ask as { places: ConnectionRow["place"][]; isAloud: boolean };
      said.push(`${places.map((p) => p.index).join(",")}${isAloud ? "!" : ""}`);
      return { ended: places.length };
    },
  } as unknown as Engine;
  const asked: [string, KillRequest][] = [];
  const ports: KillPorts = {
    ...{ node: "lb1", engine, peers: () => peers },
    async killAt(peer, request) {
      asked.push([peer, request]);
      return { killed: 10 };
    },
  };
  const kill = (filter: ConnectionFilter, more: Partial<KillRequest> = {}) =>
    killConnections(ports, { filter, reset: false, dryRun: false, author: "ops", ...more });
  return { kill, said, asked, ports };
}

const CLIENT: ConnectionFilter = { client: "198.51.100.7" };

test("what this node owns is ended here, by place, whatever the listing's limit", async () => {
  const { kill, said, asked } = setUp([row(1), row(2, { client: "198.51.100.8" }), row(3)]);
  expect(await kill({ ...CLIENT, limit: 1 })).toEqual({ killed: 2 });
  expect(await kill(CLIENT, { reset: true })).toEqual({ killed: 2 });
  expect([said, asked]).toEqual([["1,3", "1,3!"], []]);
});

test("templates are ended after the connections that may hang on them", async () => {
  const { kill, said } = setUp([row(1, { isTemplate: true }), row(2)]);
  expect(await kill(CLIENT)).toEqual({ killed: 2 });
  expect(said).toEqual(["2", "1"]);
});

test("many are ended in slices", async () => {
  const { kill, said } = setUp(Array.from({ length: 600 }, (_, n) => row(n)));
  expect(await kill(CLIENT)).toEqual({ killed: 600 });
  expect(said.map((places) => places.split(",").length)).toEqual([128, 128, 128, 128, 88]);
});

test("what a peer owns is ended by that peer, once, and told with who asked and how", async () => {
  const { kill, said, asked } = setUp([row(1), row(2, { owner: "lb2" }), row(3, { owner: "lb2" })]);
  expect(await kill(CLIENT, { reset: true })).toEqual({ killed: 11 });
  expect(said).toEqual(["1!"]);
  const filter = { ...CLIENT, owner: "lb2" };
  expect(asked).toEqual([["lb2", { filter, reset: true, dryRun: false, author: "ops" }]]);
});

test("what a lost or unknown peer owns is ended here", async () => {
  const { kill, said, asked } = setUp([row(1, { owner: "lb2" }), row(2, { owner: "?" })], []);
  expect(await kill(CLIENT)).toEqual({ killed: 2 });
  expect([said, asked]).toEqual([["1,2"], []]);
});

test("a node that is asked for what it owns asks nobody else", async () => {
  const { kill, asked } = setUp([row(1), row(2, { owner: "lb2" })]);
  expect(await kill({ ...CLIENT, owner: "lb1" })).toEqual({ killed: 1 });
  expect(asked).toEqual([]);
});

test("a dry run counts what all nodes own, and ends nothing", async () => {
  const { kill, said, asked } = setUp([row(1), row(2, { owner: "lb2" })]);
  expect(await kill(CLIENT, { dryRun: true })).toEqual({ killed: 2 });
  expect([said, asked]).toEqual([[], []]);
});

test("a peer that cannot be reached is told, with what has ended meanwhile", async () => {
  const { ports } = setUp([row(1), row(2, { owner: "lb2" })]);
  const away = new LbError({ code: "unavailable", what: 'node "lb2"', why: "no answer" });
  const kill = killConnections(
    { ...ports, killAt: () => Promise.reject(away) },
    { filter: CLIENT, reset: false, dryRun: false, author: "ops" },
  );
  await expect(kill).rejects.toThrow(
    'Cannot reach node "lb2": no answer; what it owns goes on, 1 others have ended',
  );
});

test("a service that never was is refused", async () => {
  await expect(setUp([]).kill({ service: "tcp 192.0.2.99:80" })).rejects.toThrow(/^Cannot find service/);
});
