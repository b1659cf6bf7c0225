// H7: a message is looked at by the index of its slot. Between the call that takes the front token and the one that peeks the header the
// slot may be freed and filled again.

import { PoisonedError } from '../../../primitives/memory-manager/errors.js'
import { POISONED } from '../../../primitives/memory-manager/lock-word.js'
import { wordIndexOf } from '../../../primitives/memory-manager/manager-memory.js'
import { MessageSlots } from '../../../primitives/memory-manager/message-slots.js'
import { isReady } from '../../../primitives/memory-manager/slot-word.js'
import { managerWith } from './manager-variant.js'

class PeekByIndexSlots extends MessageSlots {
  override faultOf(slotIdx: number, generation: number, lock: number) {
    const wordIndex = wordIndexOf(this.memory, slotIdx)
    const word = Atomics.load(this.memory.words, wordIndex)
    if (!isReady(word)) return this.goneError(slotIdx, generation, word)
    return (lock & POISONED) === 0 ? undefined : new PoisonedError(slotIdx, generation)
  }
}

export const PeekByIndexManager = managerWith({ Slots: PeekByIndexSlots })
