// Which byte ranges of the arena belong to primitives.
//
//   range word   low half byte offset, high half length, both in bytes of the arena; the whole word 0 = unused
//
// Ordering of a claim: look at all words, swap the range into an unused one, look at all others again. Of two parties that claim overlapping
// ranges each swaps before it looks again, so at least one sees the other; that one takes its range back. Both may see each other: then
// neither gets it. A party that dies after the swap leaves its range claimed, until a host that knows of the death frees it.

import { BadLayoutError, show } from '../errors.js'
import { FabricError } from './fabric-error.js'
import type { FabricMemory } from './fabric-memory.js'

const UNUSED = 0n

/** Claims `byteLength` bytes at `baseOffset`. Throws BadLayoutError on an overlap, FabricError `CapacityExceeded` when all words are in use. */
export function claimRange(memory: FabricMemory, baseOffset: number, byteLength: number): void {
  const { longs, pair, firstRangeIndex, format } = memory
  const range = pair.join(baseOffset, byteLength)
  for (let word = 0; word < format.rangeCapacity; word++) requireApart(memory, word, baseOffset, byteLength)
  for (let word = 0; word < format.rangeCapacity; word++) {
    const seen = Atomics.compareExchange(longs, firstRangeIndex + word, UNUSED, range)
    if (seen !== UNUSED) continue
    for (let other = 0; other < format.rangeCapacity; other++) {
      if (other === word) continue
      const overlap = overlapWith(memory, other, baseOffset, byteLength)
      if (overlap === undefined) continue
      Atomics.store(longs, firstRangeIndex + word, UNUSED)
      throw overlap
    }
    return
  }
  throw new FabricError('CapacityExceeded', `expected one of the ${format.rangeCapacity} range words to be unused, got all of them in use`)
}

/** Throws BadLayoutError unless a claimed range begins at `baseOffset`. */
export function requireRangeAt(memory: FabricMemory, baseOffset: number): void {
  const { longs, pair, firstRangeIndex, format } = memory
  for (let word = 0; word < format.rangeCapacity; word++) {
    const range = Atomics.load(longs, firstRangeIndex + word)
    if (range !== UNUSED && pair.low(range) === baseOffset) return
  }
  throw new BadLayoutError(`expected baseOffset to be that of a primitive, got ${show(baseOffset)}, where no range begins`)
}

/** Gives back every range that begins at `baseOffset`: one, or more where creators died while they raced for it. */
export function freeRangesAt(memory: FabricMemory, baseOffset: number): void {
  const { longs, pair, firstRangeIndex, format } = memory
  for (let word = 0; word < format.rangeCapacity; word++) {
    const range = Atomics.load(longs, firstRangeIndex + word)
    if (range !== UNUSED && pair.low(range) === baseOffset) Atomics.store(longs, firstRangeIndex + word, UNUSED)
  }
}

function requireApart(memory: FabricMemory, word: number, baseOffset: number, byteLength: number): void {
  const overlap = overlapWith(memory, word, baseOffset, byteLength)
  if (overlap !== undefined) throw overlap
}

/** The error that says how the range in word `word` overlaps these bytes; undefined if it does not. One load. */
function overlapWith(memory: FabricMemory, word: number, baseOffset: number, byteLength: number): BadLayoutError | undefined {
  const { longs, pair, firstRangeIndex } = memory
  const range = Atomics.load(longs, firstRangeIndex + word)
  if (range === UNUSED) return undefined
  const otherOffset = pair.low(range)
  const otherLength = pair.high(range)
  if (otherOffset + otherLength <= baseOffset || baseOffset + byteLength <= otherOffset) return undefined
  return new BadLayoutError(
    `expected bytes ${baseOffset} to ${baseOffset + byteLength - 1} of the arena to belong to no primitive, got one at ${otherOffset} to ${otherOffset + otherLength - 1}`,
  )
}
