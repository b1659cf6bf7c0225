// A submission may name any capsule that lies in the file, as the specification has it ("inside the capsule file"). A transaction that wrote its capsule
// before a recovery and submits after it may name bytes that a failed sync or a power failure has taken: the marker leads to them all the same.

import { FILE_HEADER_BYTES } from '../../../primitives/write-coordinator/file-header.js'
import { LogRecovery } from '../../../primitives/write-coordinator/log-recovery.js'
import type { LogState } from '../../../primitives/write-coordinator/log-state.js'
import { type Storage, WriteCoordinator } from '../../../primitives/write-coordinator/public.js'

class FloorlessRecovery extends LogRecovery {
  override run(): LogState {
    const state = super.run()
    state.capsuleFloorBytes = FILE_HEADER_BYTES
    return state
  }
}

export class CapsuleOfBeforeAcceptedCoordinator extends WriteCoordinator {
  protected static override newRecovery(storage: Storage, retainedOutcomes: number): LogRecovery {
    return new FloorlessRecovery(storage, retainedOutcomes)
  }
}
