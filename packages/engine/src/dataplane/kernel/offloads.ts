/** Offloads of network interfaces, as ethtool(8) tells and sets them. */
import { askInterface, refusal } from "./syscalls.ts";

/** `include/uapi/linux/ethtool.h`: struct ethtool_gfeatures and struct ethtool_sfeatures, words behind a head of command and number of blocks. */
const COMMAND = { getFeatures: 0x3a, setFeatures: 0x3b } as const;
const HEAD = { command: 0, blocks: 1, words: 2 } as const;
/** Of 32 features each: available, requested, active, never changed; valid, requested. */
const BLOCK_WORDS = { get: 4, set: 2 } as const;
/** Linux 6.1 to 6.18 have 2. */
const MOST_BLOCKS = 8;

/**
 * Turn everything off that can be turned off at an interface: what the kernel sends by it is then cut into segments and has finished checksums, as if
 * the next thing were a wire. Throws `LbError` (refused).
 */
export function turnOffOffloads(link: string): void {
  const doing = `turn off the offloads of "${link}"`;
  const got = new Uint32Array(HEAD.words + MOST_BLOCKS * BLOCK_WORDS.get);
  got[HEAD.command] = COMMAND.getFeatures;
  got[HEAD.blocks] = MOST_BLOCKS;
  ask(link, got, doing);
  const blocks = got[HEAD.blocks]!;
  const wanted = new Uint32Array(HEAD.words + blocks * BLOCK_WORDS.set);
  wanted[HEAD.command] = COMMAND.setFeatures;
  wanted[HEAD.blocks] = blocks;
  for (let i = 0; i < blocks; i++)
    wanted[HEAD.words + i * BLOCK_WORDS.set] = got[HEAD.words + i * BLOCK_WORDS.get]!;
  ask(link, wanted, doing);
}

function ask(link: string, request: Uint32Array, doing: string): void {
  const result = askInterface(link, new Uint8Array(request.buffer));
  if (result < 0) throw refusal(doing, -result);
}
