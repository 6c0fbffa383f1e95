import { expect, test } from "vitest";
import { createDirector } from "./director.ts";
import { type Compared, createLedger } from "./ledger.ts";
import { buildTcp } from "./packets.ts";
import { VIPS } from "./testbed.ts";

const client = { from: "10.1.0.5", fromPort: 9, to: VIPS[4], toPort: 80 };

/** A place where the last service is gone and one of its clients goes on. */
function orphan(): Compared {
  const director = createDirector();
  director.run(`ipvsadm -A -t ${VIPS[4]}:80 -s rr`);
  director.run(`ipvsadm -a -t ${VIPS[4]}:80 -r 192.168.1.11 -m`);
  director.send("client", buildTcp({ ...client, flags: "S", seq: 1, ack: 0 }));
  director.run("ipvsadm -C");
  const bytes = buildTcp({ ...client, flags: "PA", seq: 2, ack: 1 });
  return {
    step: "1",
    what: "frames",
    director,
    packet: { bytes, from: "client" },
    wanted: ["a RST"],
    got: [],
  };
}

test("a case without a difference passes", () => {
  const ledger = createLedger();
  expect(ledger.compare({ ...orphan(), what: "listing", got: ["a RST"] })).toBe(true);
  expect(ledger.verdict()).toEqual({ result: "passed" });
});

test("an argued difference is passed over, and told with its reason", () => {
  const ledger = createLedger();
  expect(ledger.compare(orphan())).toBe(true);
  expect(ledger.verdict()).toMatchObject({
    result: "differs-knowingly",
    step: "1",
    why: expect.stringMatching(/^last service removed: .*docs\/adr\/0011/),
  });
});

test("a place that ought to differ and does not fails", () => {
  const ledger = createLedger();
  expect(ledger.compare({ ...orphan(), got: ["a RST"] })).toBe(false);
  expect(ledger.verdict()).toMatchObject({ result: "failed", why: expect.stringMatching(/is not there/) });
});

test("a difference other than the argued one fails", () => {
  const ledger = createLedger();
  expect(ledger.compare({ ...orphan(), got: ["something else"] })).toBe(false);
  expect(ledger.verdict()).toMatchObject({ result: "failed", why: expect.stringMatching(/^not as argued/) });
});

test("the first failure counts", () => {
  const ledger = createLedger();
  ledger.cannot("1", "first");
  ledger.cannot("2", "second");
  expect(ledger.verdict()).toEqual({ result: "failed", step: "1", why: "first" });
});
