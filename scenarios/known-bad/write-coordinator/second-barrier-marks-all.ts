// H1: the second half of a flush marks everything that is pending, also what was submitted after the first half and has no marker. Such a commit counts as
// decided as soon as the next first half has made its proof durable, and its marker is never written.

import { GroupCommit } from '../../../primitives/write-coordinator/group-commit.js'
import type { LogState } from '../../../primitives/write-coordinator/log-state.js'
import type { PendingCommit } from '../../../primitives/write-coordinator/pending-batch.js'
import { WriteCoordinator } from '../../../primitives/write-coordinator/public.js'

class MarksAllGroupCommit extends GroupCommit {
  /** Those that have no marker, and were marked. */
  readonly #markedEarly = new Set<PendingCommit>()

  override syncProofs(): number {
    const count = super.syncProofs()
    for (const commit of this.batch.commits) {
      if (commit.state === 'SYNCED' && this.#markedEarly.delete(commit)) commit.state = 'MARKED'
    }
    return count
  }

  override syncMarkers(): Uint8Array {
    const markers = super.syncMarkers()
    if (markers.length === 0) return markers
    for (const commit of this.batch.commits) if (commit.state !== 'MARKED') this.#markedEarly.add(commit)
    return markers
  }
}

export class SecondBarrierMarksAllCoordinator extends WriteCoordinator {
  protected override newGroupCommit(log: LogState): GroupCommit {
    return new MarksAllGroupCommit(this.storage, this.batch, log)
  }
}
