// H6: 0 is a token: that of slot 0, whatever it holds. A queue entry that was never filled frees a message.

import { MessageSlots } from '../../../primitives/memory-manager/message-slots.js'
import { isReady } from '../../../primitives/memory-manager/slot-word.js'
import { INVALID_TOKEN } from '../../../primitives/memory-manager/token.js'
import { managerWith } from './manager-variant.js'

const ANY_GENERATION = 0

class DefaultTokenValidSlots extends MessageSlots {
  override requireToken(token: number): void {
    if (token !== INVALID_TOKEN) super.requireToken(token)
  }

  protected override isCurrent(word: number, generation: number): boolean {
    return generation === ANY_GENERATION ? isReady(word) : super.isCurrent(word, generation)
  }
}

export const DefaultTokenValidManager = managerWith({ Slots: DefaultTokenValidSlots })
