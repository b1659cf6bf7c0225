// H2: the first half of a flush decides at its end which commits it was about. What was submitted while it wrote counts as synced, and gets a marker, although
// its proof was not written.

import { GroupCommit } from '../../../primitives/write-coordinator/group-commit.js'
import type { LogState } from '../../../primitives/write-coordinator/log-state.js'
import { WriteCoordinator } from '../../../primitives/write-coordinator/public.js'

class LateCutGroupCommit extends GroupCommit {
  override syncProofs(): number {
    let count = super.syncProofs()
    if (count === 0) return 0
    for (const commit of this.batch.commits) {
      if (commit.state !== 'ALLOCATED') continue
      commit.proofOffset += this.proofsBytes
      commit.state = 'SYNCED'
      count += 1
    }
    return count
  }
}

export class FirstBarrierMarksAllCoordinator extends WriteCoordinator {
  protected override newGroupCommit(log: LogState): GroupCommit {
    return new LateCutGroupCommit(this.storage, this.batch, log)
  }
}
