import { DocumentSpec } from "@tandem/model";
import { expect, test, vi } from "vitest";
import { createDraft } from "./draft.ts";
import { editDocument, editDraft, isEdit } from "./edit.ts";
import { isRefusal, parseIpvsadm } from "./parse.ts";

const EMPTY = DocumentSpec.parse({ version: 1 });

/** Carry out lines; the last result. */
function edit(...lines: string[]) {
  let document = EMPTY;
  for (const line of lines) {
    const command = parseIpvsadm(line.split(" "));
    if (isRefusal(command) || !isEdit(command)) throw new Error(`"${line}" is no edit`);
    const edited = editDocument(document, command);
    if (isRefusal(edited)) return edited;
    ({ document } = edited);
  }
  return document;
}
const WEB = "-A -t 10.0.0.100:80";
const services = (...lines: string[]) => {
  const document = edit(...lines);
  return "services" in document ? document.services : [];
};
const servers = (...lines: string[]) => services(...lines)[0]?.destinations.map((d) => d.address);

test("a new real server comes first, an edited one keeps its place", () => {
  const lines = [
    WEB,
    "-a -t 10.0.0.100:80 -r 10.1.0.1 -m",
    "-a -t 10.0.0.100:80 -r 10.1.0.2 -m",
    "-e -t 10.0.0.100:80 -r 10.1.0.1 -m -w 3",
  ];
  expect(servers(...lines)).toEqual(["10.1.0.2", "10.1.0.1"]);
  expect(services(...lines)[0]!.destinations[1]).toMatchObject({ weight: 3 });
});

test("a method is written out where it is not the service's, or was before", () => {
  const ends = ["-r 10.1.0.1 -m", "-r 10.1.0.2 -g"].map((end) => `-a -t 10.0.0.100:80 ${end}`);
  const methods = (...lines: string[]) => services(WEB, ...lines)[0]!.destinations.map((d) => d.method);
  expect(methods(...ends)).toEqual(["direct-route", undefined]);
  expect(methods(...ends, "-e -t 10.0.0.100:80 -r 10.1.0.2 -m")).toEqual(["masquerade", undefined]);
  expect(methods(...ends, "-e -t 10.0.0.100:80 -r 10.1.0.1 -g")).toEqual(["direct-route", "direct-route"]);
});

test("an edited service keeps what the tool knows nothing of, and loses what it was not told again", () => {
  const [before] = services(`${WEB} -s rr -p 60`);
  const document = {
    ...EMPTY,
    services: [{ ...before!, slowStart: 30, timeouts: { tcp: { established: 5 } } }],
  };
  const command = parseIpvsadm(["-E", "-t", "10.0.0.100:80"]);
  if (isRefusal(command) || !isEdit(command)) throw new Error("no edit");
  const edited = editDocument(document, command);
  expect("document" in edited && edited.document.services[0]).toEqual({
    ...before,
    persistence: undefined,
    scheduler: "wlc",
    slowStart: 30,
    timeouts: { tcp: { established: 5 } },
  });
});

test("ports that no packet gets tell a mark's real servers apart", () => {
  const lines = ["-A -f 7", "-a -f 7 -r 10.1.0.1:9000 -g", "-a -f 7 -r 10.1.0.1 -g"];
  const [portless, other] = services(...lines)[0]!.destinations;
  expect(portless).toMatchObject({ port: 0, method: "direct-route" });
  expect(portless).not.toHaveProperty("listedAs");
  expect(other).toMatchObject({ port: 9000, method: "direct-route", listedAs: "direct-route" });
  expect(edit(...lines, "-d -f 7 -r 10.1.0.1:9001")).toMatchObject({ message: "No such destination" });
  expect(services(...lines, "-d -f 7 -r 10.1.0.1:9000")[0]!.destinations).toEqual([portless]);
});

test("a service that begins to keep its clients takes its real servers' ports along, and gives them back", () => {
  const lines = ["-A -f 7", "-a -f 7 -r 10.1.0.1:9000 -m"];
  const server = (...more: string[]) => services(...lines, ...more)[0]!.destinations[0];
  expect(server()).not.toHaveProperty("listedAs");
  const kept = { port: 9000, method: "masquerade", listedAs: "masquerade" };
  expect(server("-E -f 7 -p")).toMatchObject(kept);
  expect(server("-E -f 7 -p", "-E -f 7", "-e -f 7 -r 10.1.0.1:9000 -m")).not.toHaveProperty("listedAs");
});

const loopback = [
  ["-r 127.0.0.1:8080 -m", { port: 8080, listedAs: "masquerade" }],
  ["-r 127.0.0.1:8080", { port: 80, listedAs: "direct-route" }],
  [
    "-r 127.0.0.1 -i --tun-type gre",
    { port: 80, listedAs: "tunnel", tunnel: { type: "gre", checksum: "none" } },
  ],
] as const;
for (const [options, fields] of loopback)
  test(`${options} is local, and listed as asked for`, () => {
    const [server] = services(WEB, `-a -t 10.0.0.100:80 ${options}`)[0]!.destinations;
    expect(server).toMatchObject({ method: "local", ...fields });
  });

