import { LbError } from "@tandem/model/failure";
import { expect, test } from "vitest";
import { fakeServices, markedService } from "../../testing/fake-services.ts";
import { runTandem, startFakeDaemon, tandem } from "../../testing/run-tandem.ts";
import { SCRIPTS, SHELLS } from "../completion/scripts.ts";

test("what shells ask is answered a line for a word, its help behind a tab", async () => {
  const socket = await startFakeDaemon();
  const ask = async (...words: string[]) => (await runTandem(socket, ["__complete", "--", ...words])).out;
  expect(await ask("drain", "10")).toBe("10.0.0.1:8080\n10.0.0.2:8080\n10.0.0.3:8080\n");
  expect(await ask("drain", "--undo")).toMatch(/^--undo\t\S/);
  expect(await ask("apply", "-f", "")).toBe(":file\n");
});

const offers: { words: string[]; want: string[] }[] = [
  {
    words: ["drain", ""],
    want: [
      "director",
      "10.0.0.1:8080",
      "10.0.0.2:8080",
      "10.0.0.3:8080",
      "[2001:db8:1::53]:53",
      "10.0.0.4:0",
      "10.0.0.5:8080",
      "10.0.0.6:8080",
    ],
  },
  { words: ["rollback", ""], want: ["previous", "42", "41"] },
  {
    words: ["explain", "udp", "10.0.0.9", ""],
    want: ["192.0.2.10:80", "[2001:db8::10]:53", "192.0.2.10:8443"],
  },
  { words: ["get", "tcp", ""], want: ["192.0.2.10:80", "192.0.2.10:8443"] },
  { words: ["set", "mark", ""], want: ["7"] },
  { words: ["set", "mark", "7", ""], want: ["10.0.0.4:0", "10.0.0.5:8080", "10.0.0.6:8080"] },
  { words: ["get", "tcp/192.0.2.10:80", "10.0.0.3"], want: ["10.0.0.3:8080"] },
  { words: ["get", "udp 2001:db8::10", ""], want: [] },
  { words: ["get", "udp", "[2001:db8::10]:53", ""], want: ["[2001:db8:1::53]:53"] },
];
test("what the daemon knows is offered where it belongs", async () => {
  const socket = await startFakeDaemon({ services: async () => [...fakeServices, markedService] });
  for (const { words, want } of offers) {
    const { out } = await runTandem(socket, ["__complete", "--", ...words]);
    expect([words, out.split("\n").filter((word) => word !== "")]).toEqual([words, want]);
  }
});

test("a daemon that does not answer, or is late, costs its values alone", async () => {
  const failing = await startFakeDaemon({
    services: () => Promise.reject(new LbError({ code: "unavailable", what: "the engine", why: "it hangs" })),
  });
  const ask = (socket: string) => runTandem(socket, ["__complete", "--", "drain", ""]);
  expect(await ask(failing)).toEqual({ out: "", err: "", exitCode: 0 });
  expect(await ask("/nowhere.sock")).toEqual({ out: "", err: "", exitCode: 0 });
});

for (const shell of SHELLS) {
  test(`completion ${shell} prints its script`, async () => {
    expect((await tandem(`completion ${shell}`)).out).toBe(SCRIPTS[shell]);
  });
}

test("the help does not tell of what shells ask", async () => {
  expect((await tandem("--help")).out).not.toContain("__complete");
  expect((await tandem("__complet")).err).not.toContain("Did you mean __complete");
});
