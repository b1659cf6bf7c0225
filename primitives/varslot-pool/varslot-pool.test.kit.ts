// Shared by the tests of VarSlotPool: raw words at the offsets of the specification, the pool's invariants, and a hook on
// `Atomics` that records steps, crashes a peer before a step, or lets another peer run before it.
//
// The hook works because production code calls `Atomics.load(...)` and so on; it is in place only while `fn` runs.

import { hooked } from '../hooked-atomics.test.kit.js'
import { type SizeClassConfig, type SlotRef, VarSlotPool } from './public.js'

/** More steps than any operation or workload of the tests takes: bounds the loops that crash or pause at every step. */
export const STEPS_MAX = 200

/** A pool of its own buffer, with all its peers joined through the one handle. */
export function newPool(configs: readonly SizeClassConfig[], peerCapacity: number, base = 0): { buffer: SharedArrayBuffer; pool: VarSlotPool; raw: RawPool } {
  const buffer = new SharedArrayBuffer(base + VarSlotPool.requiredSize(configs, { peerCapacity }))
  const pool = VarSlotPool.init(buffer, base, configs, { peerCapacity })
  for (let peer = 0; peer < peerCapacity; peer++) pool.joinPeer(peer)
  return { buffer, pool, raw: new RawPool(buffer, base, configs, peerCapacity) }
}

/** Allocates a slot that must be there. */
export function take(pool: VarSlotPool, size: number, peer: number): SlotRef {
  const ref = pool.allocate(size, peer)
  if (ref === undefined) throw new Error('expected a free slot')
  return ref
}

/** Who owns each slot of class 0; `-` where it is free. */
export function owners(pool: VarSlotPool): (number | '-')[] {
  return pool.inspect().classes[0]?.slots.map((slot) => (slot.state === 'free' ? '-' : slot.owner)) ?? []
}

/** Reads and writes a pool's words behind its back. Offsets are computed here, from the specification's section 3. */
export class RawPool {
  readonly words: Int32Array
  readonly #peerTable: number
  readonly #metas: number[] = []

  constructor(buffer: SharedArrayBuffer, base: number, configs: readonly SizeClassConfig[], peerCapacity: number) {
    this.words = new Int32Array(buffer, base)
    this.#peerTable = 64 + 64 * configs.length
    let end = this.#peerTable + 64 * peerCapacity
    for (const { slotSize, slotCount } of configs) {
      this.#metas.push(end)
      end = roundUp(roundUp(end + 8 * slotCount) + slotSize * slotCount)
    }
  }

  status(peer: number): number {
    return this.#peerTable / 4 + 16 * peer
  }

  intent(peer: number): number {
    return this.status(peer) + 1
  }

