// FS-13: no primitive changes a byte outside its own.
//
// What a peer changes in the arena while it works on a primitive lies inside that one's bytes, also where others have cells and seats of their
// own; a peer that works on none changes nothing. Leases and ranges lie before the arena. That the bytes of two primitives do not overlap
// stands in ranges-apart.ts.
//
// Checked after every step that wrote, and when an operation begins and ends. Cost: a comparison for each word of the fabric. For small arenas.

import type { Invariant } from '../../sim/invariant.js'
import { OPERATION, OPERATION_DONE, OPERATION_REFUSED, type OperationEvent } from './fabric-events.js'
import { type FabricWords, type FabricWordsOf, fabricWatch } from './fabric-words.js'

/** FS-13: each primitive keeps to its own bytes. Every call of one is reported with its place. */
export function keepsToItsBytes<World>(wordsOf: FabricWordsOf<World>): Invariant<World> {
  /** By peer: what it is inside of. */
  const running = new Map<number, OperationEvent>()
  const watch = fabricWatch()
  // What is being judged.
  let arenaOffset = 0
  let actor = 0

  function judgeWord(at: number): string | undefined {
    const offset = 4 * at - arenaOffset
    if (offset < 0) return undefined
    const operation = running.get(actor)
    const place = operation?.place
    if (operation === undefined || place === undefined) return `peer ${actor} changed byte ${offset} of the arena, and worked on no primitive`
    const { what, baseOffset, byteLength } = place
    if (offset >= baseOffset && offset < baseOffset + byteLength) return undefined
    return `${operation.operation} of the ${what} at ${baseOffset} changed byte ${offset} of the arena; its own are ${baseOffset} to ${baseOffset + byteLength - 1}`
  }

  /** Judges what changed since the last look, which `peer` did. */
  function judge(words: FabricWords, peer: number): string | undefined {
    arenaOffset = words.arenaOffset
    actor = peer
    return watch.look(words, judgeWord)
  }

  return {
    name: 'keeps-to-its-bytes',
    when: 'writes',
    begin(world) {
      running.clear()
      watch.begin(wordsOf(world))
    },
    everyStep: (world, peer) => judge(wordsOf(world), peer),
    onEvent(event, _history, world) {
      if (event.kind === 'crash') running.delete(event.peer)
      if (event.kind !== 'event') return undefined
      if (event.name !== OPERATION && event.name !== OPERATION_DONE && event.name !== OPERATION_REFUSED) return undefined
      const message = judge(wordsOf(world), event.peer)
      if (event.name === OPERATION) running.set(event.peer, event.data as OperationEvent)
      else running.delete(event.peer)
      return message
    },
  }
}
