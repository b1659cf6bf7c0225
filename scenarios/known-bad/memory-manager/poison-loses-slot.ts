// H4: free ends the message before it looks whether it is poisoned, and then refuses to list the slot.

import { PoisonedError } from '../../../primitives/memory-manager/errors.js'
import { POISONED } from '../../../primitives/memory-manager/lock-word.js'
import { lockIndexOf, wordIndexOf } from '../../../primitives/memory-manager/manager-memory.js'
import { MessageSlots } from '../../../primitives/memory-manager/message-slots.js'
import { FREE, slotWordOf } from '../../../primitives/memory-manager/slot-word.js'
import { managerWith } from './manager-variant.js'

class PoisonLosesSlotSlots extends MessageSlots {
  override free(slotIdx: number, generation: number, peer: number, waitMsMax: number): void {
    const { words } = this.memory
    const lockIndex = lockIndexOf(this.memory, slotIdx)
    const wordIndex = wordIndexOf(this.memory, slotIdx)
    const lock = Atomics.load(words, lockIndex)
    if ((lock & POISONED) === 0) {
      super.free(slotIdx, generation, peer, waitMsMax)
      return
    }
    this.locks.lockFree(slotIdx, peer, waitMsMax)
    const word = Atomics.load(words, wordIndex)
    if (!this.isCurrent(word, generation)) {
      this.locks.unlockFree(slotIdx, peer, false)
      throw this.goneError(slotIdx, generation, word)
    }
    const freed = slotWordOf(FREE, 0, generation)
    Atomics.store(words, wordIndex, freed)
    this.locks.unlockFree(slotIdx, peer, false)
    throw new PoisonedError(slotIdx, generation)
  }
}

export const PoisonLosesSlotManager = managerWith({ Slots: PoisonLosesSlotSlots })
