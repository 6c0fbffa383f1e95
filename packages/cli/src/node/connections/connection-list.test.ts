import type { ConnectionFilter } from "@tandem/engine";
import { expect, test } from "vitest";
import { createTestService, ROWS, row } from "../testing-service.ts";
import { connectionStatus } from "./connection-list.ts";

async function clientPorts(filter: ConnectionFilter, rowsPerAnswer?: number): Promise<number[]> {
  const { api } = createTestService(rowsPerAnswer === undefined ? {} : { rowsPerAnswer });
  const ports: number[] = [];
  for await (const c of api.connections(filter)) ports.push(Number(c.client.split(":").at(-1)));
  return ports;
}

test("a connection reads as operators write it, with the name of its owner", async () => {
  const { api } = createTestService();
  const connections = await Array.fromAsync(api.connections({}));
  expect(connections[1]).toEqual({
    protocol: "tcp",
    state: "ESTABLISHED",
    client: "198.51.100.7:2",
    virtual: "192.0.2.1:80",
    destination: "10.0.0.2:8080",
    method: "masquerade",
    expiresInSeconds: 899,
    idleSeconds: 3,
    owner: "lb2",
    template: false,
    mark: 0,
    held: false,
    inPackets: 1,
    inBytes: 40,
    outPackets: 2,
    outBytes: 80,
  });
  expect(connections[0]?.owner).toBe("lb1");
  expect(connections[3]).toMatchObject({
    protocol: "udp",
    client: "[2001:db8:2::7]:4",
    virtual: "[2001:db8::1]:53",
  });
});

test("a template, a mark, full NAT, a controller and a hold show on a connection", async () => {
  const held = row(6, {
    local: "192.0.2.9",
    localPort: 1024,
    method: 5,
    mark: 7,
    isHeld: true,
    controller: { client: "198.51.100.0", clientPort: 0, virtual: "0.0.0.7", virtualPort: 0 },
  });
  expect(connectionStatus(held, "lb1")).toMatchObject({
    local: "192.0.2.9:1024",
    method: "full-nat",
    mark: 7,
    held: true,
    template: false,
    controller: "198.51.100.0:0 -> 0.0.0.7:0",
  });
  expect(connectionStatus(ROWS[5]!, "lb1")).toMatchObject({
    protocol: "any",
    state: "ASSURED",
    client: "198.51.100.0:0",
    template: true,
    mark: 7,
  });
});

const filters: [what: string, filter: ConnectionFilter, ports: number[]][] = [
  ["nothing", {}, [1, 2, 3, 4, 5, 0]],
  ["a firewall mark", { service: "mark 7 ipv4" }, [0]],
  ["a service", { service: "udp [2001:db8::1]:53" }, [4]],
  ["a client's address", { client: "198.51.100.7" }, [1, 2, 5]],
  ["a client's endpoint", { client: "198.51.100.7:5" }, [5]],
  ["an IPv6 client's endpoint", { client: "[2001:db8:2::7]:4" }, [4]],
  ["a destination's address", { destination: "10.0.0.2" }, [2]],
  ["a destination's endpoint", { destination: "10.0.0.1:80" }, [1, 3, 4, 5]],
  ["a client and a destination", { client: "198.51.100.7", destination: "10.0.0.1" }, [1, 5]],
  ["a limit", { limit: 2 }, [1, 2]],
  ["a limit that counts only what is wanted", { destination: "10.0.0.1", limit: 2 }, [1, 3]],
  ["a limit beyond the end", { limit: 99 }, [1, 2, 3, 4, 5, 0]],
];
for (const [what, filter, ports] of filters) {
  test(`connections filtered by ${what}, in slices of any size`, async () => {
    for (const size of [1, 2, 100]) expect(await clientPorts(filter, size)).toEqual(ports);
  });
}

test("connections of a service that never was are refused", async () => {
  const { api } = createTestService();
  const listing = Array.fromAsync(api.connections({ service: "tcp 192.0.2.1:81" }));
  await expect(listing).rejects.toThrow('Cannot find service "tcp 192.0.2.1:81"');
});

test("no more is asked of the forwarder than a limit needs", async () => {
  const { api, asked } = createTestService();
  await Array.fromAsync(api.connections({ limit: 2 }));
  expect(asked).toEqual([0]);
});
