// H12: a reset begins the next phase. A waiter that looks after the reset takes it for the completion of its phase.

import { BarrierSteps } from '../../../primitives/fabric-sync/barrier-steps.js'
import { barrierWord, epochOf, phaseAfter, phaseOf } from '../../../primitives/fabric-sync/barrier-word.js'

export class ResetMovesPhase extends BarrierSteps {
  protected override reopened(word: bigint): bigint {
    const { pair } = this.session.memory
    const phase = phaseOf(pair.low(word))
    return barrierWord(pair, phaseAfter(phase), epochOf(pair.high(word)) + 1, 0)
  }
}
