import { serviceKey } from "@tandem/model";
import { expect, test } from "vitest";
import { createRecordedNode } from "./testing-recording.ts";

test("-R does all that its input says, in order, listings in between included", async () => {
  const node = createRecordedNode();
  const input =
    "-A -t 10.0.0.100:80 -s rr\n\n# a comment\nipvsadm -S -n\n-D -t 10.0.0.100:80\n-A -t 10.0.0.100:82 -s rr\n-Z";
  expect(await node.run("-R", input)).toEqual({
    exitCode: 0,
    output: "-A -t 10.0.0.100:80 -s rr\n",
    errors: "",
  });
  expect(node.document().services.map(serviceKey)).toEqual(["tcp 10.0.0.100:82"]);
  expect(node.zeroed).toEqual([undefined]);
});

const broken: readonly (readonly [what: string, input: string, exitCode: number, errors: string])[] = [
  [
    "a usage error",
    "-C\nthis is wrong\n",
    255,
    "line 2: Try `ipvsadm -h' or 'ipvsadm --help' for more information.",
  ],
  [
    "what the kernel refuses",
    "-C\n\n-A -t 10.0.0.1:1\n-A -t 10.0.0.1:1\n",
    255,
    "line 4: Service already exists",
  ],
  ["itself", "-C\n-R\n", 2, "line 2: -R cannot stand in its own input"],
];
for (const [what, input, exitCode, errors] of broken)
  test(`-R with ${what} changes nothing, and names the line`, async () => {
    const node = createRecordedNode();
    await node.run("-A -t 10.0.0.100:80");
    const before = node.document();
    expect(await node.run("-R", input)).toEqual({
      exitCode,
      output: "",
      errors: `${errors}\nNothing was restored\n`,
    });
    expect(node.document()).toBe(before);
  });

test("-R --replace puts its input in the place of all services, or changes nothing", async () => {
  const node = createRecordedNode();
  await node.run("-A -t 10.0.0.100:80");
  await node.run("--set 100 0 0");
  const before = node.document();
  expect(await node.run("-R --replace", "-A -t 10.0.0.100:81\n-A -t 10.0.0.100:81\n")).toEqual({
    exitCode: 255,
    output: "",
    errors: "line 2: Service already exists\nNothing was restored\n",
  });
  expect(node.document()).toBe(before);
  await node.run("-R --replace", "-A -t 10.0.0.100:81 -s wlc\n");
  expect((await node.run("-Sn")).output).toBe("-A -t 10.0.0.100:81 -s wlc\n");
  expect(node.document().settings).toEqual(before.settings);
  expect((await node.run("-L --replace")).errors).toContain(
    "Illegal 'replace' option with the 'list' command",
  );
});

for (const [what, input] of [
  ["nothing", ""],
  ["comments", "# rules\n\n  # none\n"],
  ["listings", "-S -n\n"],
]) {
  test(`-R --replace by ${what} is refused, where -C clears`, async () => {
    const node = createRecordedNode();
    await node.run("-A -t 10.0.0.100:80");
    const before = node.document();
    expect(await node.run("-R --replace", input)).toEqual({
      exitCode: 2,
      output: "",
      errors:
        "the input has no command that changes anything, and would clear all services: say -C for that\nNothing was restored\n",
    });
    expect(node.document()).toBe(before);
    expect(await node.run("-R", input)).toMatchObject({ exitCode: 0 });
    await node.run("-R --replace", "-C\n");
    expect(node.document().services).toEqual([]);
  });
}

test("-R --replace leaves what only documents know of what stays, as -e does; -C in its input does not", async () => {
  const own = { check: { type: "tcp" }, whenDown: "drop", allow: ["10.9.0.0/16"] };
  const at = { protocol: "tcp", address: "10.0.0.100" };
  const destinations = [{ address: "10.0.1.1", weight: 7, drain: true }, { address: "10.0.1.2" }];
  const services = [
    { ...at, port: 80, persistence: {}, ...own, destinations },
    { ...at, port: 81, ...own, destinations },
  ];
  const node = createRecordedNode({ document: { services } });
  const rules = "-A -t 10.0.0.100:80 -s rr\n-a -t 10.0.0.100:80 -r 10.0.1.1:80 -m -w 9\n";
  await node.run("-R --replace", rules);
  const [service, ...others] = node.document().services;
  expect(others).toEqual([]);
  expect(service).toMatchObject({ scheduler: "rr", whenDown: "drop", allow: own.allow, check: own.check });
  expect(service).not.toHaveProperty("persistence");
  expect(service!.destinations).toMatchObject([{ address: "10.0.1.1", weight: 9, drain: true }]);
  await node.run("-R", `-C\n${rules}`);
  const [anew] = node.document().services;
  expect(anew).not.toHaveProperty("check");
  expect(anew!.destinations).toMatchObject([{ weight: 9, drain: false }]);
});
