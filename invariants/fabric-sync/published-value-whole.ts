// FS-3, first half: the published cell is one complete value, the last one published.
//
// A publication is a step that unlocks the main word with the same fence and another cell; what it publishes is what the holder of that fence
// said. Between two publications neither the choice of the cell nor a word of it may change. Checked after every step that wrote.
//
// Cost: the main word and the words of one cell.

import type { Invariant } from '../../sim/invariant.js'
import { RELEASING, type ReleaseEvent } from './fabric-events.js'
import { type MutexWords, type MutexWordsOf, UNLOCKED } from './mutex-words.js'

/** FS-3: the published cell holds the last published value, whole, after every step. */
export function publishedValueWhole<World>(mutexOf: MutexWordsOf<World>): Invariant<World> {
  /** The data words of the last published value. */
  let published: readonly number[] = []
  let holderBefore = UNLOCKED
  let fenceBefore = 0
  let cellBefore = 0
  /** By fence: the data words that its holder is about to publish. */
  const announced = new Map<number, readonly number[]>()

  function changeOf(mutex: MutexWords): string | undefined {
    const holder = mutex.holder()
    const fence = mutex.fence()
    const cell = mutex.cell()
    const publishes = holderBefore !== UNLOCKED && holder === UNLOCKED && fence === fenceBefore && cell !== cellBefore
    const text =
      cell === cellBefore || publishes ? undefined : `the published cell changed from ${cellBefore} to ${cell} other than by the holder of fence ${fenceBefore}`
    holderBefore = holder
    fenceBefore = fence
    cellBefore = cell
    if (!publishes) return text
    const to = announced.get(fence)
    if (to === undefined) return `fence ${fence} published without a value that was set`
    published = to
    return undefined
  }

  return {
    name: 'published-value-whole',
    when: 'writes',
    begin(world) {
      const mutex = mutexOf(world)
      holderBefore = mutex.holder()
      fenceBefore = mutex.fence()
      cellBefore = mutex.cell()
      published = mutex.cellData(cellBefore)
      announced.clear()
    },
    everyStep(world) {
      const mutex = mutexOf(world)
      const message = changeOf(mutex)
      if (message !== undefined) return message
      const cell = mutex.cell()
      for (let word = 0; word < published.length; word++) {
        if (mutex.data(cell, word) !== published[word])
          return `the published cell ${cell} holds ${mutex.cellText(cell)}; expected [${published.join(' ')}], the last value published`
      }
      return undefined
    },
    onEvent(event) {
      if (event.kind !== 'event' || event.name !== RELEASING) return undefined
      const { fence, to } = event.data as ReleaseEvent
      announced.set(fence, to)
      return undefined
    },
  }
}
