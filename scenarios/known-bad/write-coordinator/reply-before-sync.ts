// H10: the results are handed out when the markers are written. They become durable with the next group; until then a power failure takes back what was
// acknowledged.

import { GroupCommit } from '../../../primitives/write-coordinator/group-commit.js'
import type { LogState } from '../../../primitives/write-coordinator/log-state.js'
import { MARKERS, WriteCoordinator } from '../../../primitives/write-coordinator/public.js'
import { PassingStorage } from './passing-storage.js'

class LateSyncStorage extends PassingStorage {
  #owesSync = false

  override append(file: string, bytes: Uint8Array): number {
    if (file === MARKERS && this.#owesSync) this.storage.sync(MARKERS)
    return this.storage.append(file, bytes)
  }

  override sync(file: string): void {
    if (file === MARKERS) this.#owesSync = true
    else this.storage.sync(file)
  }
}

export class ReplyBeforeSyncCoordinator extends WriteCoordinator {
  protected override newGroupCommit(log: LogState): GroupCommit {
    return new GroupCommit(new LateSyncStorage(this.storage), this.batch, log)
  }
}
