// H6: who pauses tags its bag with the epoch that it has noticed last, which may be one behind.

import { LocalManager } from '../../../primitives/qsbr/local-manager.js'
import { VariantManager } from './variant-manager.js'

class PauseTagsLocalEpochLocalManager extends LocalManager {
  override temporaryDeregister(): void {
    this.memory.steps.leave(this.executorId)
    this.bags.close(this.localEpoch)
    this.phase = 'paused'
  }
}

export class PauseTagsLocalEpochManager extends VariantManager {
  protected override localManagerClass() {
    return PauseTagsLocalEpochLocalManager
  }
}
