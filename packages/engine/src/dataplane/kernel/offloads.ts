/** Offloads of network interfaces, as ethtool(8) tells and sets them. */
import { askInterface, refusal } from "./syscalls.ts";

/** `include/uapi/linux/ethtool.h`: struct ethtool_gfeatures and struct ethtool_sfeatures, words behind a head of command and number of blocks. */
const COMMAND = { getFeatures: 0x3a, setFeatures: 0x3b } as const;
const HEAD = { command: 0, blocks: 1, words: 2 } as const;
/** Of 32 features each: available, requested, active, never changed; valid, requested. */
const BLOCK_WORDS = { get: 4, set: 2 } as const;
/** Linux 6.1 to 6.18 have 2. */
const MOST_BLOCKS = 8;

/** `active` is the third word of a block that is read, `available` its first. */
const ACTIVE = 2;

/**
 * Turn everything off that can be turned off at an interface: what the kernel sends by it is then cut into segments and has finished checksums, as if
 * the next thing were a wire. Throws `LbError` (refused).
 */
export function turnOffOffloads(link: string): void {
  const { available } = readFeatures(link);
  const wanted = new Uint32Array(HEAD.words + available.length * BLOCK_WORDS.set);
  wanted[HEAD.command] = COMMAND.setFeatures;
  wanted[HEAD.blocks] = available.length;
  available.forEach((word, i) => {
    wanted[HEAD.words + i * BLOCK_WORDS.set] = word;
  });
  ask(link, wanted);
}

/** Whether anything is on that `turnOffOffloads` turns off. Throws `LbError` (refused). */
export function hasOffloads(link: string): boolean {
  const { available, active } = readFeatures(link);
  return available.some((word, i) => (word & active[i]!) !== 0);
}

/** Features in words of 32: what can be turned on and off, and what is on. */
function readFeatures(link: string): { available: number[]; active: number[] } {
  const got = new Uint32Array(HEAD.words + MOST_BLOCKS * BLOCK_WORDS.get);
  got[HEAD.command] = COMMAND.getFeatures;
  got[HEAD.blocks] = MOST_BLOCKS;
  ask(link, got);
  const blocks = Array.from({ length: got[HEAD.blocks]! }, (_, i) => HEAD.words + i * BLOCK_WORDS.get);
  return { available: blocks.map((at) => got[at]!), active: blocks.map((at) => got[at + ACTIVE]!) };
}

function ask(link: string, request: Uint32Array): void {
  const result = askInterface(link, new Uint8Array(request.buffer));
  if (result < 0) throw refusal(`turn off the offloads of "${link}"`, -result);
}
