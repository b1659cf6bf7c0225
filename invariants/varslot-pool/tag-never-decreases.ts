// VS-10: the tag never decreases (mod 2^32); it changes by one per head change, also across an empty list.
//
// Checked after every step that wrote: one step changes a head at most once.
//
// Cost: two words for each class.

import type { Invariant } from '../../sim/invariant.js'
import type { SlotMemoryOf } from './slot-memory.js'

/** VS-10: each change of a free list's head adds one to its tag (mod 2^32), and nothing else changes the tag. */
export function tagNeverDecreases<World>(memoryOf: SlotMemoryOf<World>): Invariant<World> {
  let heads = new Int32Array(0)
  let tags = new Uint32Array(0)
  return {
    name: 'tag-never-decreases',
    when: 'writes',
    begin(world) {
      const memory = memoryOf(world)
      if (heads.length !== memory.classCount) {
        heads = new Int32Array(memory.classCount)
        tags = new Uint32Array(memory.classCount)
      }
      for (let classIdx = 0; classIdx < memory.classCount; classIdx++) {
        heads[classIdx] = memory.headIndex(classIdx)
        tags[classIdx] = memory.headTag(classIdx)
      }
    },
    everyStep(world) {
      const memory = memoryOf(world)
      for (let classIdx = 0; classIdx < heads.length; classIdx++) {
        const headBefore = heads[classIdx] as number
        const tagBefore = tags[classIdx] as number
        const head = memory.headIndex(classIdx)
        const tag = memory.headTag(classIdx)
        if (head === headBefore && tag === tagBefore) continue
        heads[classIdx] = head
        tags[classIdx] = tag
        const expected = (tagBefore + 1) >>> 0
        if (tag !== expected)
          return `the head of class ${classIdx} went from ${headBefore} to ${head} and its tag from ${tagBefore} to ${tag}; expected ${expected}`
        if (head === headBefore) return `the tag of class ${classIdx} went from ${tagBefore} to ${tag}, but its head stayed ${head}`
      }
      return undefined
    },
  }
}
