// H3: transactions begin at the highest number that was given out. What it names may be pending, so that they read what was there before it.

import { type CommitSeq, WriteCoordinator } from '../../../primitives/write-coordinator/public.js'

export class SnapshotFromTipCoordinator extends WriteCoordinator {
  override get publishedSeq(): CommitSeq {
    return this.tip
  }
}
