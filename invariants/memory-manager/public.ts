// What `heddle/invariants/memory-manager` exports: the invariants of ConcurrentMemoryManager. The specification's numbers stand in each
// file's header.

export { availableInRange } from './available-in-range.js'
export { type FreeListCountedOptions, freeListCounted } from './free-list-counted.js'
export { guardedBytesHold } from './guarded-bytes-hold.js'
export type { GuardEvent, GuardKind, MessageEvent, RecoverEvent, RefusedEvent, StoringEvent } from './manager-events.js'
export * as managerEvents from './manager-events.js'
export { ManagerWords, type ManagerWordsOf } from './manager-words.js'
export { noFreeUnderGuard } from './no-free-under-guard.js'
export { nobodyWaitsForNothing } from './nobody-waits-for-nothing.js'
export { nothingLeftOfTheDead } from './nothing-left-of-the-dead.js'
export { oneFreePerMessage } from './one-free-per-message.js'
export { oneMessagePerSlot } from './one-message-per-slot.js'
export { poisonMeansBrokenWrite } from './poison-means-broken-write.js'
export { refusalLeavesNothing } from './refusal-leaves-nothing.js'
export { unlistedSlotsAreNamed } from './unlisted-slots-are-named.js'
export { writerIsAlone } from './writer-is-alone.js'