  slot(classIdx: number, slotIdx: number): number {
    return (this.#metas[classIdx] as number) / 4 + 2 * slotIdx
  }

  next(classIdx: number, slotIdx: number): number {
    return this.slot(classIdx, slotIdx) + 1
  }

  /** Index of the low half of a free head; the tag is the word after it. */
  head(classIdx: number): number {
    return (64 + 64 * classIdx + 8) / 4
  }

  get lock(): number {
    return 5
  }

  /** `intent[0]`, `word[0][3]`, ...: the name of the word at a byte offset from the base. */
  name(byteOffset: number): string {
    const index = byteOffset / 4
    if (index === this.lock) return 'reclaimLock'
    if (byteOffset < this.#peerTable) return byteOffset % 64 === 8 ? `freeHead[${(byteOffset - 72) / 64}]` : `header+${byteOffset}`
    const firstMeta = this.#metas[0] as number
    if (byteOffset < firstMeta) {
      const peer = Math.floor((byteOffset - this.#peerTable) / 64)
      return `${['status', 'intent', 'nap'][index - this.status(peer)]}[${peer}]`
    }
    let classIdx = this.#metas.length - 1
    while ((this.#metas[classIdx] as number) > byteOffset) classIdx -= 1
    const inMeta = index - this.slot(classIdx, 0)
    return `${inMeta % 2 === 0 ? 'word' : 'next'}[${classIdx}][${Math.floor(inMeta / 2)}]`
  }
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / 64) * 64
}

/** Ends a peer between two steps. Nothing in production code catches it. */
export class Crash extends Error {}

/** The steps that `fn` takes, as `load word[0][1]`. */
export function stepsOf(raw: RawPool, fn: () => unknown): string[] {
  const steps: string[] = []
  hooked((_, operation, array, index) => {
    const byteOffset = array.byteOffset - raw.words.byteOffset + index * array.BYTES_PER_ELEMENT
    steps.push(`${operation} ${raw.name(byteOffset)}`)
  }, fn)
  return steps
}

/** Runs `fn` and ends it before step `crashStep`; true if it came that far. */
export function crashes(crashStep: number, fn: () => unknown): boolean {
  try {
    hooked((step) => {
      if (step === crashStep) throw new Crash()
    }, fn)
  } catch (error) {
    if (error instanceof Crash) return true
    throw error
  }
  return false
}

/** Runs `fn`, and all of `other` before its step `pauseStep`; true if it came that far. Errors of `fn` go to `onError`. */
export function interrupted(pauseStep: number, fn: () => unknown, other: () => unknown, onError: (error: unknown) => void = rethrow): boolean {
  let reached = false
  try {
    hooked((step) => {
      if (step !== pauseStep) return
      reached = true
      other()
    }, fn)
  } catch (error) {
    onError(error)
  }
  return reached
}

function rethrow(error: unknown): never {
  throw error
}

/** What is wrong with the pool now: VS-1, VS-2 (without ghosts) and VS-6. */
export function stepFaults(pool: VarSlotPool): string[] {
  const faults: string[] = []
  const state = pool.inspect()
  state.classes.forEach((sizeClass, classIdx) => {
    if (sizeClass.freeListEnd !== 'end') faults.push(`VS-1 class ${classIdx}: ${sizeClass.freeListEnd}`)
    const listed = new Set(sizeClass.freeList)
    if (listed.size !== sizeClass.freeList.length) faults.push(`VS-1 class ${classIdx}: duplicate in ${sizeClass.freeList.join(' ')}`)
    sizeClass.slots.forEach((slot, slotIdx) => {
      if (listed.has(slotIdx) && slot.state !== 'free') faults.push(`VS-2 slot ${classIdx}.${slotIdx} is listed and allocated`)
      if (listed.has(slotIdx) || slot.state !== 'free') return
      const named = state.peers.some((peer) => peer.intent?.classIdx === classIdx && peer.intent.slotIdx === slotIdx)
      if (!named) faults.push(`VS-6 slot ${classIdx}.${slotIdx} is in limbo and not named`)
    })
  })
  return faults
}

/** What is wrong once every dead peer is reclaimed: VS-1, VS-2, VS-7 and the intents and the lock of VS-8. */
export function endFaults(pool: VarSlotPool): string[] {
  const faults = stepFaults(pool)
  const state = pool.inspect()
  state.classes.forEach((sizeClass, classIdx) => {
    const owned = sizeClass.slots.filter((slot) => slot.state === 'allocated' && state.peers[slot.owner]?.state === 'live').length
    const listed = sizeClass.freeList.length
    if (listed + owned !== sizeClass.slotCount) faults.push(`VS-7 class ${classIdx}: ${listed} listed + ${owned} owned of ${sizeClass.slotCount}`)
  })
  state.peers.forEach((peer, id) => {
    if (peer.state === 'dead') faults.push(`peer ${id} is still dead`)
    if (peer.intent !== undefined) faults.push(`VS-8 peer ${id} still names slot ${peer.intent.classIdx}.${peer.intent.slotIdx}`)
  })
  if (state.reclaimLock !== undefined) faults.push(`peer ${state.reclaimLock} still holds the reclaim lock`)
  return faults
}
