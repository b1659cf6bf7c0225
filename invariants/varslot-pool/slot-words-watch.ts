// Notices which slot words changed since it last looked. Shared by the invariants that judge changes.
//
// Cost: one word for each slot at each look.

import type { SlotMemory } from './slot-memory.js'

/** Judges one change; a message ends the look. */
export type JudgeChange = (classIdx: number, slotIdx: number, before: number, after: number) => string | undefined

export class SlotWordsWatch {
  #words = new Int32Array(0)

  /** Takes the words as they are. */
  begin(memory: SlotMemory): void {
    if (this.#words.length !== memory.slotCountTotal) this.#words = new Int32Array(memory.slotCountTotal)
    for (let classIdx = 0; classIdx < memory.classCount; classIdx++) {
      const firstSlot = memory.firstSlots[classIdx] as number
      const slotCount = memory.slotCounts[classIdx] as number
      for (let slotIdx = 0; slotIdx < slotCount; slotIdx++) this.#words[firstSlot + slotIdx] = memory.slotWord(classIdx, slotIdx)
    }
  }

  /** Hands each word that changed since the last look to `judge`. */
  look(memory: SlotMemory, judge: JudgeChange): string | undefined {
    const words = this.#words
    for (let classIdx = 0; classIdx < memory.classCount; classIdx++) {
      const firstSlot = memory.firstSlots[classIdx] as number
      const slotCount = memory.slotCounts[classIdx] as number
      for (let slotIdx = 0; slotIdx < slotCount; slotIdx++) {
        const before = words[firstSlot + slotIdx] as number
        const after = memory.slotWord(classIdx, slotIdx)
        if (before === after) continue
        words[firstSlot + slotIdx] = after
        const message = judge(classIdx, slotIdx, before, after)
        if (message !== undefined) return message
      }
    }
    return undefined
  }
}
