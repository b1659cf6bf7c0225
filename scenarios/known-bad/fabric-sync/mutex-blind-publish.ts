// H3: the lock word is stored, not swapped, when the value is published.
//
// The holder checks its lease and pauses past its expiry. Another takes the lock over and publishes; the zombie's store undoes that.

import { MutexSteps } from '../../../primitives/fabric-sync/mutex-steps.js'
import { unlockedWord } from '../../../primitives/fabric-sync/mutex-word.js'

export class BlindPublish<T> extends MutexSteps<T> {
  override unlock(fence: number, _cell: number, nextCell: number): void {
    const { longs, pair } = this.session.memory
    const { mainIndex } = this.block
    this.session.own()
    const unlocked = unlockedWord(pair, nextCell, fence)
    Atomics.store(longs, mainIndex, unlocked)
    Atomics.notify(longs, mainIndex)
  }
}
