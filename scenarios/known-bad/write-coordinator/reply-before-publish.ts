// H11: results are there before the number is published. Whoever hears of its commit and begins its next transaction does not see its own commit.

import type { PendingCommit } from '../../../primitives/write-coordinator/pending-batch.js'
import { WriteCoordinator } from '../../../primitives/write-coordinator/public.js'

export class ReplyBeforePublishCoordinator extends WriteCoordinator {
  protected override publishMarked(): void {
    const count = this.batch.firstNotBeyond('SYNCED')
    if (count === 0) return
    const last = (this.batch.commits[count - 1] as PendingCommit).commitSeq
    for (const { commitSeq, submitterId, txnId, commitTimeUnixNs } of this.batch.takeFirst(count)) {
      this.outbox.set(commitSeq, { kind: 'committed', submitterId, txnId, commitSeq, commitTimeUnixNs })
    }
    if (this.board !== undefined) this.board.publish(last)
    this.published = last
    this.outcomes.forgetBefore(last)
  }
}