const persistences: readonly (readonly [string, object])[] = [
  ["-t 10.0.0.100:80 -p 50 -M 255.255.255.0", { persistence: { timeout: 50, prefix: 24 } }],
  ["-t 10.0.0.100:80 -p 50 -M 255.255.255.255", { persistence: { timeout: 50 } }],
  ["-t 10.0.0.100:80 -p 50 -M 0.0.0.0", { persistence: { timeout: 50, mask: "0.0.0.0" } }],
  ["-t 10.0.0.100:80 -p 50 -M 255.0.255.0", { persistence: { timeout: 50, mask: "255.0.255.0" } }],
  ["-u 10.0.0.100:80 -p 50 --pe sip", { persistence: { timeout: 50, engine: "sip" } }],
  ["-u 10.0.0.100:80 --pe sip", { unusedEngine: "sip" }],
  ["-t 10.0.0.100:80 -p 50 --pe sip", { persistence: { timeout: 50 }, unusedEngine: "sip" }],
];
for (const [options, fields] of persistences)
  test(`-A ${options} keeps clients as it says, and what it says in vain`, () => {
    const [{ persistence, unusedEngine } = {}] = services(`-A ${options}`);
    expect({ ...(persistence && { persistence }), ...(unusedEngine && { unusedEngine }) }).toEqual(fields);
  });

test("--set changes what it names, and 0 keeps the rest", () => {
  const document = edit("--set 100 20 30", "--set 0 0 40");
  expect("settings" in document && document.settings.timeouts).toEqual({
    tcp: { established: 100, finWait: 20 },
    udp: { single: 40, lasting: 40 },
  });
});

test("-C leaves no service, and the settings", () => {
  const document = edit(WEB, "--set 9 0 0", "-C");
  expect("services" in document && document.services).toEqual([]);
  expect("settings" in document && document.settings.timeouts.tcp).toEqual({ established: 9 });
});

test("a service is added without looking at every other one's address", () => {
  const draft = createDraft(EMPTY);
  const { virtualAddresses } = draft;
  const looks = [vi.spyOn(virtualAddresses, "keys"), vi.spyOn(virtualAddresses, Symbol.iterator)];
  const command = parseIpvsadm(WEB.split(" "));
  if (isRefusal(command) || !isEdit(command)) throw new Error("no edit");
  expect(editDraft(draft, command, new Map())).toBeUndefined();
  expect(draft.services.size).toBe(1);
  for (const look of looks) expect(look).not.toHaveBeenCalled();
});

const refusals: readonly (readonly [readonly string[], string])[] = [
  [[WEB, WEB], "Service already exists"],
  [["-E -t 10.0.0.100:80"], "No such service"],
  [["-D -t 10.0.0.100:80"], "No such service"],
  [[`${WEB} -s nosuch`], "Scheduler or persistence engine not found"],
  [["-A -u 10.0.0.100:80 -p 9 --pe nosuch"], "Scheduler or persistence engine not found"],
  [["-a -t 10.0.0.100:80 -r 10.1.0.1"], "Service not defined"],
  [
    [WEB, "-a -t 10.0.0.100:80 -r 10.1.0.1", "-a -t 10.0.0.100:80 -r 10.1.0.1:80"],
    "Destination already exists",
  ],
  [[WEB, "-e -t 10.0.0.100:80 -r 10.1.0.1"], "No such destination"],
  [[WEB, "-e -t 10.0.0.100:80 -r 224.0.0.5"], "No such destination"],
  [
    [WEB, "-a -t 10.0.0.100:80 -r [2001:db8::1]:80 -i", "--start-daemon master"],
    "Invalid operation.  Possibly wrong module version, address not unicast, ...",
  ],
  [["-A -t 10.0.0.100:80 --pe nosuch"], "Scheduler or persistence engine not found"],
  [[WEB, "-d -t 10.0.0.100:80 -r 10.1.0.1"], "No such destination"],
  [[WEB, "-a -t 10.0.0.100:80 -r 10.1.0.1 -y 5"], "Numerical result out of range"],
  [
    [WEB, "-a -t 10.0.0.100:80 -r 224.0.0.5"],
    "Invalid operation.  Possibly wrong module version, address not unicast, ...",
  ],
];
for (const [lines, message] of refusals)
  test(`${lines.join(", ")} is refused in the kernel's words`, () => {
    expect(edit(...lines)).toEqual({ message, exit: 255 });
  });

test("what documents do not allow is refused in theirs", () => {
  expect(edit(WEB, "-a -t 10.0.0.100:80 -r 10.0.0.100 -m")).toMatchObject({ exit: 255 });
});
