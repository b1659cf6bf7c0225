// H8: no flag says that a flush runs, so two may run at a time, and nobody looks at where the storage appended. Both take the same commits: the proofs of
// one come twice or not at all, and so do their markers.

import { GroupCommit } from '../../../primitives/write-coordinator/group-commit.js'
import type { LogState } from '../../../primitives/write-coordinator/log-state.js'
import { MARKER_BYTES } from '../../../primitives/write-coordinator/marker-record.js'
import { CAPSULES, MARKERS, PROOFS, WriteCoordinator } from '../../../primitives/write-coordinator/public.js'

/** The bytes of a marker that the chain goes over. */
const CHAINED_BYTES = 48

/** As the good one, but for the check of places. Commits are kept by name, since their places in the batch change under a flush that is not alone. */
class PlacelessGroupCommit extends GroupCommit {
  override syncProofs(): number {
    const cut = this.batch.commits.slice(this.batch.firstNotBeyond('ALLOCATED'))
    if (cut.length === 0) return 0
    const proofs = this.batch.takeProofs()
    const offset = this.storage.append(PROOFS, proofs)
    this.storage.sync(CAPSULES)
    this.storage.sync(PROOFS)
    this.proofsBytes = offset + proofs.length
    for (const commit of cut) {
      commit.proofOffset += offset
      commit.state = 'SYNCED'
    }
    return cut.length
  }

  override syncMarkers(): Uint8Array {
    const begin = this.batch.firstNotBeyond('SYNCED')
    const end = this.batch.firstNotBeyond('ALLOCATED')
    if (begin === end) return new Uint8Array(0)
    const cut = this.batch.commits.slice(begin, end)
    const markers = this.encodeMarkers(begin, end).slice()
    this.storage.append(MARKERS, markers)
    this.storage.sync(MARKERS)
    for (const commit of cut) commit.state = 'MARKED'
    this.durableSeq += cut.length
    this.epoch += 1
    for (let at = 0; at < markers.length; at += MARKER_BYTES) this.chain.extend(markers, at, at + CHAINED_BYTES)
    return markers
  }
}

export class OverlappingFlushesCoordinator extends WriteCoordinator {
  protected override newGroupCommit(log: LogState): GroupCommit {
    return new PlacelessGroupCommit(this.storage, this.batch, log)
  }

  protected override requireIdle(): void {
    // Nobody is refused.
  }
}
