// H5: a recovery does not keep the chain value of the last marker, and the first one after it links to nothing.

import { LogRecovery } from '../../../primitives/write-coordinator/log-recovery.js'
import type { LogState } from '../../../primitives/write-coordinator/log-state.js'
import { type Storage, WriteCoordinator } from '../../../primitives/write-coordinator/public.js'

class ChainlessRecovery extends LogRecovery {
  override run(): LogState {
    const state = super.run()
    state.chain.startAt(0)
    return state
  }
}

export class RestartForgetsChainCoordinator extends WriteCoordinator {
  protected static override newRecovery(storage: Storage, retainedOutcomes: number): LogRecovery {
    return new ChainlessRecovery(storage, retainedOutcomes)
  }
}
