// MM-1: the free list is acyclic, without duplicates, its length equals the count field, each listed slot is FREE.
//
// Checked after every step that wrote. For a manager that counts apart from its list, and so is right at no step in between, the count can
// be taken from elsewhere and compared at the end, once every dead peer is recovered.
//
// Cost: one word, and two for each listed slot.

import type { Invariant } from '../../sim/invariant.js'
import { END, FREE, generationOf, type ManagerWords, type ManagerWordsOf, stateOf } from './manager-words.js'

export interface FreeListCountedOptions<World> {
  /** What the manager says is available, compared at the end only. Default: the field in the head word, after every step. */
  readonly countAtEnd?: (world: World) => number
}

/** MM-1: the free list is sound, and its length is what is counted. */
export function freeListCounted<World>(memoryOf: ManagerWordsOf<World>, options: FreeListCountedOptions<World> = {}): Invariant<World> {
  const { countAtEnd } = options
  return {
    name: 'free-list-counted',
    when: 'writes',
    everyStep(world) {
      const memory = memoryOf(world)
      const length = walk(memory)
      if (typeof length === 'string') return length
      const count = memory.headCount()
      return countAtEnd !== undefined || count === length ? undefined : `the head counts ${count} listed slots, but there are ${length}`
    },
    atEnd(world) {
      const memory = memoryOf(world)
      if (countAtEnd === undefined || memory.anyDead()) return undefined
      const count = countAtEnd(world)
      const length = walk(memory)
      return count === length ? undefined : `${count} slots are counted as free, but ${length} are listed and no peer can move any more`
    },
  }
}

/** How long the list is, or what is wrong with it. */
function walk(memory: ManagerWords): number | string {
  let from = END
  let at = memory.headSlot()
  let length = 0
  while (at !== END) {
    if (at < 0 || at >= memory.capacity) return `${placeText(from)} leads to ${at}; expected a slot below ${memory.capacity} or the end`
    if (length === memory.capacity) return `the free list does not end: ${placeText(from)} leads back to slot ${at}`
    const word = memory.word(at)
    if (stateOf(word) !== FREE) return `slot ${at} is on the free list, but it is in use (generation ${generationOf(word)})`
    length++
    from = at
    at = memory.next(at)
  }
  return length
}

function placeText(slot: number): string {
  return slot === END ? 'the head of the free list' : `slot ${slot} of the free list`
}
