// H6: `submitAndCommit` returns the last result of its flush and drops the others. Those are of transactions that wait for them.

import { type CommitResult, type CommitSubmission, WriteCoordinator } from '../../../primitives/write-coordinator/public.js'

export class ResultsSwallowedCoordinator extends WriteCoordinator {
  override submitAndCommit(s: CommitSubmission, nowUnixNs: bigint): CommitResult {
    this.requireUsable()
    this.requireIdle('submitAndCommit')
    const outcome = this.submit(s, nowUnixNs)
    if (!outcome.ok) return outcome.result
    const results = this.flushBatch()
    return results.at(-1) as CommitResult
  }
}
