// The pools that a scenario is made for: the good one, and the known-bad variants that it must find.

import { VarSlotPool } from 'heddle/primitives/varslot-pool'
import type { Judged } from '../judged.js'
import type { SlotPoolClass } from '../known-bad/varslot-pool/slot-pool.js'

export interface Subject extends Judged {
  readonly pool: SlotPoolClass
}

export const good: Subject = { pool: VarSlotPool }
