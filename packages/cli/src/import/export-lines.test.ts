import { DocumentSpec } from "@tandem/model";
import { expect, test } from "vitest";
import { NO_NAMES } from "../ipvsadm/name-book.ts";
import { exportLines, unsaid } from "./export-lines.ts";
import { importLines } from "./import-lines.ts";

const LINES = `-A -t 192.0.2.1:443 -s wrr -p 300 -M 255.255.255.0
-a -t 192.0.2.1:443 -r 10.0.0.11:443 -g -w 3
-a -t 192.0.2.1:443 -r 10.0.0.12:443 -g -w 1 -x 100 -y 50
-A -u [2001:db8::1]:53 -s sh -o -b sh-fallback,sh-port
-a -u [2001:db8::1]:53 -r [2001:db8::2]:5353 -m -w 0
-A -f 4294967295 -6 -s rr
-a -f 4294967295 -6 -r [2001:db8::3]:0 -i -w 1 --tun-type gue --tun-port 6080 --tun-csum
-A --sctp-service 192.0.2.1:9 -s lc
`;

test("lines that are exported are imported as the same document, and the other way round", () => {
  const { document, mistakes } = importLines(LINES, NO_NAMES);
  expect(mistakes).toEqual([]);
  expect(exportLines(document)).toBe(LINES);
  expect(unsaid(document)).toEqual([]);
});

const web = { protocol: "tcp", address: "192.0.2.1", port: 80 };
const written = {
  version: 1,
  settings: { profile: "lvs", dropEntry: "auto", timeouts: { tcp: { established: "15m" } } },
  marks: [{ mark: 7 }],
  services: [
    {
      ...web,
      slowStart: 30,
      check: { type: "tcp" },
      destinations: [{ address: "10.0.0.1", drain: true, weight: 5 }],
    },
    { ...web, port: 81, destinations: [{ address: "127.0.0.1", method: "local" }] },
  ],
};

test("what lines cannot say is told, one thing a sentence", () => {
  const document = DocumentSpec.parse(written);
  expect(exportLines(document)).toBe(`# ipvsadm --set 900 0 0
-A -t 192.0.2.1:80 -s wlc
-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 0
-A -t 192.0.2.1:81 -s wlc
-a -t 192.0.2.1:81 -r 127.0.0.1:81 -g -w 1
`);
  expect(unsaid(document)).toEqual([
    "rules of marks are left out: iptables or nftables have to give them",
    "settings: timeouts, dropEntry are left out: the kernel has most of them as net.ipv4.vs.*, and timeouts in ipvsadm --set",
    "tcp 192.0.2.1:80: slowStart, check are left out",
    "tcp 192.0.2.1:80: 10.0.0.1 is drained, so its weight is written as 0 instead of 5",
    "tcp 192.0.2.1:81: local is written as -g, the nearest that there is",
  ]);
});
