// H7: nobody checks that a snapshot is one. A transaction that says it began in the future passes every comparison with what was committed since.

import { type CommitSeq, WriteCoordinator } from '../../../primitives/write-coordinator/public.js'

export class FutureBeginAcceptedCoordinator extends WriteCoordinator {
  protected override newestBegin(): CommitSeq {
    return Number.MAX_SAFE_INTEGER
  }
}
