// For the tests of the once's invariants: a fabric with a once of two words, written word by word, by the published layout.

import type { Invariant } from '../../sim/invariant.js'
import { Story } from '../invariants.test.kit.js'
import { FakeFabric, leaseId } from './fabric.test.kit.js'
import { OnceWords } from './once-words.js'

export class FakeOnce {
  readonly fabric = new FakeFabric()
  readonly once = new OnceWords(this.fabric.words, 0, 8)

  constructor() {
    for (let index = 0; index < 3; index++) this.fabric.lease(index, 'active', 1)
  }

  /** The main word, with a lease in generation 1 as the runner. */
  main(state: 0 | 1 | 2, index: number, attempt: number): this {
    this.fabric.arenaWord(32, attempt).arenaWord(36, (1 << 16) | (index << 8) | state)
    return this
  }

  cell(data: readonly [number, number], tag: number): this {
    this.fabric.cell(0, data, tag)
    return this
  }
}

export function aboutOnce(make: (onceOf: (world: FakeOnce) => OnceWords) => Invariant<FakeOnce>) {
  const world = new FakeOnce()
  return {
    world,
    story: new Story(
      make(({ once }) => once),
      world,
    ),
  }
}

/** Data of an event of the session with a lease in generation 1. */
export function of(index: number) {
  return { leaseId: leaseId(index, 1) }
}

/** Data of an event about a value. */
export function value(index: number, words: readonly [number, number]) {
  return { leaseId: leaseId(index, 1), words }
}
