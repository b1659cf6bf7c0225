// H11: a waiter that sees the phase move does not check its lease again. The phase may have been completed by its replacement.

import { BarrierSteps } from '../../../primitives/fabric-sync/barrier-steps.js'

export class NoRecheck extends BarrierSteps {
  protected override confirmMember(): void {}
}
