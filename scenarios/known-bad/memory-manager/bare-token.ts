// H3: a token is a slot index; its generation is not looked at. After a free and a store into the same slot an old token names the new
// message.

import { MessageSlots } from '../../../primitives/memory-manager/message-slots.js'
import { isReady } from '../../../primitives/memory-manager/slot-word.js'
import { managerWith } from './manager-variant.js'

class BareTokenSlots extends MessageSlots {
  protected override isCurrent(word: number): boolean {
    return isReady(word)
  }
}

export const BareTokenManager = managerWith({ Slots: BareTokenSlots })
