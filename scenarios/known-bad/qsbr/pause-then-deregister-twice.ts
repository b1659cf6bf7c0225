// H7: who deregisters while paused leaves a second time. Sets do not mind; counts, as published, do.

import type { QsbrMemory } from '../../../primitives/qsbr/layout.js'
import { LocalManager } from '../../../primitives/qsbr/local-manager.js'
import { CountingSteps } from './counting-steps.js'
import { VariantManager, withSteps } from './variant-manager.js'

class LeavesTwiceLocalManager extends LocalManager {
  override deregister(waitMsMax?: number): void {
    if (this.phase === 'paused') this.phase = 'registered'
    super.deregister(waitMsMax)
  }
}

export class PauseThenDeregisterTwiceManager extends VariantManager {
  constructor(memory: QsbrMemory) {
    super(withSteps(memory, CountingSteps))
  }

  protected override localManagerClass() {
    return LeavesTwiceLocalManager
  }
}
