// H8: phase and count are two words, and the last member raises the phase before it sets the count to 0. A fast member is counted in the next
// phase in between, and its arrival is wiped.

import { type Arrival, BarrierSteps, COMPLETED, COUNTED } from '../../../primitives/fabric-sync/barrier-steps.js'
import { countOf, phaseAfter, phaseOf } from '../../../primitives/fabric-sync/barrier-word.js'
import { HIGH, LOW } from '../../../primitives/word-pair.js'

export class GenerationFirst extends BarrierSteps {
  protected override arrive(word: bigint): Arrival {
    const { words, pair } = this.session.memory
    const phaseIndex = 2 * this.block.mainIndex + LOW
    const countIndex = 2 * this.block.mainIndex + HIGH
    const phase = phaseOf(pair.low(word))
    const before = Atomics.add(words, countIndex, 1)
    const isLast = countOf(before) + 1 === this.numParties
    if (!isLast) return COUNTED
    const next = phaseAfter(phase)
    Atomics.store(words, phaseIndex, next)
    Atomics.store(words, countIndex, 0)
    return COMPLETED
  }
}
