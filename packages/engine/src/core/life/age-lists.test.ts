import fc from "fast-check";
import { expect, test } from "vitest";
import { createAgeLists } from "./age-lists.ts";

test("the oldest of a list is who has been in it longest", () => {
  const lists = createAgeLists(8, 2);
  for (const index of [5, 2, 7]) lists.move(index, 0);
  lists.move(5, 0); // is there already
  lists.move(5, 1);
  expect([lists.oldest(0), lists.oldest(1), lists.count(0)]).toEqual([2, 5, 2]);
  lists.move(2, -1);
  lists.move(7, -1);
  expect([lists.oldest(0), lists.count(0)]).toEqual([-1, 0]);
});

test("age lists are queues, whatever moves where", () => {
  const move = fc.tuple(fc.nat(9), fc.integer({ min: -1, max: 2 }));
  fc.assert(
    fc.property(fc.array(move, { maxLength: 200 }), (moves) => {
      const lists = createAgeLists(10, 3);
      let model: number[][] = [[], [], []];
      for (const [index, list] of moves) {
        if (!model[list]?.includes(index)) {
          model = model.map((queue) => queue.filter((i) => i !== index));
          model[list]?.push(index);
        }
        lists.move(index, list);
        for (const [i, queue] of model.entries()) {
          expect([lists.oldest(i), lists.count(i)]).toEqual([queue[0] ?? -1, queue.length]);
        }
      }
    }),
  );
});
