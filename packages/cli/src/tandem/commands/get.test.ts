import { expect, test } from "vitest";
import { tandem } from "../../testing/run-tandem.ts";

const cases: [line: string, out: string][] = [
  ["get tcp 192.0.2.10:80 10.0.0.1:8080 weight", "10\n"],
  ["get tcp/192.0.2.10:80 scheduler", "wlc\n"],
  ["get tcp 192.0.2.10:80 check.interval", "2\n"],
  ["get tcp 192.0.2.10:80 persistence", "none\n"],
  ["get tcp 192.0.2.10:80 allow", "[]\n"],
  ["get settings dropEntry", "off\n"],
  ["get settings timeouts.tcp.established", "none\n"],
  ["get 10.0.0.2 drain --json", "false\n"],
  ["get settings timeouts.tcp --json", "null\n"],
];
for (const [line, out] of cases) {
  test(`${line} prints the value alone`, async () => {
    expect(await tandem(line)).toEqual({ out, err: "", exitCode: 0 });
  });
}

test("get of a part prints all that it says, and without a word the document", async () => {
  expect((await tandem("get 10.0.0.1")).out).toMatch(/^address: 10\.0\.0\.1\nport: 8080\nweight: 10\n/);
  expect(JSON.parse((await tandem("get --json")).out)).toMatchObject({
    version: 1,
    services: [{ port: 80 }],
  });
});

const refusals: [line: string, says: string][] = [
  ["get tcp 192.0.2.10:80 sheduler", 'the field is "sheduler", wanted perhaps "scheduler"'],
  ["get tcp 192.0.2.10:80 check.intervall", 'wanted perhaps "interval"'],
  ["get 10.0.0.1 weight address", 'the field is followed by "address", wanted one field'],
  ["get 10.0.0.1 weight.high", "wanted one that has fields"],
  ["get settings timeouts.tcp.toString", "wanted one of none, established,"],
  ["get toString", 'the field is "toString", wanted one of version, settings, marks, services'],
];
for (const [line, says] of refusals) {
  test(`${line} is refused in words that help`, async () => {
    const { err, exitCode } = await tandem(line);
    expect(err).toContain(says);
    expect(exitCode).toBe(2);
  });
}
