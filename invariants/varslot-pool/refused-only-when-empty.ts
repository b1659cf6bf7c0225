// VS-9: `allocate` returns undefined only if each fitting class was empty at some moment of the call.
//
// For each open call it is remembered which classes have been empty since it began; checked when the call returns undefined.
//
// Cost: one word for each class after every step that wrote, and one for each open call.

import type { Invariant } from '../../sim/invariant.js'
import { ACTORS_MAX } from '../open-calls.js'
import { ALLOCATING, type AllocateEvent, EXHAUSTED } from './slot-events.js'
import { END, type SlotMemory, type SlotMemoryOf } from './slot-memory.js'

/** VS-9: `allocate` gives up only if each class that fits was empty at some moment of the call. */
export function refusedOnlyWhenEmpty<World>(memoryOf: SlotMemoryOf<World>): Invariant<World> {
  /** Simulated peers that are inside `allocate`. */
  const open: number[] = []
  /** By peer and class: whether the class was empty since the peer's call began. */
  let seenEmpty = new Uint8Array(0)

  function look(memory: SlotMemory): void {
    if (open.length === 0) return
    for (let classIdx = 0; classIdx < memory.classCount; classIdx++) {
      if (memory.headIndex(classIdx) !== END) continue
      for (const peer of open) seenEmpty[peer * memory.classCount + classIdx] = 1
    }
  }

  function close(peer: number): void {
    const at = open.indexOf(peer)
    if (at >= 0) open.splice(at, 1)
  }

  function judge(memory: SlotMemory, peer: number, size: number): string | undefined {
    for (let classIdx = 0; classIdx < memory.classCount; classIdx++) {
      const slotSize = memory.slotSize(classIdx)
      if (slotSize < size || seenEmpty[peer * memory.classCount + classIdx] === 1) continue
      return `allocate of ${size} bytes returned undefined, but class ${classIdx} (slots of ${slotSize} bytes) was never empty during the call`
    }
    return undefined
  }

  return {
    name: 'refused-only-when-empty',
    when: 'writes',
    begin(world) {
      open.length = 0
      const count = ACTORS_MAX * memoryOf(world).classCount
      if (seenEmpty.length !== count) seenEmpty = new Uint8Array(count)
    },
    everyStep(world) {
      look(memoryOf(world))
      return undefined
    },
    onEvent(event, _history, world) {
      const memory = memoryOf(world)
      look(memory)
      let message: string | undefined
      if (event.kind === 'event' && event.name === EXHAUSTED) message = judge(memory, event.peer, (event.data as AllocateEvent).size)
      if (event.kind === 'event' || event.kind === 'crash') close(event.peer)
      if (event.kind === 'event' && event.name === ALLOCATING) {
        const row = event.peer * memory.classCount
        seenEmpty.fill(0, row, row + memory.classCount)
        open.push(event.peer)
        look(memory)
      }
      return message
    },
  }
}
