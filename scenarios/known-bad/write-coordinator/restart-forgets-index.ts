// H4: a recovery does not enter in the index what the commits in the files read and wrote. A transaction that began before the restart is checked against
// nothing.

import type { CommitProof } from '../../../primitives/write-coordinator/commit-types.js'
import { LogRecovery } from '../../../primitives/write-coordinator/log-recovery.js'
import type { LogState } from '../../../primitives/write-coordinator/log-state.js'
import type { MarkerFields } from '../../../primitives/write-coordinator/marker-record.js'
import { type Storage, WriteCoordinator } from '../../../primitives/write-coordinator/public.js'

class ForgetfulRecovery extends LogRecovery {
  protected override addCommit(state: LogState, marker: MarkerFields, proof: CommitProof): void {
    super.addCommit(state, marker, { ...proof, writePages: [], readPages: [] })
  }
}

export class RestartForgetsIndexCoordinator extends WriteCoordinator {
  protected static override newRecovery(storage: Storage, retainedOutcomes: number): LogRecovery {
    return new ForgetfulRecovery(storage, retainedOutcomes)
  }
}
