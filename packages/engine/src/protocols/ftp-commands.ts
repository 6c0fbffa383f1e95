/** What an FTP control connection says about data connections: PORT and EPRT of clients, 227 and 229 of servers (RFC 959 §4.1.2, RFC 2428). */

/** How an endpoint is written. */
export type FtpForm = "port" | "eprt" | "passive" | "extended-passive";

/** An endpoint of a data connection to come. */
export interface FtpEndpoint {
  readonly form: FtpForm;
  /** In text; undefined where the form has none: the control connection's. */
  readonly address: string | undefined;
  /** 1 to 65535. */
  readonly port: number;
  /** Place of the endpoint within the line: its first character, and the one behind its last. */
  readonly start: number;
  readonly end: number;
}

interface Pattern {
  readonly form: FtpForm;
  /** Its first group is the endpoint. */
  readonly expression: RegExp;
}

/** Six numbers, wherever they stand in the reply (RFC 1123 §4.1.2.6). */
const SIX_NUMBERS = String.raw`(\d{1,3}(?:,\d{1,3}){5})(?!\d)`;
const CLIENT: readonly Pattern[] = [
  { form: "port", expression: new RegExp(String.raw`^PORT[ \t]+${SIX_NUMBERS}`, "di") },
  // the delimiter is any printable character (RFC 2428 §2)
  { form: "eprt", expression: /^EPRT[ \t]+(([\x21-\x7e])[12]\2[0-9a-f.:]{2,45}\2\d{1,5}\2)/di },
];
const SERVER: readonly Pattern[] = [
  { form: "passive", expression: new RegExp(String.raw`^227[ -].*?(?<!\d)${SIX_NUMBERS}`, "d") },
  { form: "extended-passive", expression: /^229[ -].*?\((([\x21-\x7e])\2\2\d{1,5}\2)\)/d },
];

/** Read a line of one side. Undefined if it names no endpoint, or one that cannot be. Never throws. */
export function parseFtpLine(line: string, side: "client" | "server"): FtpEndpoint | undefined {
  for (const { form, expression } of side === "client" ? CLIENT : SERVER) {
    const match = expression.exec(line);
    if (!match) continue;
    const [start, end] = match.indices![1]!;
    const read = form === "port" || form === "passive" ? readNumbers(match[1]!) : readFields(match[1]!);
    return read && read.port > 0 && read.port <= 0xffff ? { form, ...read, start, end } : undefined;
  }
  return undefined;
}

interface Read {
  address: string | undefined;
  port: number;
}

function readNumbers(text: string): Read | undefined {
  const numbers = text.split(",").map(Number);
  if (numbers.some((n) => n > 255)) return undefined;
  return { address: numbers.slice(0, 4).join("."), port: numbers[4]! * 256 + numbers[5]! };
}

function readFields(text: string): Read {
  const [, , address, port] = text.split(text[0]!);
  return { address: address || undefined, port: Number(port) };
}

/** Write an endpoint as `form` has it; of the extended forms, with the delimiter of `before`. */
export function formatFtpEndpoint(
  form: FtpForm,
  to: { address: string; port: number },
  before: string,
): string {
  const delimiter = before[0]!;
  if (form === "eprt") return ["", to.address.includes(":") ? 2 : 1, to.address, to.port, ""].join(delimiter);
  if (form === "extended-passive") return ["", "", "", to.port, ""].join(delimiter);
  return [...to.address.split("."), to.port >>> 8, to.port & 0xff].join(",");
}
