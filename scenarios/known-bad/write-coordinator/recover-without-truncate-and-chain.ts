// H13: a recovery leaves the torn tail of the last group where it is, goes on writing at the end of what counts, and takes a marker for the next one by its
// number alone. A marker of the torn group that stands behind the new ones then counts at the recovery after that.

import type { FileWindow } from '../../../primitives/write-coordinator/file-window.js'
import { GroupCommit } from '../../../primitives/write-coordinator/group-commit.js'
import { viewOf } from '../../../primitives/write-coordinator/little-endian.js'
import { LogRecovery } from '../../../primitives/write-coordinator/log-recovery.js'
import type { LogState } from '../../../primitives/write-coordinator/log-state.js'
import {
  followsChain,
  isIntactMarker,
  MARKER_BYTES,
  type MarkerFields,
  markerFields,
  markerOffset,
} from '../../../primitives/write-coordinator/marker-record.js'
import { MARKERS, PROOFS, type Storage, WriteCoordinator } from '../../../primitives/write-coordinator/public.js'
import { PassingStorage } from './passing-storage.js'

class TrustingRecovery extends LogRecovery {
  protected override nextMarker(state: LogState, markers: FileWindow): MarkerFields | undefined {
    const at = markerOffset(state.markerCount)
    if (at + MARKER_BYTES > markers.size) return undefined
    const bytes = markers.bytes(at, MARKER_BYTES)
    const view = viewOf(bytes)
    if (!isIntactMarker(bytes, view, 0)) return undefined
    const marker = markerFields(view, 0)
    if (marker.commitSeq !== state.tip + 1) return undefined
    followsChain(bytes, view, 0, state.chain)
    return marker
  }

  protected override cutTails(): void {
    // What stands behind the end is written over some time.
  }
}

/** Writes where the log ends, over whatever stands there. */
class OverwritingStorage extends PassingStorage {
  /** By file: where the log ends. */
  readonly #ends: Map<string, number>

  constructor(storage: Storage, log: LogState) {
    super(storage)
    this.#ends = new Map([
      [PROOFS, log.proofsBytes],
      [MARKERS, markerOffset(log.markerCount)],
    ])
  }

  override append(file: string, bytes: Uint8Array): number {
    const offset = this.#ends.get(file) as number
    const end = offset + bytes.length
    const size = this.storage.size(file)
    const rest = end < size ? this.storage.read(file, end, size - end) : new Uint8Array(0)
    this.storage.truncate(file, offset)
    this.storage.append(file, Buffer.concat([bytes, rest]))
    this.#ends.set(file, end)
    return offset
  }
}

export class RecoverWithoutTruncateAndChainCoordinator extends WriteCoordinator {
  protected static override newRecovery(storage: Storage, retainedOutcomes: number): LogRecovery {
    return new TrustingRecovery(storage, retainedOutcomes)
  }

  protected override newGroupCommit(log: LogState): GroupCommit {
    return new GroupCommit(new OverwritingStorage(this.storage, log), this.batch, log)
  }
}
