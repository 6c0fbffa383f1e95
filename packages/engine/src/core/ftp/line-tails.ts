/** Ends of lines that a stream's segments broke off: what a helper has to put before the next segment to read whole lines. Bounded. */

/** The unfinished line of one direction of a connection. */
interface Tail {
  readonly generation: number;
  /** Numbers of the segment that left it: its first byte, and the one behind its last. */
  readonly from: number;
  readonly to: number;
  /** What stood before that segment, and what stands behind it. */
  readonly before: string;
  readonly behind: string;
}

/** Which direction of which connection. */
export interface TailOf {
  readonly family: 4 | 6;
  readonly index: number;
  readonly direction: number;
  /** The record's: another one is another connection. */
  readonly generation: number;
}

/** Unfinished lines by direction of a connection. */
export interface LineTails {
  /** What belongs before the segment that starts with this sequence number. */
  before(of: TailOf, sequence: number): string;
  /** Keep what belongs behind it: the last line of `before` and the segment's text, if it has not ended. */
  keep(of: TailOf, sequence: number, segment: { before: string; text: string }): void;
}

/** Longer lines name no endpoints. */
const LONGEST_LINE = 512;
const MOST_TAILS = 1024;

/** No unfinished lines. */
export function createLineTails(): LineTails {
  const tails = new Map<string, Tail>(); // oldest first
  const keyOf = ({ family, index, direction }: TailOf) => `${family}/${index}/${direction}`;

  return {
    before(of, sequence) {
      const tail = tails.get(keyOf(of));
      if (tail?.generation !== of.generation) return "";
      if (sequence === tail.to) return tail.behind;
      return sequence === tail.from ? tail.before : "";
    },
    keep(of, sequence, { before, text }) {
      const key = keyOf(of);
      const whole = before + text;
      const rest = whole.slice(whole.lastIndexOf("\n") + 1);
      const behind = rest.length <= LONGEST_LINE ? rest : "";
      tails.delete(key);
      if (before === "" && behind === "") return;
      const to = (sequence + text.length) >>> 0;
      tails.set(key, { generation: of.generation, from: sequence, to, before, behind });
      if (tails.size > MOST_TAILS) tails.delete(tails.keys().next().value!);
    },
  };
}
