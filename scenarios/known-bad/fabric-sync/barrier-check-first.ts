// H10: the lease is checked before the word is loaded. A member that pauses in between is counted in an epoch that began without it.

import { BarrierSteps } from '../../../primitives/fabric-sync/barrier-steps.js'

export class CheckFirst extends BarrierSteps {
  protected override loadOpen(): bigint {
    this.session.own()
    const word = Atomics.load(this.session.memory.longs, this.block.mainIndex)
    this.requireOpen(word)
    return word
  }
}
