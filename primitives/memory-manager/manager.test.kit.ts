// Shared by the tests of the memory manager.

import type { ManagerOptions } from './layout.js'
import { ConcurrentMemoryManager } from './memory-manager.js'
import type { Message } from './message.js'

/** A manager with all its peers joined through the one handle, and its words up to the slots' data. */
export function newManager(capacity: number, options: ManagerOptions = {}): { manager: ConcurrentMemoryManager; words: Int32Array; raw: RawManager } {
  const peerCapacity = options.peerCapacity ?? 4
  const manager = ConcurrentMemoryManager.create(capacity, { payloadBytesMax: 16, ...options, peerCapacity })
  for (let peer = 0; peer < peerCapacity; peer++) manager.joinPeer(peer)
  const words = new Int32Array(manager.buffer())
  return { manager, words, raw: new RawManager(words, peerCapacity) }
}

/** A message whose payload has `size` bytes of `value`. */
export function messageOf(value: number, size = 8): Message {
  return { header: { traceId: value }, payload: new Uint8Array(size).fill(value) }
}

/** Reads and writes a manager's words behind its back. Offsets are computed here, from the specification's section 3. */
export class RawManager {
  readonly words: Int32Array
  readonly #peerCapacity: number

  constructor(words: Int32Array, peerCapacity: number) {
    this.words = words
    this.#peerCapacity = peerCapacity
  }

  status(peer: number): number {
    return (128 + 64 * peer) / 4
  }

  intent(peer: number): number {
    return this.status(peer) + 1
  }

  lock(slot: number): number {
    return (128 + 64 * this.#peerCapacity + 16 * slot) / 4
  }

  word(slot: number): number {
    return this.lock(slot) + 1
  }

  next(slot: number): number {
    return this.lock(slot) + 2
  }

  /** Index of the low half of the head; the tag is the word after it. */
  get head(): number {
    return 16
  }

  get recoveryLock(): number {
    return 6
  }

  /** `intent[0]`, `word[3]`, ...: the name of the word at a byte offset from the base. */
  name(byteOffset: number): string {
    const index = byteOffset / 4
    if (index === this.recoveryLock) return 'recoveryLock'
    if (index === this.head) return 'freeHead'
    if (index < this.status(0)) return `header+${byteOffset}`
    if (index < this.lock(0)) {
      const peer = Math.floor((byteOffset - 128) / 64)
      return `${['status', 'intent', 'nap'][index - this.status(peer)]}[${peer}]`
    }
    const slot = Math.floor((index - this.lock(0)) / 4)
    return `${['lock', 'word', 'next'][index - this.lock(slot)]}[${slot}]`
  }
}

/** What is wrong with the manager now: MM-1, MM-2 and MM-9 without ghosts. */
export function stepFaults(manager: ConcurrentMemoryManager): string[] {
  const faults: string[] = []
  const { freeList, freeListEnd, head, slots, peers, capacity } = manager.inspect()
  if (freeListEnd !== 'end') faults.push(`MM-1 the list ends with ${freeListEnd}`)
  const listed = new Set(freeList)
  if (listed.size !== freeList.length) faults.push(`MM-1 duplicate in ${freeList.join(' ')}`)
  if (freeList.length !== head.count) faults.push(`MM-1 ${freeList.length} listed, ${head.count} counted`)
  if (head.count > capacity) faults.push(`MM-2 ${head.count} of ${capacity} available`)
  slots.forEach((slot, slotIdx) => {
    if (listed.has(slotIdx) && slot.state !== 'free') faults.push(`MM-1 slot ${slotIdx} is listed and ${slot.state}`)
    if (slot.state === 'free' && !listed.has(slotIdx) && !peers.some((peer) => peer.intent?.slot === slotIdx))
      faults.push(`MM-9 slot ${slotIdx} is in limbo and not named`)
    if (slot.state === 'filling' && peers[slot.owner]?.state === 'empty') faults.push(`MM-9 slot ${slotIdx} is filled by nobody`)
  })
  return faults
}

/** What is wrong once every dead peer is recovered and no guard is open: MM-1, MM-9, MM-10. */
export function endFaults(manager: ConcurrentMemoryManager): string[] {
  const faults = stepFaults(manager)
  const { freeList, slots, peers, capacity, recoveryLock } = manager.inspect()
  const owned = slots.filter((slot) => slot.state === 'ready' && peers[slot.owner]?.state === 'live').length
  if (freeList.length + owned !== capacity) faults.push(`MM-10 ${freeList.length} listed + ${owned} owned of ${capacity}`)
  slots.forEach(({ lock }, slotIdx) => {
    if (lock.readers.length > 0 || lock.writer !== undefined || lock.pending !== undefined || lock.dirty)
      faults.push(`MM-10 slot ${slotIdx} is locked: ${JSON.stringify(lock)}`)
    if (lock.poisoned && slots[slotIdx]?.state !== 'ready') faults.push(`MM-8 slot ${slotIdx} is poisoned and holds no message`)
  })
  peers.forEach((peer, id) => {
    if (peer.state === 'dead') faults.push(`peer ${id} is still dead`)
    if (peer.intent !== undefined) faults.push(`peer ${id} still names slot ${peer.intent.slot}`)
  })
  if (recoveryLock !== undefined) faults.push(`peer ${recoveryLock} still holds the recovery lock`)
  return faults
}
