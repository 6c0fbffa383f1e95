import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { FLOW_KEY } from "../../core/layout.ts";
import { loadFastPath } from "./fast-path-object.ts";
import { createFlowMap, type FlowMap } from "./flow-map.ts";
import type { BpfObject } from "./libbpf.ts";

const CAPACITY = 8;
let object: BpfObject;

beforeAll(() => {
  object = loadFastPath({ 4: CAPACITY / 2, 6: CAPACITY / 2 }, { upcalls: 4096, events: 4096 });
});
afterAll(() => object.close());

describe.for([4, 6] as const)("the flow map of IPv%d", (family) => {
  let flows: FlowMap;
  const key = (n: number) => new Uint8Array(FLOW_KEY[family].size).fill(n);
  const refusedBy = () => {
    const refused: number[] = [];
    flows.flush((index) => refused.push(index));
    return refused;
  };
  const content = () => {
    const entries: [number, number, number][] = [];
    flows.scan((k, index, direction) => entries.push([k[0]!, index, direction]));
    return entries.sort((a, b) => a[0] - b[0]);
  };

  beforeEach(() => {
    flows = createFlowMap(object.mapFd(`flows${family}`), family);
    flows.scan((k) => flows.delete(k));
    flows.flush(() => {});
  });

  test("is as it was until the queue is carried out", () => {
    flows.insert(key(1), 11, 0);
    expect(content()).toEqual([]);
    expect(refusedBy()).toEqual([]);
    expect(content()).toEqual([[1, 11, 0]]);
  });

  test("takes insertions and deletions in order, and deletions of what is not there", () => {
    flows.insert(key(1), 11, 0);
    flows.insert(key(2), 12, 1);
    flows.delete(key(1));
    flows.delete(key(9));
    flows.delete(key(2));
    flows.insert(key(1), 13, 1);
    flows.insert(key(1), 14, 0);
    expect(refusedBy()).toEqual([]);
    expect(content()).toEqual([[1, 14, 0]]);
  });

  test("tells which insertions found no room, and carries out all others", () => {
    for (let n = 1; n <= CAPACITY + 2; n++) flows.insert(key(n), 100 + n, 0);
    flows.delete(key(1));
    flows.insert(key(50), 150, 1);
    expect(refusedBy()).toEqual([100 + CAPACITY + 1, 100 + CAPACITY + 2]);
    expect(content().map(([n]) => n)).toEqual([2, 3, 4, 5, 6, 7, 8, 50]);
    expect(refusedBy()).toEqual([]);
  });

  test("carries out a queue that is longer than one batch", () => {
    for (let n = 0; n < 10_000; n++) {
      flows.insert(key(n & 0xff), n, 0);
      flows.delete(key(n & 0xff));
    }
    for (let n = 0; n < 4992; n++) flows.insert(key(n & 15), n, 0);
    expect(refusedBy()).toHaveLength((4992 / 16) * (16 - CAPACITY));
    expect(content()).toHaveLength(CAPACITY);
  });
});
