import { expect, test } from "vitest";
import { type Described, examine } from "./testing.ts";
import { probeVersions } from "./versions.ts";

const complete = {
  files: { "/proc/sys/kernel/osrelease": "6.1.0-18-amd64" },
  programs: {
    "ldconfig -p":
      "2 libs\n\tlibbpf.so.1 (libc6,x86-64) => /lib/libbpf.so.1\n\tlibbpf.so (libc6) => /lib/libbpf.so\n",
    "keepalived --version": "Keepalived v2.2.7 (01/16,2022)\n\nCopyright(C) 2001-2022",
    "nats-server --version": "nats-server: v2.10.4",
  },
  links: { "/lib/libbpf.so.1": "/usr/lib/libbpf.so.1.1.2" },
};
test("versions that suffice are told", async () => {
  expect(await examine(probeVersions, complete)).toEqual([
    "ok Linux: 6.1.0",
    `ok Node.js: ${process.versions.node}`,
    "ok libbpf: 1.1.2",
    "ok keepalived: 2.2.7",
    "ok nats-server: 2.10.4",
  ]);
});

const versions: { name: string; described: Described; want: string }[] = [
  {
    name: "an old kernel",
    described: { files: { "/proc/sys/kernel/osrelease": "5.10.0-28-amd64" } },
    want: "fail Linux: 5.10.0, wanted 6.1",
  },
  {
    name: "a kernel by number, not by text",
    described: { files: { "/proc/sys/kernel/osrelease": "6.10.2" } },
    want: "ok Linux: 6.10.2",
  },
  { name: "no libbpf", described: { programs: {} }, want: "fail libbpf: not found, wanted 1.1" },
  {
    name: "an old libbpf",
    described: { ...complete, links: { "/lib/libbpf.so.1": "/lib/libbpf.so.1.0.0" } },
    want: "fail libbpf: 1.0.0, wanted 1.1",
  },
  { name: "no keepalived", described: {}, want: "warn keepalived: not found, wanted 2.2" },
  {
    name: "an unsafe NATS",
    described: { programs: { "nats-server --version": "nats-server: v2.9.10" } },
    want: "warn nats-server: 2.9.10 has known authentication bypasses",
  },
];
for (const { name, described, want } of versions) {
  test(`versions: ${name}`, async () => expect(await examine(probeVersions, described)).toContain(want));
}
