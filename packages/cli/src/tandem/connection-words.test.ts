import type { ConnectionStatus } from "@tandem/engine/client";
import { expect, test } from "vitest";
import { fakeConnection } from "../testing/fake-connections.ts";
import { connectionWords } from "./connection-words.ts";

const template: Partial<ConnectionStatus> = { template: true, state: "ASSURED", client: "198.51.100.0:0" };

const cases: { name: string; is: Partial<ConnectionStatus>; words: string }[] = [
  { name: "a connection", is: {}, words: "ESTABLISHED 198.51.100.0:40000 192.0.2.10:80 10.0.0.1:8080" },
  {
    name: "a held one",
    is: { held: true },
    words: "ESTABLISHED (held) 198.51.100.0:40000 192.0.2.10:80 10.0.0.1:8080",
  },
  { name: "a template", is: template, words: "template 198.51.100.0 192.0.2.10:80 10.0.0.1:8080" },
  {
    name: "one of a client that has not proven itself",
    is: { ...template, state: "NONE" },
    words: "template, unproven 198.51.100.0 192.0.2.10:80 10.0.0.1:8080",
  },
  {
    name: "one of every port",
    is: { ...template, virtual: "192.0.2.10:0", destination: "10.0.0.1:0" },
    words: "template 198.51.100.0 192.0.2.10:* 10.0.0.1:*",
  },
  {
    name: "one of a firewall mark",
    is: { ...template, mark: 7, virtual: "0.0.0.7:0", destination: "10.0.0.1:0" },
    words: "template 198.51.100.0 mark 7 10.0.0.1:*",
  },
  {
    name: "one of IPv6",
    is: { ...template, client: "[2001:db8::]:0", virtual: "[2001:db8::10]:0" },
    words: "template 2001:db8:: [2001:db8::10]:* 10.0.0.1:8080",
  },
  {
    name: "an ended one, which has ports that nobody asks for",
    is: { ...template, virtual: "[2001:db8::10]:65535", destination: "10.0.0.1:65535" },
    words: "template, ended 198.51.100.0 2001:db8::10 10.0.0.1",
  },
];
for (const { name, is, words } of cases) {
  test(`${name} reads "${words}"`, () => {
    const { state, client, virtual, destination } = connectionWords({ ...fakeConnection(0), ...is });
    expect(`${state} ${client} ${virtual} ${destination}`).toBe(words);
  });
}
