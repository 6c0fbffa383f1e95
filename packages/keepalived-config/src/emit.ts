import { LbError } from "@tandem/model";
import { checkConfig } from "./check.ts";
import type { KeepalivedConfig } from "./config.ts";
import { keepalivedConf } from "./grammar.ts";
import { type AnyBlock, type AnyLine, isWord, WORD_WANTED } from "./row.ts";

type Fields = Readonly<Record<string, unknown>>;
type AnyRow = AnyBlock[string];
type AnyValueRow = AnyLine["head"];

const INDENT = "    ";

/**
 * Write a configuration as the text of a keepalived.conf.
 *
 * @returns the file's text, ending in a newline. The same configuration gives the same text.
 * @throws LbError `invalid_argument` for whatever keepalived would refuse, round or ignore
 */
export function emitKeepalivedConf(config: KeepalivedConfig): string {
  checkConfig(config);
  const body = emitBlock(keepalivedConf, { ...config }, "keepalived.conf");
  return ["# Written by Tandem. Changes made here are lost.", "", ...body, ""].join("\n");
}

function emitBlock(block: AnyBlock, fields: Fields, owner: string): string[] {
  return Object.entries(block).flatMap(([keyword, row]) => emitRow(keyword, row, { fields, owner }));
}

function emitRow(keyword: string, row: AnyRow, at: { fields: Fields; owner: string }): string[] {
  const value = at.fields[row.field];
  switch (row.kind) {
    case "flag":
      return value ? [keyword] : [];
    case "words":
      return braces(
        keyword,
        (value as string[]).map((w) => checkWord(w, keyword, at.owner)),
      );
    case "lines":
      return braces(
        keyword,
        (value as Fields[]).map((v) => emitLine(row.line, v, at.owner)),
      );
    case "section":
      return braces(keyword, emitBlock(row.block, value as Fields, keyword));
    case "sections":
      return (value as Fields[]).flatMap((v) => emitNamed(keyword, row.block, v));
    default:
      return [`${keyword} ${emitValue(keyword, row, at)}`];
  }
}

function emitNamed(keyword: string, block: AnyBlock, fields: Fields): string[] {
  const name = checkWord(String(fields.name), "name", keyword);
  return braces(`${keyword} ${name}`, emitBlock(block, fields, `${keyword} "${name}"`));
}

function emitLine(line: AnyLine, fields: Fields, owner: string): string {
  const options = Object.entries(line.options).map(
    ([keyword, row]) => `${keyword} ${emitValue(keyword, row, { fields, owner })}`,
  );
  return [emitValue(line.head.field, line.head, { fields, owner }), ...options].join(" ");
}

function emitValue(keyword: string, row: AnyValueRow, at: { fields: Fields; owner: string }): string {
  const value = at.fields[row.field] as unknown;
  switch (row.kind) {
    case "word":
      return checkWord(value as string, keyword, at.owner);
    case "quoted":
      if (!/^[^"\\\p{Cc}]+$/u.test(value as string))
        throw refuse(at.owner, keyword, value, "text without quotes, backslashes or control characters");
      return `"${value}"`;
    case "integer":
      if (!isWhole(value, row.min, row.max))
        throw refuse(at.owner, keyword, value, `a whole number ${row.min}–${row.max}`);
      return String(value);
    case "seconds":
      if (!isWhole(value, row.minMs, row.maxMs) || value % row.stepMs !== 0)
        throw refuse(
          at.owner,
          keyword,
          `${value} ms`,
          `a multiple of ${row.stepMs} ms, ${row.minMs}–${row.maxMs} ms`,
        );
      return String(value / 1000);
  }
}

function checkWord(text: string, keyword: string, owner: string): string {
  if (!isWord(text)) throw refuse(owner, keyword, text, WORD_WANTED);
  return text;
}

const isWhole = (value: unknown, min: number, max: number): value is number =>
  Number.isInteger(value) && (value as number) >= min && (value as number) <= max;

const braces = (opening: string, body: readonly string[]): string[] =>
  body.length === 0 ? [] : [`${opening} {`, ...body.map((text) => INDENT + text), "}"];

const refuse = (owner: string, field: string, got: unknown, want: string): LbError =>
  new LbError({ code: "invalid_argument", doing: `write ${owner}`, field, got: `"${got}"`, want });
