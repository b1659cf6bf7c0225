// What a scenario asks of a pool, so that the good one and the known-bad variants take turns.

import type { PoolOptions, SizeClassConfig } from '../../../primitives/varslot-pool/layout.js'
import type { VarSlotPool } from '../../../primitives/varslot-pool/public.js'

/** All that a VarSlotPool offers. */
export type SlotPool = Pick<VarSlotPool, keyof VarSlotPool>

/** What a scenario asks of a pool's class. */
export interface SlotPoolClass {
  requiredSize(configs: readonly SizeClassConfig[], options?: PoolOptions): number
  init(buffer: SharedArrayBuffer, baseOffset: number, configs: readonly SizeClassConfig[], options?: PoolOptions): SlotPool
  attach(buffer: SharedArrayBuffer, baseOffset: number, configs: readonly SizeClassConfig[]): SlotPool
}
