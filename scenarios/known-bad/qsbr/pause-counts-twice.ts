// H4: whoever pauses or leaves lowers the count of those that have not passed, also when it has passed.

import type { QsbrMemory } from '../../../primitives/qsbr/layout.js'
import { CountingSteps } from './counting-steps.js'
import { VariantManager, withSteps } from './variant-manager.js'

class CountsTwiceSteps extends CountingSteps {
  protected override isCounted(): boolean {
    return true
  }
}

export class PauseCountsTwiceManager extends VariantManager {
  constructor(memory: QsbrMemory) {
    super(withSteps(memory, CountsTwiceSteps))
  }
}
