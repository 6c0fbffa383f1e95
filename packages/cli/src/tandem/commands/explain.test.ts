import { LbError } from "@tandem/model";
import { expect, test } from "vitest";
import { fakeConnection, fakeExplanation } from "../../testing/fake-connections.ts";
import { runTandem, startFakeDaemon, tandem } from "../../testing/run-tandem.ts";

test("explain says the verdict first, then why", async () => {
  expect((await tandem("explain tcp 198.51.100.7 192.0.2.10:80")).out).toMatchInlineSnapshot(`
    "Verdict    forward: the first packet of a new connection (scheduled), on lb1
    Service    tcp 192.0.2.10:80: its protocol, address and port
    Scheduler  wlc, picks 10.0.0.1:8080
    Rewriting  its destination 192.0.2.10:80 becomes 10.0.0.1:8080
               its TTL is one less
    Ends       after 900 s without a packet, once it is ESTABLISHED

    DESTINATION    WEIGHT  ACTIVE  INACTIVE  USABLE
    10.0.0.1:8080      10   4,013       310  yes
    10.0.0.2:8080       0      12       310  no: down: check failed 3 times: connection refused
    10.0.0.3:8080      10       9         0  no: drained by ops
    "
  `);
});

test("explain says what the scheduler saw where nobody can say why", async () => {
  const services = async () => {
    throw new LbError({ code: "unavailable", what: "the forwarder", why: "it does not answer" });
  };
  const socket = await startFakeDaemon({ services });
  const { out } = await runTandem(socket, ["explain", "tcp", "198.51.100.7", "192.0.2.10:80"]);
  expect(out).toContain("10.0.0.2:8080       0      12       310  no: its weight is 0\n");
  expect(out).toContain("10.0.0.3:8080      10       9         0  no: overloaded\n");
});

test("explain of a known connection shows it, and no scheduler", async () => {
  const { scheduler: _, ...known } = fakeExplanation;
  const explain = async () => ({
    ...known,
    connection: fakeConnection(1),
    template: { ...fakeConnection(0), template: true },
  });
  const socket = await startFakeDaemon({ explain });
  const { out } = await runTandem(socket, ["explain", "tcp", "198.51.100.7:1", "192.0.2.10:80"]);
  expect(out).toMatchInlineSnapshot(`
    "Verdict     forward: the first packet of a new connection (scheduled), on lb1
    Service     tcp 192.0.2.10:80: its protocol, address and port
    Connection  ESTABLISHED, 198.51.100.1:40001 -> 192.0.2.10:80 -> 10.0.0.2:8080 (masquerade), owned by lb1
    Template    template, unproven, 198.51.100.0 -> 192.0.2.10:80 -> 10.0.0.1:8080 (masquerade), owned by lb1
    Rewriting   its destination 192.0.2.10:80 becomes 10.0.0.1:8080
                its TTL is one less
    Ends        after 900 s without a packet, once it is ESTABLISHED
    "
  `);
});

test("explain of a packet for nobody", async () => {
  const verdict = { name: "pass", reason: "not_ours", says: "no service, flow or destination of ours" };
  const socket = await startFakeDaemon({
    explain: async () => ({ rewriting: [], verdict, ends: "", node: "lb1" }),
  });
  expect((await runTandem(socket, ["explain", "tcp", "198.51.100.7", "192.0.2.10:81"])).out).toBe(
    `Verdict  pass: no service, flow or destination of ours (not_ours), on lb1
Service  none
`,
  );
});

test("explain hands over the whole question", async () => {
  const asked: unknown[] = [];
  const explain = async (question: unknown) => {
    asked.push(question);
    return fakeExplanation;
  };
  const socket = await startFakeDaemon({ explain });
  const line = "explain udp [2001:DB8::7]:5 [2001:db8::10]:53 --mark 7 --interface eth0";
  await runTandem(socket, line.split(" "));
  expect(asked).toEqual([
    { protocol: "udp", client: "[2001:db8::7]:5", virtual: "[2001:db8::10]:53", mark: 7, interface: "eth0" },
  ]);
});
