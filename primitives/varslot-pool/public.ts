// What `heddle/primitives/varslot-pool` exports.

export { BadArgumentError, BadLayoutError, CorruptStateError, PeerStateError, PrimitiveError, ReleasedError } from '../errors.js'
export type { PeerState } from '../peer-table.js'
export type { IntentKind } from '../slot-intent.js'
export { DoubleFreeError, SizeTooLargeError, SlotRefRangeError, StaleSlotError } from './errors.js'
export type { IntentState, PeerEntryState, SizeClassState, SlotState, VarSlotPoolState } from './inspect.js'
export type { PoolLayout, PoolOptions, SizeClassConfig, SlotRef } from './layout.js'
export type { ReclaimOptions, ReclaimReport } from './reclaim.js'
export { type SlotReclaimer, VarSlotPool } from './varslot-pool.js'
