// H12: a sync that fails is made once more. The second one succeeds, because the system has forgotten what it could not write, and the coordinator
// acknowledges what is gone.

import { GroupCommit } from '../../../primitives/write-coordinator/group-commit.js'
import type { LogState } from '../../../primitives/write-coordinator/log-state.js'
import { WriteCoordinator } from '../../../primitives/write-coordinator/public.js'
import { PassingStorage } from './passing-storage.js'

class RetryingStorage extends PassingStorage {
  override sync(file: string): void {
    try {
      this.storage.sync(file)
    } catch {
      this.storage.sync(file)
    }
  }
}

export class RetryFailedSyncCoordinator extends WriteCoordinator {
  protected override newGroupCommit(log: LogState): GroupCommit {
    return new GroupCommit(new RetryingStorage(this.storage), this.batch, log)
  }
}
