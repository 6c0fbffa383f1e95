import type { ConnectionFilter, ConnectionStatus } from "@tandem/engine";
import { LbError } from "@tandem/model";
import { expect, test } from "vitest";
import { fakeConnection } from "../../testing/fake-connections.ts";
import { fakeServices } from "../../testing/fake-services.ts";
import { type ListingCluster, listCluster } from "./cluster-listing.ts";

const rows = Array.from({ length: 8 }, (_, n) => fakeConnection(n)); // of lb1, and some of lb2
const answering = (services = fakeServices) => ({
  services: async () => services,
  async *connections({ owner }: ConnectionFilter) {
    yield* rows.filter((row) => (owner ?? row.owner) === row.owner);
  },
});
const silent = (name: string) => {
  const fail = async (): Promise<never> => {
    throw new LbError({ code: "unavailable", what: `node "${name}"`, why: "it does not answer" });
  };
  return {
    services: fail,
    async *connections(): AsyncGenerator<ConnectionStatus> {
      yield await fail();
    },
  };
};

async function listed(cluster: Partial<ListingCluster>) {
  const told: string[] = [];
  const of = { node: "lb1", api: answering(), peers: () => ["lb2"], peerAt: () => answering(), ...cluster };
  const { services, connections } = listCluster(of, (sentence) => told.push(sentence));
  const clients = (await Array.fromAsync(connections())).map((c) => c.client).sort();
  return { services: await services(), clients, told: [...new Set(told)] };
}

const everybody = rows.map((row) => row.client).sort();
const [inPackets] = fakeServices.map((s) => s.traffic.inPackets) as [number];

test("a listing of the cluster adds traffic up, and has each connection once", async () => {
  const { services, clients, told } = await listed({});
  expect(services[0]!.traffic.inPackets).toBe(2 * inPackets);
  expect(clients).toEqual(everybody);
  expect(told).toEqual([]);
});

test("a listing of the cluster tells who is missing, whose connections come from the replicas", async () => {
  const { services, clients, told } = await listed({ peerAt: silent });
  expect(services[0]!.traffic.inPackets).toBe(inPackets);
  expect(clients).toEqual(everybody);
  expect(told).toEqual(['Cannot reach node "lb2": it does not answer']);
});

test("a listing of the cluster takes a bug for no silence", async () => {
  const peerAt = () => ({
    ...answering(),
    services: async (): Promise<never> => {
      throw new TypeError("a bug");
    },
  });
  await expect(listed({ peerAt })).rejects.toThrow("a bug");
});

test("a listing of the cluster without NATS is this director's own, and says so", async () => {
  const { services, clients, told } = await listed({ peers: () => undefined, peerAt: silent });
  expect(services[0]!.traffic.inPackets).toBe(inPackets);
  expect(clients).toEqual(everybody);
  expect(told).toEqual(['NATS cannot be reached: "lb1" answers for itself alone']);
});
