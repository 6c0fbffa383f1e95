import { LbError } from "@tandem/model";
import { directorVrrpConfig } from "keepalived-config";
import { expect, test } from "vitest";
import { vrrpSpecOf } from "../seat/vrrp-spec.ts";
import { loadNodeConfig, nodeConfigJsonSchema } from "./node-config.ts";

const CLUSTERED = `
name: lb1
interfaces: [{name: eth0}, {name: eth1, hook: xdp}]
cluster: {name: prod}
nats: {servers: ["10.0.0.5:4222", "nats://[2001:db8::5]:4222"], replicas: 3}
vrrp:
  peers: [198.51.100.2]
  groups:
    - name: web
      interface: eth0
      routerId: 51
      priority: 110
      addresses: [192.0.2.100/24, "2001:DB8::100/64"]
      inside: [{address: 10.0.0.1/24, interface: eth1}]
`;

function refusal(text: string): string[] {
  try {
    loadNodeConfig(text, "node.yaml");
    return [];
  } catch (error) {
    if (error instanceof LbError) return error.message.split("\n");
    throw error;
  }
}

test("node configuration of a director on its own needs its interfaces alone", () => {
  const config = loadNodeConfig("interfaces: [{name: eth0}]", "node.yaml");
  expect(config).toEqual({
    name: expect.stringMatching(/^[A-Za-z0-9_-]{1,32}$/),
    interfaces: [{ name: "eth0", hook: "tc" }],
    document: "/etc/tandem/tandem.yaml",
    connections: { ipv4: 262_144, ipv6: 65_536 },
    metrics: { listen: { host: "127.0.0.1", port: 9110 } },
    runtimeDir: "/run/tandem",
    stateDir: "/var/lib/tandem",
    bpffsDir: "/sys/fs/bpf/tandem",
    logLevel: "info",
  });
});

test("node configuration of a director in a cluster names cluster, servers and addresses", () => {
  const config = loadNodeConfig(CLUSTERED, "node.yaml");
  expect(config.document).toBeUndefined();
  expect(config.cluster).toEqual({ name: "prod", keyFile: "/etc/tandem/cluster.key" });
  expect(config.nats?.replicas).toBe(3);
});

test("node configuration becomes what keepalived's configuration is made of", () => {
  const spec = vrrpSpecOf(loadNodeConfig(CLUSTERED, "node.yaml"))!;
  expect(spec).toEqual({
    node: "lb1",
    peers: ["198.51.100.2"],
    groups: [
      {
        name: "web",
        interface: "eth0",
        virtualRouterId: 51,
        basePriority: 110,
        addresses: [
          { address: "192.0.2.100", prefixLength: 24, interface: "eth0" },
          { address: "2001:db8::100", prefixLength: 64, interface: "eth0" },
          { address: "10.0.0.1", prefixLength: 24, interface: "eth1" },
        ],
      },
    ],
  });
  const at = (name: string) => `/run/tandem/${name}`;
  const paths = {
    notifyFifo: at("notify"),
    readiness: at("readiness"),
    maintenance: at("maintenance"),
    heartbeat: at("heartbeat"),
  };
  expect(directorVrrpConfig(spec, paths).instances[0]?.trackInterfaces).toEqual(["eth1"]);
  expect(vrrpSpecOf(loadNodeConfig("interfaces: [{name: eth0}]", "node.yaml"))).toBeUndefined();
});

const metrics: [listen: string, host: string][] = [
  ["0.0.0.0:9110", "0.0.0.0"],
  ["[::1]:9110", "::1"],
];
for (const [listen, host] of metrics) {
  test(`node configuration takes ${listen} for metrics`, () => {
    const text = `interfaces: [{name: eth0}]\nmetrics: {listen: "${listen}"}`;
    expect(loadNodeConfig(text, "node.yaml").metrics.listen).toEqual({ host, port: 9110 });
  });
}

