import { expect, test } from "vitest";
import { markedService } from "../../testing/fake-services.ts";
import { runTandem, startFakeDaemon, tandem } from "../../testing/run-tandem.ts";

test("services shows weights, why they are what they are, and traffic", async () => {
  expect((await tandem("services")).out).toBe(
    `SERVICE/DESTINATION    SCHEDULER/METHOD  WEIGHT  HEALTH     ACTIVE  INACTIVE    TOTAL        IN       OUT  WHY
tcp 192.0.2.10:80      wlc                       1 of 3      8,040       930  243,660  3.74 GiB   135 GiB
  10.0.0.1:8080        masquerade            10  up          4,013       310   81,221  1.25 GiB  44.9 GiB
  10.0.0.2:8080        masquerade          0/10  DOWN           12       310   81,222  1.25 GiB  44.9 GiB  check failed 3 times: connection refused
  10.0.0.3:8080        masquerade          0/10  up          4,015       310   81,223  1.25 GiB  44.9 GiB  drained by ops
udp [2001:db8::10]:53  rr                        1 of 1          0         9        9     612 B       0 B
  [2001:db8:1::53]:53  direct-route           1  unchecked       0         9        9     612 B       0 B
tcp 192.0.2.10:8443    wrr                       0 of 0          0         0        0       0 B       0 B
`,
  );
});

test("services shows a firewall mark's options, tunnel and thresholds, templates, and what keeps connections away", async () => {
  const socket = await startFakeDaemon({ services: async () => [markedService] });
  expect((await runTandem(socket, ["services"])).out).toMatchInlineSnapshot(`
    "SERVICE/DESTINATION  SCHEDULER/METHOD  OPTIONS                                                     WEIGHT  HEALTH          ACTIVE  INACTIVE  PERSISTENT   TOTAL        IN       OUT  WHY
    mark 7 ipv4          sh                fallback, port, persistent 360 s by /24, one-packet                 0 of 2           8,051       930          41       9     612 B       0 B
      10.0.0.4:0         tunnel            gue 6080 checksum remote, at most 5,000, again below 4,000      10  up, overloaded   4,016       310          41  81,224  1.25 GiB  44.9 GiB
      10.0.0.5:8080      masquerade                                                                      0/10  DOWN, held       4,017       310              81,225  1.25 GiB  44.9 GiB  connection refused
      10.0.0.6:8080      masquerade                                                                            removed             18       310              81,226  1.25 GiB  44.9 GiB  removed, 328 connections
    "
  `);
});

test("services in 80 columns keeps the traffic, and says why below a destination", async () => {
  const terminal = { isTTY: true, columns: 80, env: { NO_COLOR: "1" } };
  const { out } = await tandem("services", terminal);
  expect(out).toMatchInlineSnapshot(`
    "SERVICE/DESTINATION    WEIGHT  HEALTH     ACTIVE    TOTAL        IN       OUT
    tcp 192.0.2.10:80              1 of 3      8,040  243,660  3.74 GiB   135 GiB
      10.0.0.1:8080            10  up          4,013   81,221  1.25 GiB  44.9 GiB
      10.0.0.2:8080          0/10  DOWN           12   81,222  1.25 GiB  44.9 GiB
        check failed 3 times: connection refused
      10.0.0.3:8080          0/10  up          4,015   81,223  1.25 GiB  44.9 GiB
        drained by ops
    udp [2001:db8::10]:53          1 of 1          0        9     612 B       0 B
      [2001:db8:1::53]:53       1  unchecked       0        9     612 B       0 B
    tcp 192.0.2.10:8443            0 of 0          0        0       0 B       0 B
    "
  `);
  expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
});

test("services without a document says so", async () => {
  const { out } = await runTandem(await startFakeDaemon({ services: async () => [] }), ["services"]);
  expect(out).toBe("No services: the document has none.\n");
});

test("services --rates shows what comes per second", async () => {
  const { out } = await tandem("services --rates");
  expect(out).toMatch(/NEW\/S +IN\/S +OUT\/S/);
  expect(out).toMatch(/^tcp 192\.0\.2\.10:80 .* 21 +393 KiB +13\.8 MiB/m);
  expect(out).toMatch(/^ {2}10\.0\.0\.1:8080 .* 7 +131 KiB +4\.6 MiB/m);
});
