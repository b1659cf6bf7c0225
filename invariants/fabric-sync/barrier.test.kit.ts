// For the tests of the barrier's invariants: a fabric with a barrier of two, written word by word, by the published layout.

import type { Invariant } from '../../sim/invariant.js'
import { Story } from '../invariants.test.kit.js'
import { BarrierWords } from './barrier-words.js'
import { FakeFabric, leaseId } from './fabric.test.kit.js'

export class FakeBarrier {
  readonly fabric = new FakeFabric()
  readonly barrier = new BarrierWords(this.fabric.words, 0, 2)

  constructor() {
    for (let index = 0; index < 3; index++) this.fabric.lease(index, 'active', 1)
    this.seat(0, 0).seat(1, 1)
  }

  /** Puts the session with a lease in generation 1 on a seat. */
  seat(seat: number, index: number): this {
    this.fabric.arenaWord(64 + 4 * seat, (1 << 8) | index)
    return this
  }

  empty(seat: number): this {
    this.fabric.arenaWord(64 + 4 * seat, 0)
    return this
  }

  main(phase: number, epoch: number, count: number, broken = false): this {
    this.fabric.arenaWord(32, phase).arenaWord(36, (epoch << 9) | (broken ? 0x100 : 0) | count)
    return this
  }
}

/** A story about a barrier of two whose seats the leases 0 and 1 have. */
export function aboutBarrier(make: (barrierOf: (world: FakeBarrier) => BarrierWords) => Invariant<FakeBarrier>) {
  const world = new FakeBarrier()
  return {
    world,
    story: new Story(
      make(({ barrier }) => barrier),
      world,
    ),
  }
}

/** Data of an event of the session with a lease in generation 1. */
export function of(index: number) {
  return { leaseId: leaseId(index, 1) }
}

/** Data of an event that counts, or takes back. */
export function count(index: number, phase: number, epoch = 0) {
  return { leaseId: leaseId(index, 1), phase, epoch }
}
