// For the tests of invariants: a pool's memory written word by word, and a history told event by event.

import type { HistoryEvent, Invariant } from '../sim/invariant.js'
import { SlotMemory } from './varslot-pool/slot-memory.js'

export interface World {
  readonly memory: SlotMemory
}

export const memoryOf = (world: World): SlotMemory => world.memory

const MAGIC = 0x31505356
const BLOCK_WORDS = 16
const SLOT_BYTES = 64

/** A pool in plain memory, by the published layout. Fresh: list 0, 1, ..., tag 0. */
export class Pool implements World {
  readonly memory: SlotMemory
  readonly #words: Int32Array
  readonly #classes: number

  /** @param slotCounts one entry for each class; its slots have 64, 128, ... bytes */
  constructor(slotCounts: readonly number[] = [3], peers = 4) {
    const metaBytes = slotCounts.map((count) => Math.ceil((count * 8) / 64) * 64)
    const headBytes = 64 * (1 + slotCounts.length + peers)
    const buffer = new SharedArrayBuffer(headBytes + metaBytes.reduce((sum, bytes) => sum + bytes, 0))
    const words = new Int32Array(buffer)
    words.set([MAGIC, 1, slotCounts.length, peers, buffer.byteLength, 0])
    let metaOffset = headBytes
    for (const [classIdx, slotCount] of slotCounts.entries()) {
      words.set([SLOT_BYTES * (classIdx + 1), slotCount, 0, 0, metaOffset, buffer.byteLength], BLOCK_WORDS * (1 + classIdx))
      for (let slot = 0; slot < slotCount; slot++) words[metaOffset / 4 + 2 * slot + 1] = slot === slotCount - 1 ? -1 : slot + 1
      metaOffset += metaBytes[classIdx] as number
    }
    this.#words = words
    this.#classes = slotCounts.length
    this.memory = new SlotMemory(buffer)
  }

  /** Sets the head of a class's list; the tag goes up by one unless told. */
  head(slot: number, options: { classIdx?: number; tag?: number } = {}): this {
    const at = BLOCK_WORDS * (1 + (options.classIdx ?? 0)) + 2
    this.#words[at] = slot
    this.#words[at + 1] = options.tag ?? ((this.#words[at + 1] as number) + 1) | 0
    return this
  }

  next(slot: number, next: number, classIdx = 0): this {
    this.#words[this.#meta(classIdx, slot) + 1] = next
    return this
  }

  allocated(slot: number, owner: number, generation: number, classIdx = 0): this {
    this.#words[this.#meta(classIdx, slot)] = (1 << 31) | (owner << 23) | generation
    return this
  }

  free(slot: number, generation: number, classIdx = 0): this {
    this.#words[this.#meta(classIdx, slot)] = generation
    return this
  }

  /** @param kind 1 allocates, 2 frees, 3 recovers; 0 takes the intent away */
  intent(peer: number, kind: number, slot = 0, classIdx = 0): this {
    this.#words[this.#peer(peer) + 1] = kind === 0 ? 0 : (kind << 30) | (classIdx << 24) | slot
    return this
  }

  state(peer: number, state: 'empty' | 'live' | 'dead'): this {
    this.#words[this.#peer(peer)] = (1 << 2) | ['empty', 'live', 'dead'].indexOf(state)
    return this
  }

  word(index: number, value: number): this {
    this.#words[index] = value
    return this
  }

  #meta(classIdx: number, slot: number): number {
    return (this.#words[BLOCK_WORDS * (1 + classIdx) + 4] as number) / 4 + 2 * slot
  }

  #peer(peer: number): number {
    return BLOCK_WORDS * (1 + this.#classes + peer)
  }
}

/** Shows an invariant what happens, and keeps the first thing that it says. */
export class Story<W> {
  message: string | undefined
  readonly #invariant: Invariant<W>
  readonly #world: W
  readonly #history: HistoryEvent[] = []

  constructor(invariant: Invariant<W>, world: W) {
    this.#invariant = invariant
    this.#world = world
    invariant.begin?.(world)
  }

  /** A step that may have written. */
  step(actor = 0): this {
    this.message ??= this.#invariant.everyStep?.(this.#world, actor)
    return this
  }

  event(peer: number, name: string, data?: unknown): this {
    return this.tell('event', peer, name, data)
  }

  tell(kind: HistoryEvent['kind'], peer: number, name = '', data: unknown = undefined): this {
    const event: HistoryEvent = { kind, name, peer, incarnation: 0, step: this.#history.length, data }
    this.#history.push(event)
    this.message ??= this.#invariant.onEvent?.(event, this.#history, this.#world)
    return this
  }

  end(): this {
    this.message ??= this.#invariant.atEnd?.(this.#world, this.#history)
    return this
  }
}

/** Data of an event about slot `slotIdx` of class 0. */
export function slot(as: number, slotIdx: number, generation: number) {
  return { as, classIdx: 0, slotIdx, generation }
}
