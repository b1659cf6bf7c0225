// VS-1: every free list ends, has no cycle, no duplicate, no slot of another class.
//
// A slot has one `next`, so a list that names a slot twice never ends: a walk that takes more steps than the class has slots
// proves either. Checked after every step that wrote.
//
// Cost: for each class one word, and one for each listed slot.

import type { Invariant } from '../../sim/invariant.js'
import { END, type SlotMemory, type SlotMemoryOf } from './slot-memory.js'

/** VS-1: every free list ends, without a cycle and without a slot that is none of the class's. */
export function freeListSound<World>(memoryOf: SlotMemoryOf<World>): Invariant<World> {
  return {
    name: 'free-list-sound',
    when: 'writes',
    everyStep(world) {
      const memory = memoryOf(world)
      for (let classIdx = 0; classIdx < memory.classCount; classIdx++) {
        const slotCount = memory.slotCounts[classIdx] as number
        let met = 0
        let at = memory.headIndex(classIdx)
        while (at >= 0 && at < slotCount && met <= slotCount) {
          at = memory.next(classIdx, at)
          met++
        }
        if (at !== END) return fault(memory, classIdx)
      }
      return undefined
    },
  }
}

/** Says what is wrong with a list that does not end. */
function fault(memory: SlotMemory, classIdx: number): string {
  const slotCount = memory.slotCounts[classIdx] as number
  const seen = new Set<number>()
  let before: number | undefined
  let at = memory.headIndex(classIdx)
  while (at >= 0 && at < slotCount && !seen.has(at)) {
    seen.add(at)
    before = at
    at = memory.next(classIdx, at)
  }
  const from = before === undefined ? 'the head' : `slot ${before}`
  if (!seen.has(at)) return `${from} of the free list of class ${classIdx} leads to ${at}; expected a slot below ${slotCount} or the end`
  if (at === before) return `slot ${at} of class ${classIdx} is on the free list twice: it leads to itself`
  return `slot ${at} of class ${classIdx} is on the free list twice: slot ${before} leads back to it`
}
