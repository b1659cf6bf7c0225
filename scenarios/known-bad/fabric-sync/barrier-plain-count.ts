// H7: an arrival is a load and a store. Two parties load the same count and both store one more: one of them is lost.

import { type Arrival, BarrierSteps, COMPLETED, COUNTED } from '../../../primitives/fabric-sync/barrier-steps.js'
import { barrierWord, countOf, epochOf, phaseAfter, phaseOf } from '../../../primitives/fabric-sync/barrier-word.js'

export class PlainCount extends BarrierSteps {
  protected override arrive(word: bigint): Arrival {
    const { longs, pair } = this.session.memory
    const phase = phaseOf(pair.low(word))
    const high = pair.high(word)
    const count = countOf(high) + 1
    const isLast = count === this.numParties
    const next = isLast ? barrierWord(pair, phaseAfter(phase), epochOf(high), 0) : barrierWord(pair, phase, epochOf(high), count)
    Atomics.store(longs, this.block.mainIndex, next)
    return isLast ? COMPLETED : COUNTED
  }
}
