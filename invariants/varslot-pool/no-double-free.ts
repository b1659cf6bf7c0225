// VS-4: exactly one `free` per allocation succeeds; every other one throws.
//
// Checked when `free` returns or throws, and at the end. A refused free is right only if somebody else freed that allocation: another
// call of `free`, or a reclaim of any peer.
//
// Cost: nothing after a step; one map entry for each allocation that is freed.

import type { Invariant } from '../../sim/invariant.js'
import { FREE_REFUSED, FREED, FREEING, RECLAIMING, type SlotEvent } from './slot-events.js'
import { GENERATION_MAX, slotText } from './slot-memory.js'

interface Frees {
  readonly classIdx: number
  readonly slotIdx: number
  readonly generation: number
  /** Calls of `free` begun, ended well, refused. */
  begun: number
  succeeded: number
  refused: number
}

/** VS-4: of all calls that free one allocation exactly one succeeds. */
export function noDoubleFree(): Invariant {
  const frees = new Map<number, Frees>()
  /** Whether any reclaim began: it may free slots too. */
  let reclaims = false

  return {
    name: 'no-double-free',
    begin() {
      frees.clear()
      reclaims = false
    },
    onEvent(event) {
      if (event.kind !== 'event') return undefined
      switch (event.name) {
        case RECLAIMING:
          reclaims = true
          return undefined
        case FREEING:
          recordOf(frees, event.data as SlotEvent).begun++
          return undefined
        case FREED: {
          const record = recordOf(frees, event.data as SlotEvent)
          record.succeeded++
          return record.succeeded > 1 ? `${allocationText(record)} was freed ${record.succeeded} times: two calls of free succeeded` : undefined
        }
        case FREE_REFUSED: {
          const record = recordOf(frees, event.data as SlotEvent)
          record.refused++
          return record.begun === 1 && !reclaims ? `the only free of ${allocationText(record)} was refused` : undefined
        }
        default:
          return undefined
      }
    },
    atEnd() {
      if (reclaims) return undefined
      for (const record of frees.values()) {
        if (record.succeeded === 0 && record.refused === record.begun) return `each of the ${record.begun} frees of ${allocationText(record)} was refused`
      }
      return undefined
    },
  }
}

function recordOf(frees: Map<number, Frees>, { classIdx, slotIdx, generation }: SlotEvent): Frees {
  // 6 bits of class, 24 of slot, 23 of generation: 53 bits, exact in a number.
  const key = (classIdx * 2 ** 24 + slotIdx) * (GENERATION_MAX + 1) + generation
  let record = frees.get(key)
  if (record === undefined) {
    record = { classIdx, slotIdx, generation, begun: 0, succeeded: 0, refused: 0 }
    frees.set(key, record)
  }
  return record
}

function allocationText(record: Frees): string {
  return `${slotText(record.classIdx, record.slotIdx)}, generation ${record.generation},`
}
