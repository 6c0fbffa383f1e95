import { expect, test } from "vitest";
import { readScriptLine } from "./script-line.ts";

const words = (...of: string[]) => ({ is: "command", words: of });
const cases: [line: string, read: object][] = [
  ["-A -t 192.0.2.1:80", words("-A", "-t", "192.0.2.1:80")],
  ["  ipvsadm\t-C", words("-C")],
  ["/usr/sbin/ipvsadm -C", words("-C")],
  ["ip netns exec lb sudo /sbin/ipvsadm -C # all", words("-C")],
  ["ipvsadm -A -t '192.0.2.1:80' -s \"rr\"", words("-A", "-t", "192.0.2.1:80", "-s", "rr")],
  ["ipvsadm -C 2>/dev/null || true", words("-C")],
  ["ipvsadm -C >/dev/null 2>&1", words("-C")],
  ["ipvsadm -C && ipvsadm -Z", words("-C", "&&", "ipvsadm", "-Z")], // for the parser to refuse
  ["ipvsadm", words()],
  ["", { is: "blank" }],
  ["   # -C", { is: "blank" }],
  ["#!/bin/sh", { is: "blank" }],
  ["echo 1 >/proc/sys/net/ipv4/ip_forward", { is: "other" }],
  ["modprobe ip_vs", { is: "other" }],
];
for (const [line, read] of cases) {
  test(`line ${JSON.stringify(line)} is read`, () => expect(readScriptLine(line)).toEqual(read));
}
