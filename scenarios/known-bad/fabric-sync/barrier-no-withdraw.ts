// H9: a party that times out stays counted. When it waits again, it is counted twice.

import { BarrierSteps } from '../../../primitives/fabric-sync/barrier-steps.js'

export class NoWithdraw extends BarrierSteps {
  protected override withdraw(_word: bigint): boolean {
    return true
  }
}