test("node configuration names every mistake at its place", () => {
  const text = `name: lb1.example.com
interfaces:
  - {name: eth0, hook: tcx}
  - {name: an-interface-too-long}
stateDir: var/lib
metrics: {listen: 9110}
conections: {ipv4: 5}
connections: {ipv4: 5}
cluster: {name: prod, keyfile: /k}
nats: {servers: [], replicas: 2}
logLevel: loud
`;
  expect(refusal(text)).toEqual([
    'node.yaml:1:7: name: found "lb1.example.com", wanted 1 to 32 letters, digits, - and _',
    'node.yaml:3:24: interfaces[0].hook: found "tcx", wanted "tc" or "xdp"',
    `node.yaml:4:12: interfaces[1].name: found "an-interface-too-long", wanted an interface's name`,
    'node.yaml:5:11: stateDir: found "var/lib", wanted an absolute path of letters, digits and . / _ - + :',
    "node.yaml:6:19: metrics.listen: found 9110, wanted an address and port, such as 127.0.0.1:9110",
    'node.yaml:7:1: conections: unknown field, did you mean "connections"?',
    "node.yaml:8:21: connections.ipv4: found 5, wanted a whole number from 1024 to 16777216",
    'node.yaml:9:23: cluster.keyfile: unknown field, did you mean "keyFile"?',
    "node.yaml:10:17: nats.servers: found a list, wanted at least one server",
    "node.yaml:10:31: nats.replicas: found 2, wanted 1 or 3",
    'node.yaml:11:11: logLevel: found "loud", wanted "trace", "debug", "info", "warn" or "error"',
  ]);
});

const eth0 = "interfaces: [{name: eth0}]\n";
const group = (fields: string) =>
  `  - {name: web, interface: eth0, routerId: 51, addresses: [192.0.2.1/24], ${fields}}\n`;
const across: [what: string, text: string, ...want: string[]][] = [
  ["nothing in it", "", "node.yaml:1:1: the file is empty, wanted a map of fields"],
  ["no interface", "name: lb1", "node.yaml:1:1: interfaces: missing, wanted a list"],
  [
    "an interface twice",
    "interfaces: [{name: eth0}, {name: eth0}]",
    'node.yaml:1:28: interfaces[1]: "eth0" stands here twice, wanted once',
  ],
  [
    "a cluster without servers",
    `${eth0}cluster: {name: prod}`,
    "node.yaml:2:10: cluster: stands here without nats, wanted both or neither",
  ],
  [
    "servers without a cluster, and a document",
    `${eth0}nats: {servers: ["h:1"]}\ndocument: /x`,
    "node.yaml:2:7: nats: stands here without cluster, wanted both or neither",
    "node.yaml:3:11: document: stands here beside nats, wanted none: a cluster's document comes by `tandem apply`",
  ],
  [
    "groups that collide",
    `${eth0}vrrp:\n groups:\n${group("")}${group("")}`,
    'node.yaml:5:12: vrrp.groups[1].name: "web" stands here twice, wanted once',
    'node.yaml:5:44: vrrp.groups[1].routerId: "51 on eth0" stands here twice, wanted once',
  ],
  [
    "addresses on interfaces without a program",
    `${eth0}vrrp:\n groups:\n${group("inside: [{address: 10.0.0.1/24, interface: eth1}]")}`,
    'node.yaml:4:118: vrrp.groups[0].inside[0].interface: "eth1" is not among interfaces, wanted one of eth0',
  ],
  [
    "a virtual address without prefix length",
    `${eth0}vrrp: {groups: [{name: web, interface: eth0, routerId: 0, addresses: [192.0.2.1]}]}`,
    "node.yaml:2:56: vrrp.groups[0].routerId: found 0, wanted a whole number from 1 to 255",
    'node.yaml:2:71: vrrp.groups[0].addresses[0]: found "192.0.2.1", wanted an address with prefix length, such as 192.0.2.1/24',
  ],
];
for (const [what, text, ...want] of across) {
  test(`node configuration with ${what} is refused`, () => expect(refusal(text)).toEqual(want));
}

test("node configuration has a JSON Schema without anything of this host", () => {
  const schema = nodeConfigJsonSchema() as { properties: Record<string, object>; required: string[] };
  expect(schema.required).toEqual(["interfaces"]);
  expect(schema.properties.name).not.toHaveProperty("default");
  expect(schema.properties.runtimeDir).toMatchObject({ default: "/run/tandem" });
});
