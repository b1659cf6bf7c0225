// FS-13: claimed ranges do not overlap; no primitive changes a byte outside its own.
//
// Two claims of one range may stand beside each other for a moment, until each claimer has looked again; what counts is what `create` returned
// for. A byte outside: one that no claim covers, or one of another primitive's header, which nothing but its creator writes, except for its
// main word. Checked when a primitive was made, and after every step that wrote.
//
// Cost: a comparison for each word of the arena, and two for each range. For small arenas.

import type { Invariant } from '../../sim/invariant.js'
import { CREATED, type CreatedEvent } from './fabric-events.js'
import { BODY_OFFSET, type FabricWords, type FabricWordsOf } from './fabric-words.js'

interface Created extends CreatedEvent {
  /** The words of the header as the creator left them. */
  readonly header: readonly number[]
}

const MAIN_FIRST = 8
const MAIN_LAST = 9
const HEADER_WORDS = BODY_OFFSET / 4

/** FS-13: primitives lie side by side, and each keeps to its own bytes. */
export function rangesApart<World>(wordsOf: FabricWordsOf<World>): Invariant<World> {
  const created: Created[] = []
  /** The arena at the begin of the execution. */
  let before = new Int32Array(0)
  /** By word of the arena: whether a claim covers it, by the claims that are there. */
  let covered = new Uint8Array(0)
  /** Offset and length of each claim, as `covered` has them. */
  let claims = new Int32Array(0)

  /** Brings `covered` up to date. */
  function cover(words: FabricWords): void {
    let changed = false
    for (let at = 0; at < words.rangeCapacity; at++) {
      if (claims[2 * at] === words.rangeOffset(at) && claims[2 * at + 1] === words.rangeLength(at)) continue
      claims[2 * at] = words.rangeOffset(at)
      claims[2 * at + 1] = words.rangeLength(at)
      changed = true
    }
    if (!changed) return
    covered.fill(0)
    for (let at = 0; at < words.rangeCapacity; at++) {
      const first = words.rangeOffset(at) / 4
      covered.fill(1, first, first + words.rangeLength(at) / 4)
    }
  }

  return {
    name: 'ranges-apart',
    when: 'writes',
    begin(world) {
      const words = wordsOf(world)
      created.length = 0
      const count = words.arenaBytes / 4
      if (before.length !== count) {
        before = new Int32Array(count)
        covered = new Uint8Array(count)
      }
      if (claims.length !== 2 * words.rangeCapacity) claims = new Int32Array(2 * words.rangeCapacity)
      for (let word = 0; word < count; word++) before[word] = words.arenaWord(4 * word)
      covered.fill(0)
      claims.fill(0)
    },
    everyStep(world) {
      const words = wordsOf(world)
      for (const { baseOffset, what, header } of created) {
        for (let word = 0; word < HEADER_WORDS; word++) {
          if (word >= MAIN_FIRST && word <= MAIN_LAST) continue
          const found = words.arenaWord(baseOffset + 4 * word)
          if (found !== header[word])
            return `the header of the ${what} at ${baseOffset} was overwritten: its word ${word} is ${found}; expected ${header[word]}`
        }
      }
      cover(words)
      for (let word = 0; word < before.length; word++) {
        const found = words.arenaWord(4 * word)
        if (covered[word] === 0 && found !== before[word])
          return `byte ${4 * word} of the arena belongs to no primitive, but holds ${found}; expected ${before[word]}`
      }
      return undefined
    },
    onEvent(event, _history, world) {
      if (event.kind !== 'event' || event.name !== CREATED) return undefined
      const made = event.data as CreatedEvent
      const words = wordsOf(world)
      for (const other of created) {
        const apart = made.baseOffset + made.byteLength <= other.baseOffset || other.baseOffset + other.byteLength <= made.baseOffset
        if (!apart) return `the ${made.what} at ${made.baseOffset} and the ${other.what} at ${other.baseOffset} were both made, and overlap`
      }
      created.push({ ...made, header: Array.from({ length: HEADER_WORDS }, (_, word) => words.arenaWord(made.baseOffset + 4 * word)) })
      return undefined
    },
  }
}
