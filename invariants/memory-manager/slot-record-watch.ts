// Notices which slot words, or lock words, changed since it last looked. Shared by the invariants that judge changes.
//
// Cost: one word for each slot at each look.

import type { ManagerWords } from './manager-words.js'

/** Judges one change; a message ends the look. */
export type JudgeChange = (slot: number, before: number, after: number) => string | undefined

export class SlotRecordWatch {
  readonly #which: 'word' | 'lock'
  #seen = new Int32Array(0)

  constructor(which: 'word' | 'lock') {
    this.#which = which
  }

  /** Takes the words as they are. */
  begin(memory: ManagerWords): void {
    if (this.#seen.length !== memory.capacity) this.#seen = new Int32Array(memory.capacity)
    for (let slot = 0; slot < memory.capacity; slot++) this.#seen[slot] = this.#read(memory, slot)
  }

  /** Hands each word that changed since the last look to `judge`. */
  look(memory: ManagerWords, judge: JudgeChange): string | undefined {
    for (let slot = 0; slot < memory.capacity; slot++) {
      const before = this.#seen[slot] as number
      const after = this.#read(memory, slot)
      if (before === after) continue
      this.#seen[slot] = after
      const message = judge(slot, before, after)
      if (message !== undefined) return message
    }
    return undefined
  }

  #read(memory: ManagerWords, slot: number): number {
    return this.#which === 'word' ? memory.word(slot) : memory.lock(slot)
  }
}
