// H12: no intents. A peer that dies between two steps of a store or a free takes the slot with it: it is free, unlisted, and nothing says
// who had it.

import { CountedSlotList } from '../../../primitives/memory-manager/counted-slot-list.js'
import { managerWith } from './manager-variant.js'

class NoIntentList extends CountedSlotList {
  override announce(): void {}

  override withdraw(): void {}
}

export const NoIntentManager = managerWith({ List: NoIntentList })
