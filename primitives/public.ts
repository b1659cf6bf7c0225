// What `heddle/primitives` exports.

export { BadArgumentError, BadLayoutError, CorruptStateError, PeerStateError, PrimitiveError, ReleasedError } from './errors.js'
export type { PeerState } from './peer-table.js'
export type { IntentKind } from './slot-intent.js'
export { DoubleFreeError, SizeTooLargeError, SlotRefRangeError, StaleSlotError } from './varslot-errors.js'
export type { IntentState, PeerEntryState, SizeClassState, SlotState, VarSlotPoolState } from './varslot-inspect.js'
export type { PoolLayout, PoolOptions, SizeClassConfig, SlotRef } from './varslot-layout.js'
export { type SlotReclaimer, VarSlotPool } from './varslot-pool.js'
export type { ReclaimOptions, ReclaimReport } from './varslot-reclaim.js'
