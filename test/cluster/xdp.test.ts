/** The same over XDP: a director whose programs are attached before the kernel takes frames in. */
import { expect, test, vi } from "vitest";
import { echo } from "./support/echo.ts";
import { connectTcp } from "./support/inside.ts";
import { testMethods } from "./support/method-contract.ts";
import { METHODS } from "./support/methods.ts";
import { SCTP_SERVICES, testSctp } from "./support/sctp-contract.ts";

vi.setConfig({ testTimeout: 20_000 });

const site = testMethods("xdp", METHODS, SCTP_SERVICES);
testSctp(site);

for (const { name, vip, port } of METHODS.filter((row) => row.isTranslated)) {
  test(`${name}: a connection goes on when its next hops have to be resolved again`, async () => {
    const { lab, counted } = site();
    const socket = await connectTcp(lab.node("client"), vip, port);
    expect(await echo(socket, "before")).toBe("before");
    const before = (await counted())("fib_no_neighbour");
    for (const family of ["-4", "-6"])
      for (const device of ["eth0", "eth1"])
        await lab.node("d1").exec(["ip", family, "neighbour", "flush", "dev", device]);
    expect(await echo(socket, "afterwards")).toBe("afterwards");
    expect((await counted())("fib_no_neighbour")).toBeGreaterThan(before);
    socket.destroy();
  });
}
