// What `heddle/primitives/memory-manager` exports.

export { BadArgumentError, BadLayoutError, CorruptStateError, PeerStateError, PrimitiveError, ReleasedError } from '../errors.js'
export type { PeerState } from '../peer-table.js'
export {
  AlreadyBorrowedError,
  BadTokenError,
  BorrowActiveError,
  LockTimeoutError,
  NoFreeSlotsError,
  NotAllocatedError,
  PayloadTooLargeError,
  PoisonedError,
  StaleTokenError,
} from './errors.js'
export { ConcurrentHeaderGuard } from './header-guard.js'
export type { ManagerPeerState, ManagerState, MessageSlotState, SlotLockState } from './inspect.js'
export type { ManagerOptions } from './layout.js'
export type { MemoryClass } from './memory-class.js'
export { ConcurrentMemoryManager, type MemoryManager, type WaitOptions } from './memory-manager.js'
export type { Message, MessageHeader } from './message.js'
export type { RecoverReport } from './peer-recovery.js'
export { ConcurrentReadGuard } from './read-guard.js'
export { INVALID_TOKEN, type MessageToken } from './token.js'
export { ConcurrentWriteGuard } from './write-guard.js'
