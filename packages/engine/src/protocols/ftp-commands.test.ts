import { expect, test } from "vitest";
import { type FtpForm, formatFtpEndpoint, parseFtpLine } from "./ftp-commands.ts";

const understood: [string, "client" | "server", FtpForm, string | undefined, number, string][] = [
  ["PORT 198,51,100,7,156,65", "client", "port", "198.51.100.7", 40_001, "198,51,100,7,156,65"],
  ["port  1,2,3,4,0,20\r", "client", "port", "1.2.3.4", 20, "1,2,3,4,0,20"],
  ["EPRT |1|198.51.100.7|40001|", "client", "eprt", "198.51.100.7", 40_001, "|1|198.51.100.7|40001|"],
  ["EPRT |2|2001:db8::7|40001|", "client", "eprt", "2001:db8::7", 40_001, "|2|2001:db8::7|40001|"],
  ["eprt !1!1.2.3.4!5!\r", "client", "eprt", "1.2.3.4", 5, "!1!1.2.3.4!5!"],
  [
    "227 Entering Passive Mode (10,0,0,1,195,80).",
    "server",
    "passive",
    "10.0.0.1",
    50_000,
    "10,0,0,1,195,80",
  ],
  ["227 Passive 10,0,0,1,195,80", "server", "passive", "10.0.0.1", 50_000, "10,0,0,1,195,80"],
  ["227 =10,0,0,1,195,80", "server", "passive", "10.0.0.1", 50_000, "10,0,0,1,195,80"],
  [
    "229 Entering Extended Passive Mode (|||50000|)",
    "server",
    "extended-passive",
    undefined,
    50_000,
    "|||50000|",
  ],
];
for (const [line, side, form, address, port, text] of understood) {
  test(`FTP ${side} line "${line.trim()}" names an endpoint`, () => {
    const read = parseFtpLine(line, side)!;
    expect(read).toMatchObject({ form, address, port });
    expect(line.slice(read.start, read.end)).toBe(text);
  });
}

const ignored: [string, "client" | "server"][] = [
  ["USER PORT 1,2,3,4,5,6", "client"],
  ["PORT 1,2,3,4,5", "client"],
  ["PORT 1,2,3,256,5,6", "client"],
  ["PORT 1,2,3,4,0,0", "client"],
  ["PORT 1,2,3,4,5,6", "server"],
  ["EPRT |3|1.2.3.4|5|", "client"],
  ["EPRT |1|1.2.3.4|65536|", "client"],
  ["EPRT |1|1.2.3.4!5|", "client"],
  ["227 Entering Passive Mode (10,0,0,1,195,80)", "client"],
  ["226 Transfer (10,0,0,1,195,80) complete", "server"],
  ["227 Entering Passive Mode (10,0,0,1,195)", "server"],
  ["227 Entering Passive Mode (10,0,0,1,300,80)", "server"],
  ["229 Entering Extended Passive Mode (|||0|)", "server"],
  ["229 Entering Extended Passive Mode (||1|50000|)", "server"],
  ["", "server"],
];
for (const [line, side] of ignored) {
  test(`FTP ${side} line "${line}" names no endpoint`, () => {
    expect(parseFtpLine(line, side)).toBeUndefined();
  });
}

test("FTP endpoints are written in the form and with the delimiter that they came with", () => {
  const to = { address: "192.0.2.1", port: 50_001 };
  expect(formatFtpEndpoint("port", to, "1,2,3,4,5,6")).toBe("192,0,2,1,195,81");
  expect(formatFtpEndpoint("passive", to, "1,2,3,4,5,6")).toBe("192,0,2,1,195,81");
  expect(formatFtpEndpoint("eprt", to, "!1!1.2.3.4!5!")).toBe("!1!192.0.2.1!50001!");
  expect(formatFtpEndpoint("eprt", { address: "2001:db8::1", port: 5 }, "|2|::1|5|")).toBe(
    "|2|2001:db8::1|5|",
  );
  expect(formatFtpEndpoint("extended-passive", to, "|||5|")).toBe("|||50001|");
});

test("what is written is read again", () => {
  for (const [line, side, form] of understood) {
    const read = parseFtpLine(line, side)!;
    const to = { address: read.address ?? "192.0.2.9", port: 1234 };
    const written = formatFtpEndpoint(form, to, line.slice(read.start, read.end));
    const again = parseFtpLine(line.slice(0, read.start) + written + line.slice(read.end), side)!;
    expect(again).toMatchObject({ form, address: read.address, port: 1234 });
  }
});
