// What a manager is made of. The known-bad variants replace one class each.

import { CountedSlotList } from './counted-slot-list.js'
import type { ManagerMemory } from './manager-memory.js'
import { MessageData } from './message-data.js'
import { MessageSlots } from './message-slots.js'
import { PeerRecovery } from './peer-recovery.js'
import { SlotLocks } from './slot-locks.js'

export interface ManagerClasses {
  readonly List: typeof CountedSlotList
  readonly Locks: typeof SlotLocks
  readonly Slots: typeof MessageSlots
  readonly Recovery: typeof PeerRecovery
}

/** All of one handle. */
export interface ManagerParts {
  readonly memory: ManagerMemory
  readonly list: CountedSlotList
  readonly locks: SlotLocks
  readonly data: MessageData
  readonly slots: MessageSlots
  readonly recovery: PeerRecovery
}

export const MANAGER_CLASSES: ManagerClasses = { List: CountedSlotList, Locks: SlotLocks, Slots: MessageSlots, Recovery: PeerRecovery }

export function partsOf(memory: ManagerMemory, { List, Locks, Slots, Recovery }: ManagerClasses = MANAGER_CLASSES): ManagerParts {
  const list = new List(memory.listPlace)
  const locks = new Locks(memory)
  const data = new MessageData(memory)
  return { memory, list, locks, data, slots: new Slots(memory, list, locks, data), recovery: new Recovery(memory, list, locks) }
}
