// H9: proofs, capsules and markers become durable together, at the end of the flush. Until then a power failure may leave the marker and not what it names.

import { GroupCommit } from '../../../primitives/write-coordinator/group-commit.js'
import type { LogState } from '../../../primitives/write-coordinator/log-state.js'
import { CAPSULES, MARKERS, PROOFS, WriteCoordinator } from '../../../primitives/write-coordinator/public.js'
import { PassingStorage } from './passing-storage.js'

class OneBarrierStorage extends PassingStorage {
  override sync(file: string): void {
    if (file !== MARKERS) return
    this.storage.sync(CAPSULES)
    this.storage.sync(PROOFS)
    this.storage.sync(MARKERS)
  }
}

export class OneBarrierCoordinator extends WriteCoordinator {
  protected override newGroupCommit(log: LogState): GroupCommit {
    return new GroupCommit(new OneBarrierStorage(this.storage), this.batch, log)
  }
}
